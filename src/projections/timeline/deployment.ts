import { findCondition } from '../../kubernetes/conditions.ts'
import type { PodTemplateSpec } from '../../kubernetes/types/pod.ts'
import type { Deployment } from '../../kubernetes/types/workloads.ts'
import { becameTrue, reasonBecame, saying } from './conditions.ts'
import { changed, describeDeletion, same } from './lifecycle.ts'

/** A Deployment's wishes and how its rollout goes, as `kubectl rollout status` would tell it. */
export const describeDeployment = (
  before: Deployment | undefined,
  after: Deployment | undefined,
): readonly string[] => {
  if (after === undefined) return describeDeletion(before, after)
  if (before === undefined) return [`created, replicas ${after.spec.replicas ?? 1}`]
  return [...describeWishes(before, after), ...describeRollout(before, after), ...describeDeletion(before, after)]
}

const describeWishes = (before: Deployment, after: Deployment): readonly string[] => {
  if (before.spec === after.spec) return []
  const lines = [...changed('scaled', before.spec.replicas ?? 1, after.spec.replicas ?? 1)]
  lines.push(...describeTemplate(before.spec.template, after.spec.template))
  const paused = after.spec.paused === true
  if ((before.spec.paused === true) !== paused) lines.push(paused ? 'rollout paused' : 'rollout resumed')
  return lines
}

/** What a new template is about: its images, else only that there is one. */
export const describeTemplate = (
  before: PodTemplateSpec | undefined,
  after: PodTemplateSpec | undefined,
): readonly string[] => {
  if (same(before, after)) return []
  const images: string[] = []
  for (const { name, image } of after?.spec.containers ?? []) {
    const was = before?.spec.containers.find((container) => container.name === name)?.image
    if (was !== image) images.push(`${was ?? 'none'} → ${image ?? 'none'}`)
  }
  return [images.length === 0 ? 'new pod template' : `new image ${images.join(', ')}`]
}

const describeRollout = (before: Deployment, after: Deployment): readonly string[] => {
  if (before.status === after.status) return []
  const was = before.status?.conditions
  const is = after.status?.conditions
  const wanted = after.spec.replicas ?? 1
  const lines: string[] = []
  const updated = after.status?.updatedReplicas ?? 0
  if (updated !== (before.status?.updatedReplicas ?? 0)) lines.push(`rollout: ${updated} of ${wanted} updated`)
  const available = after.status?.availableReplicas ?? 0
  if (available !== (before.status?.availableReplicas ?? 0)) lines.push(`${available} of ${wanted} available`)
  if (reasonBecame('NewReplicaSetAvailable', 'Progressing', was, is)) lines.push('rollout complete')
  if (reasonBecame('ProgressDeadlineExceeded', 'Progressing', was, is)) {
    lines.push(`rollout stalled${saying(findCondition(is, 'Progressing'))}`)
  }
  if (becameTrue('ReplicaFailure', was, is))
    lines.push(`cannot create pods${saying(findCondition(is, 'ReplicaFailure'))}`)
  return lines
}
