import type { EventData } from '../../events/catalogue/index.ts'
import { OUTSIDE, type ActorId, type Seq } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import { invariant } from '../../engine/invariant.ts'
import { hasReached } from '../../kubernetes/revision.ts'
import { internalError, type Status } from '../../kubernetes/status.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { QuotaWaiter } from './admission/quota/evaluator.ts'
import type { WatchCache } from './cache/watch-cache.ts'
import type { Answer } from './answer.ts'
import type { Procedure, Reply, Wait } from './procedure.ts'
import type { EtcdClient } from './storage/etcd-client.ts'
import type { EventLeases } from './storage/event-leases.ts'

/** A wait that ends by the clock. */
export const WAIT_TIMER = 'wait'

/** Source: apiserver/pkg/admission/plugin/resourcequota/controller.go, Evaluate (v1.36). */
const QUOTAS_WITHIN = seconds(10)

interface Run {
  readonly id: number
  readonly procedure: Procedure<Answer>
  /** What etcd is asked for because of. */
  readonly cause: Seq
  readonly finish: (answer: Answer) => void
  /** What it waits for now; undefined while it runs and when it is over. */
  waiting: Wait['wait'] | undefined
  etcdRequest: number
  revision: number
  call: string
  /** Who answers it. */
  peer: ActorId
}

/** Runs procedures: begins each, and takes it on whenever what it waits for has come. */
export class Procedures {
  private readonly context: ActorContext
  private readonly etcd: EtcdClient
  private readonly cache: WatchCache
  private readonly leases: EventLeases
  private readonly runs = new Map<number, Run>()
  /** Runs that wait for the cache. */
  private readonly behind = new Map<number, Run>()
  /** Runs that wait for a webhook, by its call. */
  private readonly webhooks = new Map<string, Run>()
  private readonly tellBehind: (count: number) => void
  private readonly webhookAt: (url: string) => ActorId | undefined
  private readonly quotas: (waiter: QuotaWaiter) => void
  private next = 1

  constructor(parts: {
    context: ActorContext
    etcd: EtcdClient
    cache: WatchCache
    leases: EventLeases
    /** Told how many procedures wait for the cache, whenever that changes. */
    behind: (count: number) => void
    /** Who answers a webhook's address within the cluster. */
    webhookAt: (url: string) => ActorId | undefined
    /** Asks the quotas of a namespace. */
    quotas: (waiter: QuotaWaiter) => void
  }) {
    this.context = parts.context
    this.etcd = parts.etcd
    this.cache = parts.cache
    this.leases = parts.leases
    this.tellBehind = parts.behind
    this.webhookAt = parts.webhookAt
    this.quotas = parts.quotas
  }

  /** Begins a procedure. Gives the number to `abandon` it with. */
  start(procedure: Procedure<Answer>, cause: Seq, finish: (answer: Answer) => void): number {
    const run: Run = {
      id: this.next++,
      procedure,
      cause,
      finish,
      waiting: undefined,
      etcdRequest: 0,
      revision: 0,
      call: '',
      peer: OUTSIDE,
    }
    this.runs.set(run.id, run)
    this.step(run, undefined)
    return run.id
  }

  /** Forgets a procedure where it stands: nobody waits for its answer. */
  abandon(id: number): void {
    const run = this.runs.get(id)
    if (run === undefined) return
    if (run.waiting === 'etcd') this.etcd.cancel(run.etcdRequest)
    this.webhooks.delete(run.call)
    this.runs.delete(id)
    if (this.behind.delete(id)) this.tellBehind(this.behind.size)
  }

  /** The alarm WAIT_TIMER fired. */
  fired(key: string): void {
    const run = this.runs.get(Number(key))
    if (run?.waiting === 'time') this.step(run, undefined)
    else if (run?.waiting === 'webhook') {
      this.webhooks.delete(run.call)
      this.step(run, undefined)
    } else if (run?.waiting === 'cache') {
      this.behind.delete(run.id)
      this.tellBehind(this.behind.size)
      this.step(run, false)
    } else if (run?.waiting === 'quotas') this.step(run, internalError('resource quota evaluation timed out'))
  }

  /** A webhook has answered. */
  webhookAnswered({ call, ...reply }: EventData<'WebhookAnswered'>): void {
    const run = this.webhooks.get(call)
    if (run === undefined) return
    this.webhooks.delete(call)
    this.context.cancelTimer(WAIT_TIMER, String(run.id))
    this.step(run, reply)
  }

  /** A connection is lost: whoever waits for a webhook behind it gets none. */
  lost(peer: ActorId): void {
    for (const [call, run] of [...this.webhooks]) {
      if (run.peer === peer) this.webhookAnswered({ call, problem: `connection to ${peer} lost` })
    }
  }

  /** The cache has moved on. */
  cacheMoved(): void {
    if (this.behind.size === 0) return
    const { position } = this.cache
    for (const run of [...this.behind.values()]) {
      if (!hasReached(position, run.revision)) continue
      this.behind.delete(run.id)
      this.context.cancelTimer(WAIT_TIMER, String(run.id))
      this.tellBehind(this.behind.size)
      this.step(run, true)
    }
  }

  private quotasAnswered(run: Run, refusal: Status | undefined): void {
    if (!this.runs.has(run.id) || run.waiting !== 'quotas') return
    this.context.cancelTimer(WAIT_TIMER, String(run.id))
    this.step(run, refusal)
  }

  /** Runs until it waits for something that is not there yet. */
  private step(run: Run, first: Reply): void {
    let reply = first
    for (;;) {
      run.waiting = undefined
      const { done, value } = run.procedure.next(reply)
      if (done === true) {
        this.runs.delete(run.id)
        run.finish(value)
        return
      }
      const wait = value
      if (wait.wait === 'cache' && hasReached(this.cache.position, wait.revision)) {
        reply = true
        continue
      }
      this.await(run, wait)
      return
    }
  }

  private await(run: Run, wait: Wait): void {
    const { context } = this
    run.waiting = wait.wait
    switch (wait.wait) {
      case 'etcd':
        run.etcdRequest = this.etcd.call(context, wait.op, run.cause, (response) => this.step(run, response))
        return
      case 'time':
        context.setTimer(WAIT_TIMER, String(run.id), wait.delay)
        return
      case 'cache':
        run.revision = wait.revision
        this.behind.set(run.id, run)
        this.tellBehind(this.behind.size)
        context.setTimer(WAIT_TIMER, String(run.id), wait.within)
        return
      case 'webhook':
        // A number of its own in the whole log: what is answered to an earlier start of this server finds nobody.
        run.call = `${context.id}/${context.seq}/${run.id}`
        this.webhooks.set(run.call, run)
        run.peer = this.webhookAt(wait.call.url) ?? OUTSIDE
        context.emit('WebhookCalled', { ...wait.call, call: run.call }, { to: run.peer, cause: run.cause })
        context.setTimer(WAIT_TIMER, String(run.id), seconds(wait.call.timeoutSeconds))
        return
      case 'quotas':
        context.setTimer(WAIT_TIMER, String(run.id), QUOTAS_WITHIN)
        this.quotas({ request: wait.request, cause: run.cause, told: (refusal) => this.quotasAnswered(run, refusal) })
        return
      case 'lease':
        this.leases.use(context, (lease) => {
          invariant(run.waiting === 'lease', 'a lease is given once')
          if (this.runs.has(run.id)) this.step(run, lease)
        })
        return
    }
  }
}
