import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'

/** Source: pkg/controller/deployment/util/deployment_util.go. */
export const REVISION = 'deployment.kubernetes.io/revision'
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas'
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'

/** Characters that the list of earlier revisions may have. Source: sync.go, maxRevHistoryLengthInChars. */
const HISTORY_MAX = 2000

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

/** The number behind an annotation; undefined where it is missing or no number. */
export const countIn = (annotations: Annotations | undefined, key: string): number | undefined => {
  const text = annotations?.[key]
  return text !== undefined && /^[+-]?[0-9]+$/.test(text) ? Number(text) : undefined
}

export const revisionOf = (object: Deployment | ReplicaSet): number =>
  countIn(object.metadata.annotations, REVISION) ?? 0

/** The annotations with the two counts from which proportional scaling later tells a scaling event. */
export const withCounts = (annotations: Annotations | undefined, desired: number, max: number): Annotations => ({
  ...annotations,
  [DESIRED_REPLICAS]: String(desired),
  [MAX_REPLICAS]: String(max),
})

/**
 * What a new ReplicaSet's annotations are, or an existing one's become: the Deployment's own, and the revision, which only
 * grows. A ReplicaSet that gets a new revision, because a rollback brings it back, keeps the old ones as its history.
 * Source: deployment_util.go, SetNewReplicaSetAnnotations (v1.36).
 */
export const newReplicaSetAnnotations = (
  deployment: Deployment,
  before: Annotations | undefined,
  revision: number,
): Annotations => {
  const annotations: Record<string, string> = { ...before }
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!NOT_INHERITED.has(key)) annotations[key] = value
  }
  const old = annotations[REVISION] ?? ''
  const oldRevision = old === '' ? 0 : countIn(annotations, REVISION)
  if (oldRevision === undefined || oldRevision >= revision) return annotations
  annotations[REVISION] = String(revision)
  if (before?.[REVISION] !== undefined) {
    const history = longerHistory(annotations[REVISION_HISTORY] ?? '', old)
    if (history !== undefined) annotations[REVISION_HISTORY] = history
  }
  return annotations
}

/** The oldest revisions give way when the list gets too long. */
const longerHistory = (history: string, revision: string): string | undefined => {
  if (history === '') return revision
  const revisions = [...history.split(','), revision]
  while (revisions.join(',').length > HISTORY_MAX) if (revisions.shift() === undefined) return undefined
  return revisions.join(',')
}

export const sameAnnotations = (a: Annotations | undefined, b: Annotations): boolean => {
  const keys = Object.keys(b)
  return Object.keys(a ?? {}).length === keys.length && keys.every((key) => a?.[key] === b[key])
}
