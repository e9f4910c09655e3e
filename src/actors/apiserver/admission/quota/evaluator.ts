import type { Seq } from '../../../../events/envelope.ts'
import { sameJson } from '../../../../kubernetes/hash.ts'
import { conflict, isStatus, notFound, type Status } from '../../../../kubernetes/status.ts'
import type { ResourceQuota } from '../../../../kubernetes/types/core.ts'
import type { Answer } from '../../answer.ts'
import type { Procedure } from '../../procedure.ts'
import { writtenByServer } from '../../registry/field-tracking.ts'
import type { World } from '../../world.ts'
import { withRequest, type QuotaRequest } from './request.ts'

/** Namespaces whose quotas are asked at once. Source: apiserver/pkg/admission/plugin/resourcequota/admission.go, numEvaluatorThreads. */
const WORKERS = 10
/** Source: controller.go, checkAttributes. */
const RETRIES = 3
/** Source: resource_access.go, newQuotaAccessor. */
const REMEMBERED_MAX = 100

/** A request that waits for the quotas of its namespace. */
export interface QuotaWaiter {
  readonly request: QuotaRequest
  readonly cause: Seq
  told(refusal: Status | undefined): void
}

/** What has been found for a waiter so far; `charging` while it depends on the quotas being written. */
interface Case {
  readonly waiter: QuotaWaiter
  outcome: Status | 'admitted' | 'charging'
}

type Start = (batch: Procedure<Answer>, cause: Seq, done: () => void) => void

/**
 * Charges quotas, one batch of requests of a namespace after another: whoever comes while one is under way waits for the next,
 * which charges all of them with one write for each quota. A request is charged to all its quotas or refused by one of them.
 *
 * What other servers charge is seen late: a quota that was written meanwhile is taken as it is now known here, and who finds it
 * written again each time is refused by a conflict.
 * Source: apiserver/pkg/admission/plugin/resourcequota/controller.go and resource_access.go (v1.36).
 */
export class QuotaEvaluator {
  private readonly world: World
  private readonly start: Start
  /** By namespace, in the order in which they are taken up. */
  private readonly queued = new Map<string, QuotaWaiter[]>()
  private readonly inProgress = new Set<string>()
  /** Quotas as this server wrote them last, which its cache may not show yet. */
  private readonly written = new Map<string, ResourceQuota>()

  constructor(world: World, start: Start) {
    this.world = world
    this.start = start
  }

  evaluate(waiter: QuotaWaiter): void {
    const { namespace } = waiter.request
    const queue = this.queued.get(namespace)
    if (queue === undefined) this.queued.set(namespace, [waiter])
    else queue.push(waiter)
    this.work()
  }

  private work(): void {
    for (const [namespace, waiters] of [...this.queued]) {
      if (this.inProgress.size >= WORKERS) return
      if (!this.inProgress.has(namespace)) this.begin(namespace, waiters)
    }
  }

  private begin(namespace: string, waiters: readonly QuotaWaiter[]): void {
    this.queued.delete(namespace)
    this.inProgress.add(namespace)
    const cases = waiters.map((waiter): Case => ({ waiter, outcome: 'charging' }))
    this.start(this.settled(namespace, cases), waiters[0]?.cause ?? 0, () => {
      this.inProgress.delete(namespace)
      for (const { waiter, outcome } of cases) waiter.told(isStatus(outcome) ? outcome : undefined)
      this.work()
    })
  }

  private *settled(namespace: string, cases: readonly Case[]): Procedure<Answer> {
    let quotas = this.quotasOf(namespace)
    for (let retries = RETRIES; ; retries--) {
      const failures = yield* this.charge(quotas, chargedBy(cases, quotas, this.world))
      const [failure] = [...failures.values()].slice(-1)
      if (failure === undefined || retries === 0) {
        for (const one of cases) if (one.outcome === 'charging') one.outcome = failure ?? 'admitted'
        return { code: 200 }
      }
      quotas = this.quotasOf(namespace).filter(({ metadata }) => failures.has(metadata.name))
    }
  }

  /** Writes the quotas of which more is used than before. Gives those that could not be written, and why. */
  private *charge(
    before: readonly ResourceQuota[],
    after: readonly ResourceQuota[],
  ): Procedure<ReadonlyMap<string, Status>> {
    const failures = new Map<string, Status>()
    for (const [i, quota] of after.entries()) {
      const old = before[i]
      if (old === undefined || sameJson(old.status?.used, quota.status?.used)) continue
      const failure: Status | undefined = yield* this.write(old, quota)
      if (failure !== undefined) failures.set(quota.metadata.name, failure)
    }
    return failures
  }

  private *write(old: ResourceQuota, next: ResourceQuota): Procedure<Status | undefined> {
    const { namespace, name, resourceVersion } = old.metadata
    const ref = this.world.refTo('ResourceQuota', namespace, name)
    const object = writtenByServer(old, next, 'status', this.world) as ResourceQuota
    const result = yield* this.world.store.put(ref, object, Number(resourceVersion))
    if (isStatus(result)) return result
    if ('instead' in result) {
      return result.instead === undefined ? notFound(ref.resource, name) : conflict(ref.resource, name)
    }
    this.remember({ ...object, metadata: { ...object.metadata, resourceVersion: String(result.revision) } })
    return undefined
  }

  private remember(quota: ResourceQuota): void {
    const key = keyOf(quota)
    this.written.delete(key)
    this.written.set(key, quota)
    const [oldest] = this.written.keys()
    if (this.written.size > REMEMBERED_MAX && oldest !== undefined) this.written.delete(oldest)
  }

  /** The quotas of a namespace, each as it is newest known here. */
  private quotasOf(namespace: string): readonly ResourceQuota[] {
    return this.world.cache.view.list('ResourceQuota', namespace).map((shown) => {
      const key = keyOf(shown)
      const written = this.written.get(key)
      if (written === undefined) return shown
      if (Number(shown.metadata.resourceVersion) < Number(written.metadata.resourceVersion)) return written
      this.written.delete(key)
      return shown
    })
  }
}

const keyOf = ({ metadata: { namespace, name } }: ResourceQuota): string => `${namespace}/${name}`

/** The quotas with all that fits charged to them, one request after another; notes what became of each. */
const chargedBy = (
  cases: readonly Case[],
  quotas: readonly ResourceQuota[],
  { now }: World,
): readonly ResourceQuota[] => {
  let running = quotas
  for (const one of cases) {
    // Upstream asks again who has been refused already, and may forget why.
    if (one.outcome !== 'charging') continue
    const { request } = one.waiter
    const next = withRequest(running, request, now)
    if (isStatus(next)) one.outcome = next
    else if (request.attributes.dryRun || next.every((quota, i) => quota === running[i])) one.outcome = 'admitted'
    else running = next
  }
  return running
}
