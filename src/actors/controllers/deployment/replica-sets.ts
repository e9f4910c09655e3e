import { call, type Sync, type World } from '../../../engine/client/controller.ts'
import { podTemplateHash, sameJson } from '../../../kubernetes/hash.ts'
import { controllerReference, isControlledBy } from '../../../kubernetes/owners.ts'
import { isActive } from '../../../kubernetes/pods.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Pod, PodTemplateSpec } from '../../../kubernetes/types/pod.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { newReplicaSetAnnotations, REVISION, revisionOf, sameAnnotations, withCounts } from './annotations.ts'
import { maxSurge, newReplicas, replicasOf } from './arithmetic.ts'
import { FOUND_NEW, NEW_REPLICA_SET, progressing, withCondition } from './conditions.ts'

export const TEMPLATE_HASH = 'pod-template-hash'

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

/** Source: deployment_util.go, EqualIgnoreHash and FindNewReplicaSet: the oldest that matches, so that all agree. */
export const generationsOf = (deployment: Deployment, replicaSets: readonly ReplicaSet[]): Generations => {
  const wanted = withoutHash(deployment.spec.template)
  const sorted = replicaSets.toSorted(byAge)
  const current = sorted.find((replicaSet) => sameJson(withoutHash(replicaSet.spec.template), wanted))
  return { current, old: sorted.filter((replicaSet) => replicaSet !== current) }
}

export type Prepared =
  /** Both exist as they should; the Deployment may have a newer version now. */
  | { readonly ready: true; readonly deployment: Deployment; readonly generations: Generations }
  /** Something was written that the view does not show yet, or a write failed. */
  | { readonly ready: false; readonly retry?: string }

/**
 * Makes sure that the ReplicaSet of today's template exists, if `create`, and bears the right revision.
 * Source: pkg/controller/deployment/sync.go, getAllReplicaSetsAndSyncRevision and getNewReplicaSet (v1.36).
 */
export function* prepare(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
  create: boolean,
  world: World,
): Sync<Prepared> {
  const generations = generationsOf(deployment, replicaSets)
  const revision = generations.old.reduce((max, one) => Math.max(max, revisionOf(one)), 0) + 1
  if (generations.current !== undefined)
    return yield* adjust(deployment, generations.current, generations, revision, world)
  if (!create) return { ready: true, deployment, generations }
  return yield* createNew(deployment, generations, revision, world)
}

function* adjust(
  deployment: Deployment,
  current: ReplicaSet,
  generations: Generations,
  revision: number,
  world: World,
): Sync<Prepared> {
  const annotations = newReplicaSetAnnotations(deployment, current.metadata.annotations, revision)
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0
  if (
    !sameAnnotations(current.metadata.annotations, annotations) ||
    (current.spec.minReadySeconds ?? 0) !== minReadySeconds
  ) {
    const body = {
      ...current,
      metadata: { ...current.metadata, annotations },
      spec: { ...current.spec, minReadySeconds: minReadySeconds === 0 ? undefined : minReadySeconds },
    }
    const { namespace, name } = current.metadata
    const answer = yield* call({ verb: 'update', kind: 'ReplicaSet', namespace, name, body })
    if (!answer.ok) return { ready: false, retry: answer.message }
    return { ready: true, deployment, generations: { ...generations, current: answer.object ?? current } }
  }
  const known = deployment.status?.conditions?.some(({ type }) => type === 'Progressing') ?? false
  const marked = markRevision(deployment, current.metadata.annotations?.[REVISION] ?? '')
  const updated =
    known || !watchesProgress(deployment)
      ? marked
      : withCondition(
          marked,
          progressing('True', FOUND_NEW, `Found new replica set "${current.metadata.name}"`),
          world.now,
        )
  if (updated === deployment) return { ready: true, deployment, generations }
  return yield* writeDeployment(updated, generations)
}

function* createNew(deployment: Deployment, generations: Generations, revision: number, world: World): Sync<Prepared> {
  const body = replicaSetFor(deployment, generations, revision)
  const { namespace, name } = body.metadata
  const answer = yield* call({ verb: 'create', kind: 'ReplicaSet', namespace, name, body })
  let created = answer.ok ? answer.object : undefined
  if (!answer.ok && answer.code === 409 && answer.reason === 'AlreadyExists') {
    const existing = yield* call({ verb: 'get', kind: 'ReplicaSet', namespace, name })
    const same =
      existing.ok &&
      existing.object !== undefined &&
      isControlledBy(existing.object, deployment) &&
      sameJson(withoutHash(existing.object.spec.template), withoutHash(deployment.spec.template))
    if (!same) return yield* countCollision(deployment)
    created = existing.object
  } else if (!answer.ok) {
    const text = `Failed to create new replica set "${name}": ${answer.message}`
    if (watchesProgress(deployment)) {
      const failed = withCondition(deployment, progressing('False', 'ReplicaSetCreateError', text), world.now)
      yield* writeDeployment(failed, generations)
    }
    world.event('Deployment', deployment, 'Warning', 'ReplicaSetCreateError', text)
    return { ready: false, retry: answer.message }
  } else if (created !== undefined && replicasOf(created) > 0) {
    announceScaling(deployment, name, 0, replicasOf(created), world)
  }
  const marked = markRevision(deployment, String(revision))
  const text = `Created new replica set "${name}"`
  const updated =
    answer.ok && watchesProgress(deployment)
      ? withCondition(marked, progressing('True', NEW_REPLICA_SET, text), world.now)
      : marked
  const next = { ...generations, current: created }
  return updated === deployment ? { ready: true, deployment, generations: next } : yield* writeDeployment(updated, next)
}

/** Another template has the same hash: count it, so that the next try hashes to another name. */
function* countCollision(deployment: Deployment): Sync<Prepared> {
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
  yield* writeDeployment(
    { ...deployment, status: { ...deployment.status, collisionCount } },
    { current: undefined, old: [] },
  )
  return { ready: false, retry: 'hash collision' }
}

const replicaSetFor = (deployment: Deployment, generations: Generations, revision: number): ReplicaSet => {
  const { template, minReadySeconds, selector } = deployment.spec
  const hash = podTemplateHash(template, deployment.status?.collisionCount)
  const labels = { ...template.metadata?.labels, [TEMPLATE_HASH]: hash }
  const annotations = withCounts(
    newReplicaSetAnnotations(deployment, undefined, revision),
    replicasOf(deployment),
    replicasOf(deployment) + maxSurge(deployment),
  )
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations,
      ownerReferences: [controllerReference(deployment)],
      // The API server fills these in.
      uid: '',
      resourceVersion: '',
      creationTimestamp: '',
    },
    spec: {
      replicas: newReplicas(deployment, generations.old, undefined),
      ...(minReadySeconds === undefined || minReadySeconds === 0 ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

export const watchesProgress = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2_147_483_647

const markRevision = (deployment: Deployment, revision: string): Deployment =>
  deployment.metadata.annotations?.[REVISION] === revision
    ? deployment
    : {
        ...deployment,
        metadata: {
          ...deployment.metadata,
          annotations: { ...deployment.metadata.annotations, [REVISION]: revision },
        },
      }

function* writeDeployment(deployment: Deployment, generations: Generations): Sync<Prepared> {
  const { namespace, name } = deployment.metadata
  const answer = yield* call({
    verb: 'update',
    kind: 'Deployment',
    namespace,
    name,
    subresource: 'status',
    body: deployment,
  })
  if (!answer.ok) return { ready: false, retry: answer.message }
  // What follows goes on from the version that was read, as upstream does: its own status write then meets a conflict.
  return { ready: true, deployment, generations }
}

/** Writes a ReplicaSet's new size, with the counts that tell the next scaling event. Source: sync.go, scaleReplicaSet. */
export function* scaleTo(
  deployment: Deployment,
  replicaSet: ReplicaSet,
  replicas: number,
  world: World,
): Sync<{ readonly scaled: boolean; readonly replicaSet: ReplicaSet; readonly failure?: string }> {
  const annotations = withCounts(
    replicaSet.metadata.annotations,
    replicasOf(deployment),
    replicasOf(deployment) + maxSurge(deployment),
  )
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
  if (!answer.ok) return { scaled: false, replicaSet, failure: answer.message }
  if (before !== replicas) announceScaling(deployment, name, before, replicas, world)
  return { scaled: before !== replicas, replicaSet: answer.object ?? replicaSet }
}

const announceScaling = (deployment: Deployment, name: string, from: number, to: number, world: World): void => {
  const direction = to > from ? 'up' : 'down'
  const message = `Scaled ${direction} replica set ${name} from ${from} to ${to}`
  world.event('Deployment', deployment, 'Normal', 'ScalingReplicaSet', message)
}

/** The Pods of a Deployment's ReplicaSets. */
export const podsOf = (replicaSets: readonly ReplicaSet[], world: World): readonly Pod[] =>
  replicaSets.flatMap((replicaSet) => world.view.indexed('Pod', 'controller', replicaSet.metadata.uid))

export const activePodsOf = (replicaSets: readonly ReplicaSet[], world: World): readonly Pod[] =>
  podsOf(replicaSets, world).filter(isActive)
