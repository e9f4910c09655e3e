import type { EventData, EventType } from '../../events/catalogue/index.ts'
import type { LogEvent, Micros, Seq } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Kind, KindMap } from '../../kubernetes/kinds.ts'
import type { Change, ReadObject, View } from '../../kubernetes/view.ts'
import { defineActor, type ActorContext, type HostedActor } from '../actor.ts'
import type { Random } from '../kernel/random.ts'
import { ApiClient, type ApiAnswer, type ApiCall } from './api-client.ts'
import type { Endpoint } from './endpoint.ts'
import { EVENT_RETRY, EventRecorder } from './event-recorder.ts'
import { Expectations } from './expectations.ts'
import type { Informers } from './informers.ts'
import { TokenBucket } from './token-bucket.ts'
import { QUEUE_TIMER, WorkQueue, type QueueLimits } from './work-queue.ts'

/** A key to work on, now or after a delay. Namespaced objects: `namespace/name`; others: `name`. */
export type Wake = string | { readonly key: string; readonly after: Micros }

/** How a sync ends: done; look again after a while; or failed, so try again after the key's back-off. */
export type SyncResult = void | { readonly after: Micros } | { readonly retry: string }

/**
 * One pass over one key, written as upstream writes it: a sequence of API calls, each waiting for its answer. What is
 * yielded is sent at once, all together; what comes back is the answers in the same order. A crash forgets it.
 */
export type Sync<R = SyncResult> = Generator<readonly ApiCall[], R, readonly ApiAnswer[]>

/** What a controller has: its view, which may lag, its clock, its chance, its memory. */
export interface World<M = unknown> {
  readonly view: View
  readonly now: Micros
  readonly random: Random
  readonly expectations: Expectations
  /** What this controller keeps in memory besides its queue; lost in a crash. */
  readonly memory: M
  /** How often the key in hand has failed in a row. */
  readonly retries: number
  /** Records a v1 Event about an object. */
  event<K extends Kind>(kind: K, object: KindMap[K], type: 'Normal' | 'Warning', reason: string, message: string): void
  /** Tells a fact that no object shows. What is woken or called after it is because of it. */
  fact<T extends EventType>(type: T, data: EventData<T>): Seq
  /** Wakes a key. `cause` defaults to what is being handled. */
  wake(wake: Wake): void
}

/** A controller: which changes wake which keys, and what one pass over a key does. */
export interface ControllerDefinition<M = unknown> {
  /** Upstream's name, e.g. `replicaset-controller`. */
  readonly name: string
  /** The service account it calls the API as; its name unless upstream gives another. */
  readonly account?: string
  /** The component in its Events; its name unless upstream gives another. */
  readonly component?: string
  /** What it watches. */
  readonly kinds: readonly Kind[]
  /** How many keys it works on at once. */
  readonly workers: number
  readonly memory: () => M
  wakes(change: Change, world: World<M>): Iterable<Wake>
  reconcile(key: string, world: World<M>): Sync
  /** Alarms that come by themselves once the informers are synced. */
  readonly ticks?: readonly { readonly name: string; readonly every: Micros; run(world: World<M>): Iterable<Wake> }[]
  readonly queue?: QueueLimits
}

/** A controller as its process sees it; the type of its memory is its own business. */
export interface Controller {
  readonly name: string
  readonly kinds: readonly Kind[]
  host(shared: Shared, limits: ClientLimits): HostedActor
}

export const defineController = <M>(definition: ControllerDefinition<M>): Controller => ({
  name: definition.name,
  kinds: definition.kinds,
  host: (shared, limits) =>
    defineActor<ControllerRun<M>>({
      start: (context) => new ControllerRun(definition, shared, limits, context),
      receive: (run, event) => run.receive(event),
    }),
})

/** What all actors of one process share in memory. */
export interface Shared {
  readonly informers: Informers
  readonly endpoint: Endpoint
  readonly read: ReadObject
  /** What the event in hand made visible. */
  changes: readonly Change[]
}

export interface ClientLimits {
  readonly qps: number
  readonly burst: number
}

// Calls, as a sync writes them

/** One call and its answer. */
export function* call<K extends Kind>(apiCall: ApiCall<K>): Sync<ApiAnswer<K>> {
  const [answer] = yield [apiCall]
  // One call was sent, so one answer of its kind comes back.
  return answer as ApiAnswer<K>
}

/** Several calls at once; all answers, in order. */
export function* all<K extends Kind>(calls: readonly ApiCall<K>[]): Sync<readonly ApiAnswer<K>[]> {
  return calls.length === 0 ? [] : ((yield calls) as readonly ApiAnswer<K>[])
}

/**
 * Calls in batches of 1, 2, 4 …; a batch with a failure is the last. Gives the answers so far; calls never sent have none.
 * Source: pkg/controller/replicaset/replica_set.go, slowStartBatch (v1.36).
 */
export function* slowStart<K extends Kind>(calls: readonly ApiCall<K>[]): Sync<readonly ApiAnswer<K>[]> {
  const answers: ApiAnswer<K>[] = []
  for (let size = 1; answers.length < calls.length; size *= 2) {
    const batch = yield* all(calls.slice(answers.length, answers.length + size))
    answers.push(...batch)
    if (batch.some((answer) => !answer.ok)) break
  }
  return answers
}

/** Key of an object in a queue. */
export const keyOf = (object: ApiObject): string => keyFor(object.metadata.namespace, object.metadata.name)

export const keyFor = (namespace: string | undefined, name: string): string =>
  namespace === undefined ? name : `${namespace}/${name}`

/** The two halves of a key; a cluster-scoped object has no namespace. */
export const splitKey = (key: string): { readonly namespace: string | undefined; readonly name: string } => {
  const slash = key.indexOf('/')
  return slash < 0
    ? { namespace: undefined, name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

const TICK = 'tick'

interface Running {
  readonly sync: Sync
  /** Why the next calls are made: what woke the key, or the fact that the sync told last. */
  cause: Seq
  readonly answers: (ApiAnswer | undefined)[]
  missing: number
}

/** One controller at work: an actor in a process whose first actor feeds the shared informers. */
class ControllerRun<M> {
  private readonly definition: ControllerDefinition<M>
  private readonly shared: Shared
  private readonly context: ActorContext
  private readonly client: ApiClient
  private readonly recorder: EventRecorder
  private readonly queue: WorkQueue
  private readonly running = new Map<string, Running>()
  private readonly world: World<M>
  private started = false
  /** The key whose sync runs right now. */
  private inHand = ''
  /** A fact told outside of a sync: the cause of the wake that follows it. */
  private because: Seq | undefined

  constructor(definition: ControllerDefinition<M>, shared: Shared, limits: ClientLimits, context: ActorContext) {
    this.definition = definition
    this.shared = shared
    this.context = context
    this.client = new ApiClient({
      user: `system:serviceaccount:kube-system:${definition.account ?? definition.name}`,
      endpoint: shared.endpoint,
      read: shared.read,
      limiter: new TokenBucket(limits.qps, limits.burst),
    })
    this.recorder = new EventRecorder({
      client: this.client,
      component: definition.component ?? definition.name,
      ...limits,
    })
    this.queue = new WorkQueue(definition.queue)
    this.world = this.createWorld(definition.memory())
  }

  receive(event: LogEvent): void {
    this.because = undefined
    this.inHand = ''
    if (event.to !== this.context.id) this.see()
    else if (!this.client.receive(event, this.context) && event.type === 'TimerFired') this.alarm(event.data)
    this.pump()
  }

  /** The process's informers have moved. */
  private see(): void {
    for (const change of this.shared.changes) {
      if (!this.definition.kinds.includes(change.kind)) continue
      for (const wake of this.definition.wakes(change, this.world)) this.world.wake(wake)
    }
    if (this.started || !this.definition.kinds.every((kind) => this.shared.informers.synced(kind))) return
    this.started = true
    for (const tick of this.definition.ticks ?? []) this.context.setTimer(TICK, tick.name, tick.every)
  }

  private alarm({ name, key }: { readonly name: string; readonly key: string }): void {
    if (name === QUEUE_TIMER) this.queue.due(key)
    else if (name === EVENT_RETRY) this.recorder.retry(this.context, key)
    else if (name === TICK) {
      const tick = this.definition.ticks?.find((candidate) => candidate.name === key)
      if (tick === undefined) return
      this.context.setTimer(TICK, key, tick.every)
      for (const wake of tick.run(this.world)) {
        this.world.wake(wake)
        this.because = undefined
      }
    }
  }

  private pump(): void {
    if (!this.started) return
    while (this.running.size < this.definition.workers) {
      const item = this.queue.take()
      if (item === undefined) return
      this.inHand = item.key
      const sync = this.definition.reconcile(item.key, this.world)
      const running: Running = { sync, cause: item.cause, answers: [], missing: 0 }
      this.running.set(item.key, running)
      this.advance(item.key, running, [])
    }
  }

  private advance(key: string, running: Running, answers: readonly ApiAnswer[]): void {
    this.inHand = key
    let step = running.sync.next(answers)
    while (step.done !== true && step.value.length === 0) step = running.sync.next([])
    if (step.done === true) {
      this.finish(key, running, step.value)
      return
    }
    const calls = step.value
    running.answers.length = 0
    running.missing = calls.length
    calls.forEach((apiCall, index) => {
      this.client.call(
        this.context,
        apiCall,
        (answer) => {
          running.answers[index] = answer
          if (--running.missing > 0) return
          const complete = running.answers.filter((one) => one !== undefined)
          this.advance(key, running, complete)
        },
        { cause: running.cause },
      )
    })
  }

  private finish(key: string, running: Running, result: SyncResult): void {
    this.running.delete(key)
    if (result !== undefined && 'retry' in result) this.queue.addRateLimited(this.context, key, running.cause)
    else {
      this.queue.forget(key)
      if (result !== undefined) this.queue.addAfter(this.context, key, result.after, running.cause)
    }
    this.queue.done(key)
  }

  private createWorld(memory: M): World<M> {
    const { context, shared, queue, recorder } = this
    const retries = (): number => queue.retries(this.inHand)
    const cause = (): Seq => this.running.get(this.inHand)?.cause ?? context.seq
    return {
      view: shared.informers.view,
      get now() {
        return context.now
      },
      random: context.random,
      expectations: new Expectations(),
      memory,
      get retries() {
        return retries()
      },
      event: (kind, object, type, reason, message) => {
        recorder.record(context, { kind, object }, type, reason, message, cause())
      },
      fact: (type, data) => {
        const seq = context.emit(type, data, { cause: cause() })
        const running = this.running.get(this.inHand)
        if (running === undefined) this.because = seq
        else running.cause = seq
        return seq
      },
      wake: (wake) => {
        const seq = this.because ?? cause()
        if (typeof wake === 'string') queue.add(wake, seq)
        else queue.addAfter(context, wake.key, wake.after, seq)
      },
    }
  }
}
