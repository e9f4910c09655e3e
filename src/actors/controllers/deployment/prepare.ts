import type { ApiFailure } from '../../../engine/client/api-client.ts'
import type { World } from '../../../engine/client/controller.ts'
import { call, isNamespaceTerminating, type Sync } from '../../../engine/client/sync.ts'
import { isControlledBy } from '../../../kubernetes/owners.ts'
import type { Deployment, ReplicaSet } from '../../../kubernetes/types/workloads.ts'
import { newReplicaSetAnnotations, REVISION, revisionOf, sameAnnotations } from './annotations.ts'
import { CREATE_FAILED, FOUND_NEW, NEW_REPLICA_SET, progressing, withCondition } from './conditions.ts'
import { announceScaling, generationsOf, newReplicaSet, sameTemplate, type Generations } from './replica-sets.ts'
import { watchesProgress } from './progress.ts'

/**
 * The Deployment as this sync goes on with it, and its ReplicaSets; or why it cannot go on.
 *
 * As upstream's working copy, the Deployment takes on what is written of it but keeps the version that was read: a later
 * write of the same sync then meets a conflict and the next sync does it.
 */
export type Prepared =
  { readonly deployment: Deployment; readonly generations: Generations } | { readonly failure: string | undefined }

/**
 * Makes sure that the ReplicaSet of today's template exists, if `create`, and that it and the Deployment bear the right
 * revision. A failure without a reason is one that trying again does not mend.
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
  const { current } = generations
  if (current !== undefined) return yield* adjust(deployment, current, generations, revision, world)
  return create ? yield* createNew(deployment, generations, revision, world) : { deployment, generations }
}

function* adjust(
  deployment: Deployment,
  current: ReplicaSet,
  generations: Generations,
  revision: number,
  world: World,
): Sync<Prepared> {
  const annotations = newReplicaSetAnnotations(deployment, current.metadata.annotations, revision)
  const { minReadySeconds = 0 } = deployment.spec
  if (
    !sameAnnotations(current.metadata.annotations, annotations) ||
    (current.spec.minReadySeconds ?? 0) !== minReadySeconds
  ) {
    const { namespace, name } = current.metadata
    const body = {
      ...current,
      metadata: { ...current.metadata, annotations },
      spec: { ...current.spec, minReadySeconds: minReadySeconds === 0 ? undefined : minReadySeconds },
    }
    const answer = yield* call({ verb: 'update', kind: 'ReplicaSet', namespace, name, body })
    if (!answer.ok) return { failure: answer.message }
    return { deployment, generations: { ...generations, current: answer.object ?? current } }
  }
  const isNoted = deployment.status?.conditions?.some(({ type }) => type === 'Progressing') ?? false
  const marked = markRevision(deployment, current.metadata.annotations?.[REVISION] ?? '')
  const found = progressing('True', FOUND_NEW, `Found new replica set "${current.metadata.name}"`)
  const updated = isNoted || !watchesProgress(deployment) ? marked : withCondition(marked, found, world.now)
  return updated === deployment ? { deployment, generations } : yield* writeDeployment(updated, generations)
}

function* createNew(deployment: Deployment, generations: Generations, revision: number, world: World): Sync<Prepared> {
  const body = newReplicaSet(deployment, generations.old, revision)
  const { namespace, name } = body.metadata
  const marked = markRevision(deployment, String(revision))
  const answer = yield* call({ verb: 'create', kind: 'ReplicaSet', namespace, name, body })
  if (!answer.ok) {
    if (answer.code !== 409 || answer.reason !== 'AlreadyExists') {
      return yield* refused(deployment, name, answer, generations, world)
    }
    const existing = world.view.get('ReplicaSet', namespace, name)
    if (existing === undefined) return { failure: `replicaset.apps "${name}" not found` }
    if (!isControlledBy(existing, deployment) || !sameTemplate(existing.spec.template, deployment.spec.template)) {
      yield* writeDeployment(withCollision(deployment), generations)
      return { failure: answer.message }
    }
    const next = { ...generations, current: existing }
    return marked === deployment ? { deployment, generations: next } : yield* writeDeployment(marked, next)
  }
  if (body.spec.replicas > 0) announceScaling(deployment, name, 0, body.spec.replicas, world)
  const next = { ...generations, current: answer.object }
  const created = progressing('True', NEW_REPLICA_SET, `Created new replica set "${name}"`)
  const updated = watchesProgress(deployment) ? withCondition(marked, created, world.now) : marked
  return updated === deployment ? { deployment, generations: next } : yield* writeDeployment(updated, next)
}

function* refused(
  deployment: Deployment,
  name: string,
  answer: ApiFailure,
  generations: Generations,
  world: World,
): Sync<Prepared> {
  if (isNamespaceTerminating(answer)) return { failure: undefined }
  const text = `Failed to create new replica set "${name}": ${answer.message}`
  if (watchesProgress(deployment)) {
    const failed = withCondition(deployment, progressing('False', CREATE_FAILED, text), world.now)
    yield* writeDeployment(failed, generations)
  }
  world.event('Deployment', deployment, 'Warning', CREATE_FAILED, text)
  return { failure: answer.message }
}

/** Another template has the same hash: counted, so that the next try hashes to another name. */
const withCollision = (deployment: Deployment): Deployment => ({
  ...deployment,
  status: { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 },
})

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
  return answer.ok ? { deployment, generations } : { failure: answer.message }
}
