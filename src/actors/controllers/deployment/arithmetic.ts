import { resolveFenceposts } from '../../../kubernetes/intorstring.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { countIn, DESIRED_REPLICAS, MAX_REPLICAS } from './annotations.ts'

export const replicasOf = (object: Deployment | ReplicaSet): number => object.spec.replicas ?? 1

export const isRolling = (deployment: Deployment): boolean => deployment.spec.strategy?.type !== 'Recreate'

/** Pods that may be above the wanted count. Source: deployment_util.go, MaxSurge. */
export const maxSurge = (deployment: Deployment): number => (isRolling(deployment) ? fenceposts(deployment).surge : 0)

/** Pods that may be missing. Source: deployment_util.go, MaxUnavailable. */
export const maxUnavailable = (deployment: Deployment): number =>
  isRolling(deployment) && replicasOf(deployment) > 0
    ? Math.min(fenceposts(deployment).unavailable, replicasOf(deployment))
    : 0

const fenceposts = (deployment: Deployment): ReturnType<typeof resolveFenceposts> => {
  const rolling = deployment.spec.strategy?.rollingUpdate
  return resolveFenceposts(rolling?.maxSurge, rolling?.maxUnavailable, replicasOf(deployment))
}

export const totalReplicas = (replicaSets: readonly ReplicaSet[]): number =>
  replicaSets.reduce((sum, replicaSet) => sum + replicasOf(replicaSet), 0)

export const totalAvailable = (replicaSets: readonly ReplicaSet[]): number =>
  replicaSets.reduce((sum, replicaSet) => sum + (replicaSet.status?.availableReplicas ?? 0), 0)

/** How many Pods the new ReplicaSet gets now. Source: deployment_util.go, NewRSNewReplicas. */
export const newReplicas = (
  deployment: Deployment,
  all: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
): number => {
  const wanted = replicasOf(deployment)
  if (!isRolling(deployment)) return wanted
  const allowed = wanted + maxSurge(deployment)
  const total = totalReplicas(all)
  const now = current === undefined ? 0 : replicasOf(current)
  if (total >= allowed) return now
  return now + Math.min(allowed - total, wanted - now)
}

/** Rounds half up; neither number is negative. Source: k8s.io/utils/integer, RoundToInt32. */
const roundedQuotient = (numerator: number, denominator: number): number =>
  Math.floor((2 * numerator + denominator) / (2 * denominator))

/**
 * How many Pods one ReplicaSet gets of a change of the total, in proportion to its size.
 * Source: deployment_util.go, ReplicaSetProportion and getReplicaSetFraction (v1.36).
 */
export const proportion = (replicaSet: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number => {
  const size = replicasOf(replicaSet)
  if (size === 0 || toAdd === 0 || toAdd === added) return 0
  const fraction = replicaSetFraction(replicaSet, deployment)
  const allowed = toAdd - added
  return toAdd > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed)
}

const replicaSetFraction = (replicaSet: ReplicaSet, deployment: Deployment): number => {
  const size = replicasOf(replicaSet)
  if (replicasOf(deployment) === 0) return -size
  const newMax = replicasOf(deployment) + maxSurge(deployment)
  const noted = countIn(replicaSet.metadata.annotations, MAX_REPLICAS) ?? 0
  const oldMax = noted === 0 ? (deployment.status?.replicas ?? 0) : noted
  if (oldMax === 0) return 0
  return roundedQuotient(size * newMax, oldMax) - size
}

/** Whether somebody changed the wanted count since the ReplicaSets were last scaled. Source: sync.go, isScalingEvent. */
export const isScalingEvent = (deployment: Deployment, all: readonly ReplicaSet[]): boolean =>
  all.some((replicaSet) => {
    if (replicasOf(replicaSet) === 0) return false
    const desired = countIn(replicaSet.metadata.annotations, DESIRED_REPLICAS)
    return desired !== undefined && desired !== replicasOf(deployment)
  })
