import type { StatefulSet } from '../../kubernetes/types/workloads.ts'
import { describeTemplate } from './deployment.ts'
import { changed, describeDeletion } from './lifecycle.ts'

/** A StatefulSet's wishes, how many Pods are ready, and how far an update is. */
export const describeStatefulSet = (
  before: StatefulSet | undefined,
  after: StatefulSet | undefined,
): readonly string[] => {
  if (after === undefined) return describeDeletion(before, after)
  const wanted = after.spec.replicas ?? 1
  if (before === undefined) return [`created, replicas ${wanted}`]
  const lines = [...changed('scaled', before.spec.replicas ?? 1, wanted)]
  lines.push(...describeTemplate(before.spec.template, after.spec.template))
  const { updateRevision, updatedReplicas = 0, readyReplicas = 0 } = after.status ?? { replicas: 0 }
  if (updateRevision !== after.status?.currentRevision && updatedReplicas !== (before.status?.updatedReplicas ?? 0)) {
    lines.push(`rollout: ${updatedReplicas} of ${wanted} updated`)
  }
  if (readyReplicas !== (before.status?.readyReplicas ?? 0)) lines.push(`${readyReplicas} of ${wanted} ready`)
  lines.push(...describeDeletion(before, after))
  return lines
}
