import type { ContainerStatus } from '../../../kubernetes/types/container.ts'
import type { Pod, PodCondition } from '../../../kubernetes/types/pod.ts'
import type { Job, PodFailurePolicyRule } from '../../../kubernetes/types/workloads.ts'

/** What a Job's policy says of a Pod that failed. */
export interface FailureVerdict {
  /** Why the whole Job fails. */
  readonly failsJob?: string
  readonly counts: boolean
  readonly action?: PodFailurePolicyRule['action']
}

const COUNTS: FailureVerdict = { counts: true }

/**
 * The first rule that matches decides; where none does, the failure counts.
 * Source: pkg/controller/job/pod_failure_policy.go, matchPodFailurePolicy (v1.36).
 */
export const judge = (pod: Pod, { spec: { podFailurePolicy } }: Job): FailureVerdict => {
  for (const [index, rule] of (podFailurePolicy?.rules ?? []).entries()) {
    const what = matched(pod, rule)
    if (what === undefined) continue
    const { action } = rule
    if (action === 'FailJob')
      return { counts: true, action, failsJob: `${what} matching ${action} rule at index ${index}` }
    return { counts: action !== 'Ignore', action }
  }
  return COUNTS
}

const matched = (pod: Pod, rule: PodFailurePolicyRule): string | undefined => {
  const { namespace, name } = pod.metadata
  if (rule.onExitCodes !== undefined) {
    const status = exited(pod, rule.onExitCodes)
    if (status === undefined) return undefined
    const code = status.state?.terminated?.exitCode
    return `Container ${status.name} for pod ${namespace}/${name} failed with exit code ${code}`
  }
  const condition = conditioned(pod, rule)
  return condition === undefined ? undefined : `Pod ${namespace}/${name} has condition ${condition.type}`
}

const exited = (
  { status }: Pod,
  { containerName, operator, values }: NonNullable<PodFailurePolicyRule['onExitCodes']>,
): ContainerStatus | undefined =>
  [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(({ name, state }) => {
    const code = state?.terminated?.exitCode ?? 0
    if (code === 0 || (containerName !== undefined && containerName !== name)) return false
    return values.includes(code) === (operator === 'In')
  })

const conditioned = ({ status }: Pod, { onPodConditions = [] }: PodFailurePolicyRule): PodCondition | undefined =>
  status?.conditions?.find((condition) =>
    onPodConditions.some(({ type, status: wanted = 'True' }) => condition.type === type && condition.status === wanted),
  )
