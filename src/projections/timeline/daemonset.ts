import type { DaemonSet } from '../../kubernetes/types/workloads.ts'
import { describeTemplate } from './deployment.ts'
import { changed, describeDeletion } from './lifecycle.ts'

/** On how many nodes a DaemonSet shall run and is ready. */
export const describeDaemonSet = (before: DaemonSet | undefined, after: DaemonSet | undefined): readonly string[] => {
  if (after === undefined) return describeDeletion(before, after)
  if (before === undefined) return ['created']
  const wanted = after.status?.desiredNumberScheduled ?? 0
  const ready = after.status?.numberReady ?? 0
  return [
    ...changed('wanted nodes', before.status?.desiredNumberScheduled ?? 0, wanted),
    ...describeTemplate(before.spec.template, after.spec.template),
    ...(ready === (before.status?.numberReady ?? 0) ? [] : [`${ready} of ${wanted} ready`]),
    ...describeDeletion(before, after),
  ]
}
