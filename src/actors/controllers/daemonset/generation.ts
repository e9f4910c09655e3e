import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { DaemonSet } from '../../../kubernetes/types/workloads.ts'
import { GENERATION_LABEL, HASH_LABEL } from './node-choice.ts'

/** Source: api/apps/v1/types.go, DeprecatedTemplateGeneration. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

export const templateGeneration = ({ metadata }: DaemonSet): string | undefined =>
  metadata.annotations?.[TEMPLATE_GENERATION]

/** By hash, or by the generation that they were made of. Source: daemonset_util.go, IsPodUpdated. */
export const isUpdated = (pod: Pod, daemon: DaemonSet, hash: string): boolean => {
  const labels = pod.metadata.labels ?? {}
  const generation = templateGeneration(daemon)
  return labels[HASH_LABEL] === hash || (generation !== undefined && labels[GENERATION_LABEL] === generation)
}
