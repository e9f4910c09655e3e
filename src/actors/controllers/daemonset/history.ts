import type { World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { templateHash } from '../../../kubernetes/hash.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ControllerRevision, DaemonSet } from '../../../kubernetes/types/workloads.ts'
import { candidates, claim } from '../shared/claim.ts'
import { byRevision, newRevision, sameRevision, templatePatch } from '../shared/revisions.ts'
import { HASH_LABEL } from './node-choice.ts'

const HISTORY_LIMIT = 10

/** The revision of today's template, and those of earlier ones. */
export interface History {
  readonly current: ControllerRevision
  readonly old: readonly ControllerRevision[]
}

type Failed = { readonly failure: string }

export const hashOf = ({ metadata }: ControllerRevision): string => metadata.labels?.[HASH_LABEL] ?? metadata.name

/**
 * Finds the revision of today's template, makes it if there is none, and gives it the highest number.
 * Source: pkg/controller/daemon/update.go, constructHistory (v1.36).
 * Abridged: upstream labels revisions that have no hash, as versions before 1.8 wrote them.
 */
export function* constructHistory(daemon: DaemonSet, pods: readonly Pod[], world: World): Sync<History | Failed> {
  const all = candidates('ControllerRevision', daemon, world.view)
  const claimed = yield* claim('ControllerRevision', daemon, daemon.spec.selector, all)
  if (claimed.failure !== undefined) return { failure: claimed.failure }
  const data = templatePatch(daemon.spec.template)
  const same = claimed.objects.filter((revision) => sameRevision(revision, { data }))
  const old = claimed.objects.filter((revision) => !same.includes(revision))
  const number = old.reduce((most, { revision }) => Math.max(most, revision), 0) + 1
  if (same.length === 0) {
    const made = yield* snapshot(daemon, number)
    return 'failure' in made ? made : { current: made, old }
  }
  const kept = yield* dropDuplicates(same, pods)
  if ('failure' in kept || kept.revision >= number) return 'failure' in kept ? kept : { current: kept, old }
  const { namespace, name } = kept.metadata
  const body = { ...kept, revision: number }
  const answer = yield* call({ verb: 'update', kind: 'ControllerRevision', namespace, name, body })
  return answer.ok ? { current: kept, old } : { failure: answer.message }
}

/** Source: update.go, snapshot. */
function* snapshot(daemon: DaemonSet, revision: number): Sync<ControllerRevision | Failed> {
  const { template } = daemon.spec
  const data = templatePatch(template)
  const hash = templateHash(template, daemon.status?.collisionCount)
  const body = newRevision({ owner: daemon, template, data, hash, hashLabel: HASH_LABEL, revision })
  const { namespace, name } = body.metadata
  const answer = yield* call({ verb: 'create', kind: 'ControllerRevision', namespace, name, body })
  if (answer.ok) return answer.object ?? { failure: 'the revision is gone' }
  if (answer.reason !== 'AlreadyExists') return { failure: answer.message }
  const existing = yield* call({ verb: 'get', kind: 'ControllerRevision', namespace, name })
  if (!existing.ok) return { failure: existing.message }
  if (existing.object !== undefined && sameRevision(existing.object, body)) return existing.object
  const collided = yield* countCollision(daemon)
  return { failure: collided ?? answer.message }
}

/** Another template has the same hash: counted, so that the next try hashes to another name. */
function* countCollision({ metadata: { namespace, name } }: DaemonSet): Sync<string | undefined> {
  const fresh = yield* call({ verb: 'get', kind: 'DaemonSet', namespace, name })
  if (!fresh.ok) return fresh.message
  const daemon = fresh.object
  const body = { ...daemon, status: { ...daemon?.status, collisionCount: (daemon?.status?.collisionCount ?? 0) + 1 } }
  const answer = yield* call({ verb: 'update', kind: 'DaemonSet', namespace, name, subresource: 'status', body })
  return answer.ok ? undefined : answer.message
}

/** Of equal revisions the newest stays; Pods take its hash. Source: update.go, dedupCurHistories. */
function* dropDuplicates(same: readonly ControllerRevision[], pods: readonly Pod[]): Sync<ControllerRevision | Failed> {
  const sorted = same.toSorted((a, b) => a.revision - b.revision)
  const kept = sorted.at(-1)
  if (kept === undefined) return { failure: 'there is no revision' }
  const hash = hashOf(kept)
  for (const duplicate of sorted.slice(0, -1)) {
    for (const pod of pods) {
      if (pod.metadata.labels?.[HASH_LABEL] === hash) continue
      const { namespace, name } = pod.metadata
      const body = { metadata: { labels: { [HASH_LABEL]: hash } } }
      const answer = yield* call({ verb: 'patch', kind: 'Pod', namespace, name, patchType: 'strategic', body })
      if (!answer.ok && answer.code !== 404) return { failure: answer.message }
    }
    const { namespace, name } = duplicate.metadata
    const answer = yield* call({ verb: 'delete', kind: 'ControllerRevision', namespace, name })
    if (!answer.ok && answer.code !== 404) return { failure: answer.message }
  }
  return kept
}

/** Deletes revisions that no Pod is of, oldest first. Source: update.go, cleanupHistory. */
export function* cleanupHistory(
  daemon: DaemonSet,
  pods: readonly Pod[],
  old: readonly ControllerRevision[],
): Sync<string | undefined> {
  let surplus = old.length - (daemon.spec.revisionHistoryLimit ?? HISTORY_LIMIT)
  if (surplus <= 0) return undefined
  const live = new Set(pods.map(({ metadata }) => metadata.labels?.[HASH_LABEL]))
  for (const revision of old.toSorted(byRevision)) {
    if (surplus <= 0) break
    if (live.has(hashOf(revision))) continue
    const { namespace, name } = revision.metadata
    const answer = yield* call({ verb: 'delete', kind: 'ControllerRevision', namespace, name })
    if (!answer.ok) return `failed to clean up revisions of DaemonSet: ${answer.message}`
    surplus--
  }
  return undefined
}
