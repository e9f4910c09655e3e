import type { Job, JobCondition } from '../../../kubernetes/types/workloads.ts'

/** The condition with which a Job ended; undefined while it runs. Source: pkg/controller/job/util/utils.go, FinishedCondition. */
export const finishedJobCondition = ({ status }: Job): JobCondition | undefined =>
  status?.conditions?.find(({ type, status: state }) => (type === 'Complete' || type === 'Failed') && state === 'True')

export const hasEnded = (job: Job): boolean => finishedJobCondition(job) !== undefined
