import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { templateHash } from '../../../kubernetes/hash.ts'
import { controllerOf } from '../../../kubernetes/owners.ts'
import { compileLabelSelector } from '../../../kubernetes/selectors.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ControllerRevision, StatefulSet } from '../../../kubernetes/types/workloads.ts'
import { adopt, candidates, whyNotAdopt, type Claimed } from '../shared/claim.ts'
import { newRevision, sameRevision, templatePatch, type NewRevision } from '../shared/revisions.ts'
import { revisionOf } from './identity.ts'

/** Source: pkg/controller/history/controller_history.go, ControllerRevisionHashLabel. */
const HASH_LABEL = 'controller.kubernetes.io/hash'
/** Source: pkg/controller/statefulset: revisionHistoryLimit's default. */
const HISTORY_LIMIT = 10
/** Source: client-go/util/retry/util.go, DefaultBackoff. */
const UPDATE_TRIES = 4

/** From which template a set's Pods come, and to which they go. */
export interface Revisions {
  readonly current: ControllerRevision
  readonly update: ControllerRevision
  readonly collisionCount: number
}

/**
 * The set's revisions; those that nobody controls are adopted, and while that may not be, as when the set goes and leaves what it
 * had, nothing else is done. Source: pkg/controller/statefulset/stateful_set.go, adoptOrphanRevisions;
 * pkg/controller/history/controller_history.go, ListControllerRevisions (v1.36).
 */
export function* ownRevisions(set: StatefulSet, world: World): Sync<Claimed<ControllerRevision>> {
  const matches = compileLabelSelector(set.spec.selector)
  const objects = candidates('ControllerRevision', set, world.view).filter(({ metadata }) => matches(metadata.labels))
  const orphans = objects.filter((revision) => controllerOf(revision) === undefined)
  if (orphans.length === 0) return { objects }
  const refusal = yield* whyNotAdopt(set)
  if (refusal !== undefined) return { objects, failure: `can't adopt ControllerRevisions: ${refusal}` }
  for (const orphan of orphans) {
    const outcome = yield* adopt('ControllerRevision', orphan, set)
    if (outcome !== true) return { objects, failure: outcome === false ? 'the revision is gone' : outcome }
  }
  return { objects }
}

const proposed = (set: StatefulSet, revision: number, collisionCount: number): NewRevision => {
  const { template } = set.spec
  const data = templatePatch(template)
  return newRevision({
    ...{ owner: set, template, data, hashLabel: HASH_LABEL, revision },
    hash: templateHash(data, collisionCount),
  })
}

/**
 * Makes sure that today's template has the newest revision. `history` is in order.
 * Source: pkg/controller/statefulset/stateful_set_control.go, getStatefulSetRevisions (v1.36).
 */
export function* resolveRevisions(
  set: StatefulSet,
  history: readonly ControllerRevision[],
): Sync<Revisions | { readonly failure: string }> {
  const collisionCount = set.status?.collisionCount ?? 0
  const newest = history.at(-1)
  const next = proposed(set, (newest?.revision ?? 0) + 1, collisionCount)
  const equal = history.findLast((revision) => sameRevision(revision, next))
  const resolved =
    equal === undefined
      ? yield* create(set, next, collisionCount)
      : newest !== undefined && sameRevision(newest, equal)
        ? { update: newest, collisionCount }
        : yield* renumber(equal, next.revision, collisionCount)
  if ('failure' in resolved) return resolved
  const current = history.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? resolved.update
  return { current, ...resolved }
}

type Resolved = Omit<Revisions, 'current'> | { readonly failure: string }

/** Another template may have the same hash: counted, so that the next name is another. Source: CreateControllerRevision. */
function* create(set: StatefulSet, first: NewRevision, collisions: number): Sync<Resolved> {
  let next = first
  for (let collisionCount = collisions; ; next = proposed(set, first.revision, ++collisionCount)) {
    const { namespace, name } = next.metadata
    const answer = yield* call({ verb: 'create', kind: 'ControllerRevision', namespace, name, body: next })
    if (answer.ok) return answer.object === undefined ? GONE : { update: answer.object, collisionCount }
    if (answer.reason !== 'AlreadyExists') return { failure: answer.message }
    const existing = yield* call({ verb: 'get', kind: 'ControllerRevision', namespace, name })
    if (!existing.ok) return { failure: existing.message }
    if (existing.object !== undefined && sameRevision(existing.object, next)) {
      return { update: existing.object, collisionCount }
    }
  }
}

/** A template that comes back has its revision again, with a new number. Source: UpdateControllerRevision. */
function* renumber(seen: ControllerRevision, number: number, collisionCount: number): Sync<Resolved> {
  const { namespace, name } = seen.metadata
  for (let attempt = 1, revision = seen; ; attempt++) {
    if (revision.revision === number) return { update: revision, collisionCount }
    const body = { ...revision, revision: number }
    const answer = yield* call({ verb: 'update', kind: 'ControllerRevision', namespace, name, body })
    if (answer.ok) return answer.object === undefined ? GONE : { update: answer.object, collisionCount }
    if (answer.code !== 409 || attempt === UPDATE_TRIES) return { failure: answer.message }
    const fresh = yield* call({ verb: 'get', kind: 'ControllerRevision', namespace, name })
    if (!fresh.ok) return { failure: fresh.message }
    revision = fresh.object ?? revision
  }
}

const GONE = { failure: 'the revision is gone' }

/** Deletes what nobody uses any more, oldest first. Source: stateful_set_control.go, truncateHistory. */
export function* truncateHistory(
  set: StatefulSet,
  pods: readonly Pod[],
  history: readonly ControllerRevision[],
  used: Partial<Revisions>,
): Sync<string | undefined> {
  const live = new Set([used.current?.metadata.name, used.update?.metadata.name, ...pods.map(revisionOf)])
  const dead = history.filter(({ metadata }) => !live.has(metadata.name))
  const limit = set.spec.revisionHistoryLimit ?? HISTORY_LIMIT
  if (limit < 0) return undefined
  for (const { metadata } of dead.slice(0, Math.max(0, dead.length - limit))) {
    const { namespace, name } = metadata
    const answer = yield* call({ verb: 'delete', kind: 'ControllerRevision', namespace, name })
    if (!answer.ok && answer.code !== 404) return answer.message
  }
  return undefined
}
