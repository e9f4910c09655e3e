import { DEFAULT_OPTIONS, type ClusterAutoscalerOptions } from '../actors/cluster-autoscaler/options.ts'
import type { CloudSpec } from './cloud-options.ts'

/** Programs beside Kubernetes' own; `{}` for upstream's settings, absent for none. */
export interface AddonSpec {
  /** Needs a cloud with node groups. Its flags, by their names. */
  readonly clusterAutoscaler?: Partial<ClusterAutoscalerOptions>
  /** VerticalPodAutoscalers, with their definition, recommender, updater and admission webhook. */
  readonly verticalPodAutoscaler?: boolean
}

export interface ResolvedAddons {
  readonly clusterAutoscaler?: ClusterAutoscalerOptions
  readonly verticalPodAutoscaler?: true
}

/** @throws Error when an add-on lacks what it works on. */
export const resolveAddons = (
  { clusterAutoscaler, verticalPodAutoscaler = false }: AddonSpec,
  cloud: CloudSpec | undefined,
): ResolvedAddons => {
  if (clusterAutoscaler !== undefined && cloud === undefined) {
    throw new Error('addons.clusterAutoscaler: there is no cloud that has node groups; say so in `cloud`')
  }
  return {
    ...(clusterAutoscaler === undefined ? {} : { clusterAutoscaler: { ...DEFAULT_OPTIONS, ...clusterAutoscaler } }),
    ...(verticalPodAutoscaler ? { verticalPodAutoscaler: true } : {}),
  }
}
