import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { podTemplateHash, sameJson } from '../../../kubernetes/hash.ts'
import { controllerReference } from '../../../kubernetes/owners.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Pod, PodTemplateSpec } from '../../../kubernetes/types/pod.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { newReplicaSetAnnotations, sameAnnotations, withCounts } from './annotations.ts'
import { maxSurge, newReplicas, replicasOf } from './arithmetic.ts'

const TEMPLATE_HASH = 'pod-template-hash'

/** A Deployment's ReplicaSets: the one of today's template and those of earlier ones. */
export interface Generations {
  readonly current: ReplicaSet | undefined
  /** Oldest first. */
  readonly old: readonly ReplicaSet[]
}

export const allOf = ({ current, old }: Generations): readonly ReplicaSet[] =>
  current === undefined ? old : [...old, current]

export const byAge = (a: ReplicaSet, b: ReplicaSet): number => {
  const difference = (parseTime(a.metadata.creationTimestamp) ?? 0) - (parseTime(b.metadata.creationTimestamp) ?? 0)
  if (difference !== 0) return difference
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0
}

const withoutHash = (template: PodTemplateSpec | undefined): unknown => {
  const { [TEMPLATE_HASH]: _hash, ...labels } = template?.metadata?.labels ?? {}
  return { ...template, metadata: { ...template?.metadata, labels } }
}

/** Whether two templates ask for the same Pods. Source: deployment_util.go, EqualIgnoreHash. */
export const sameTemplate = (a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean =>
  sameJson(withoutHash(a), withoutHash(b))

/** Source: deployment_util.go, FindNewReplicaSet: the oldest that matches, so that all agree. */
export const generationsOf = (deployment: Deployment, replicaSets: readonly ReplicaSet[]): Generations => {
  const sorted = replicaSets.toSorted(byAge)
  const current = sorted.find((replicaSet) => sameTemplate(replicaSet.spec.template, deployment.spec.template))
  return { current, old: sorted.filter((replicaSet) => replicaSet !== current) }
}

/** A ReplicaSet as its writer sends it: the API server gives it the rest of its metadata. */
type NewReplicaSet = Omit<ReplicaSet, 'metadata'> & {
  readonly metadata: Omit<ReplicaSet['metadata'], 'uid' | 'resourceVersion' | 'creationTimestamp'>
}

/** The ReplicaSet of today's template, which does not exist yet, named after the template's hash. */
export const newReplicaSet = (
  deployment: Deployment,
  old: readonly ReplicaSet[],
  revision: number,
): NewReplicaSet & { readonly spec: { readonly replicas: number } } => {
  const { template, minReadySeconds = 0, selector } = deployment.spec
  const hash = podTemplateHash(template, deployment.status?.collisionCount)
  const labels = { ...template.metadata?.labels, [TEMPLATE_HASH]: hash }
  const wanted = replicasOf(deployment)
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: withCounts(
        newReplicaSetAnnotations(deployment, undefined, revision),
        wanted,
        wanted + maxSurge(deployment),
      ),
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: newReplicas(deployment, old, undefined),
      ...(minReadySeconds === 0 ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

/** What scaling came to: whether the size changed, the ReplicaSet as it is now, or why not. */
export type Scaled = { readonly scaled: boolean; readonly replicaSet: ReplicaSet } | { readonly failure: string }

/** Writes a ReplicaSet's size if it is another. Source: sync.go, scaleReplicaSetAndRecordEvent. */
export function* scaleTo(deployment: Deployment, replicaSet: ReplicaSet, replicas: number, world: World): Sync<Scaled> {
  if (replicasOf(replicaSet) === replicas) return { scaled: false, replicaSet }
  return yield* scaleOrAnnotate(deployment, replicaSet, replicas, world)
}

/** Writes a ReplicaSet's size, and the counts by which the next scaling event is told. Source: sync.go, scaleReplicaSet. */
export function* scaleOrAnnotate(
  deployment: Deployment,
  replicaSet: ReplicaSet,
  replicas: number,
  world: World,
): Sync<Scaled> {
  const wanted = replicasOf(deployment)
  const annotations = withCounts(replicaSet.metadata.annotations, wanted, wanted + maxSurge(deployment))
  const before = replicasOf(replicaSet)
  if (before === replicas && sameAnnotations(replicaSet.metadata.annotations, annotations)) {
    return { scaled: false, replicaSet }
  }
  const { namespace, name } = replicaSet.metadata
  const body = {
    ...replicaSet,
    metadata: { ...replicaSet.metadata, annotations },
    spec: { ...replicaSet.spec, replicas },
  }
  const answer = yield* call({ verb: 'update', kind: 'ReplicaSet', namespace, name, body })
  if (!answer.ok) return { failure: answer.message }
  if (before !== replicas) announceScaling(deployment, name, before, replicas, world)
  return { scaled: before !== replicas, replicaSet: answer.object ?? replicaSet }
}

export const announceScaling = (deployment: Deployment, name: string, from: number, to: number, world: World): void => {
  const direction = to > from ? 'up' : 'down'
  const message = `Scaled ${direction} replica set ${name} from ${from} to ${to}`
  world.event('Deployment', deployment, 'Normal', 'ScalingReplicaSet', message)
}

/** The Pods of a Deployment's ReplicaSets. */
export const podsOf = (replicaSets: readonly ReplicaSet[], world: World): readonly Pod[] =>
  replicaSets.flatMap((replicaSet) => world.view.indexed('Pod', 'controller', replicaSet.metadata.uid))
