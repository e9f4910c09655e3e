import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'

/** Source: pkg/controller/deployment/util/deployment_util.go. */
export const REVISION = 'deployment.kubernetes.io/revision'
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas'
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'

/** A Deployment's annotations that its ReplicaSets do not inherit. Source: annotationsToSkip. */
const NOT_INHERITED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
])

export type Annotations = Readonly<Record<string, string>>

export const revisionOf = (object: Deployment | ReplicaSet): number => {
  const text = object.metadata.annotations?.[REVISION]
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : 0
}

/** The number behind an annotation; undefined where it is missing or no number. */
export const countIn = (annotations: Annotations | undefined, key: string): number | undefined => {
  const text = annotations?.[key]
  return text !== undefined && /^-?[0-9]+$/.test(text) ? Number(text) : undefined
}

/** The annotations with the two counts from which proportional scaling later tells a scaling event. */
export const withCounts = (annotations: Annotations | undefined, desired: number, max: number): Annotations => ({
  ...annotations,
  [DESIRED_REPLICAS]: String(desired),
  [MAX_REPLICAS]: String(max),
})

/** What a new ReplicaSet's annotations are, or an existing one's become. Source: SetNewReplicaSetAnnotations. */
export const newReplicaSetAnnotations = (
  deployment: Deployment,
  before: Annotations | undefined,
  revision: number,
): Annotations => {
  const annotations: Record<string, string> = { ...before }
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!NOT_INHERITED.has(key)) annotations[key] = value
  }
  const old = annotations[REVISION]
  if (old === undefined || Number(old) < revision) {
    annotations[REVISION] = String(revision)
    if (old !== undefined && old !== '') {
      const history = annotations[REVISION_HISTORY]
      annotations[REVISION_HISTORY] = history === undefined || history === '' ? old : `${history},${old}`
    }
  }
  return annotations
}

export const sameAnnotations = (a: Annotations | undefined, b: Annotations): boolean => {
  const keys = Object.keys(b)
  return Object.keys(a ?? {}).length === keys.length && keys.every((key) => a?.[key] === b[key])
}
