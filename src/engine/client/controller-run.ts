import type { LogEvent, Seq } from '../../events/envelope.ts'
import { isCustomKind, type Kind } from '../../kubernetes/kinds.ts'
import type { ActorContext } from '../actor.ts'
import { invariant } from '../invariant.ts'
import { ApiClient, type ApiAnswer } from './api-client.ts'
import type { ClientLimits, ControllerDefinition, Shared, World } from './controller.ts'
import { EVENT_RETRY, EventRecorder } from './event-recorder.ts'
import { Expectations } from './expectations.ts'
import { OwnWrites } from './own-writes.ts'
import { Questions } from './questions.ts'
import type { Sync, SyncResult } from './sync.ts'
import { TokenBucket } from './token-bucket.ts'
import { QUEUE_TIMER, WorkQueue } from './work-queue.ts'

const TICK = 'tick'
const PAUSE = 'pause'

interface Running {
  readonly sync: Sync
  /** Why the next calls are made: what woke the key, or the fact that the sync told last. */
  cause: Seq
  answers: ApiAnswer[]
  missing: number
}

/** One controller at work: an actor in a process whose first actor feeds the shared informers. */
export class ControllerRun<M> {
  private readonly definition: ControllerDefinition<M>
  private readonly kinds: ReadonlySet<Kind>
  private readonly shared: Shared
  private readonly context: ActorContext
  private readonly client: ApiClient
  private readonly recorder: EventRecorder
  private readonly queue: WorkQueue
  private readonly questions: Questions
  private readonly ownWrites: OwnWrites | undefined
  private readonly running = new Map<string, Running>()
  private readonly world: World<M>
  private started = false
  /** The key whose sync runs right now. */
  private inHand = ''
  /** A fact told outside of a sync: the cause of the wake that follows it. */
  private because: Seq | undefined

  constructor(definition: ControllerDefinition<M>, shared: Shared, limits: ClientLimits, context: ActorContext) {
    this.definition = definition
    this.kinds = new Set(definition.kinds)
    this.shared = shared
    this.context = context
    const account = definition.account ?? definition.name
    this.client = new ApiClient({
      user: definition.user ?? `system:serviceaccount:kube-system:${account}`,
      credentials: definition.user === undefined ? shared.tokens?.of(account) : undefined,
      endpoint: shared.endpoint,
      read: shared.read,
      limiter: new TokenBucket(
        limits.qps * (definition.haste?.qps ?? 1),
        limits.burst * (definition.haste?.burst ?? 1),
      ),
    })
    this.recorder = new EventRecorder({ client: this.client, component: definition.component ?? definition.name })
    this.queue = new WorkQueue(definition.queue)
    this.questions = new Questions(context, (key) => this.goOn(key))
    this.ownWrites = definition.readsOwnWrites === true ? new OwnWrites(this.kinds) : undefined
    this.world = this.createWorld(definition.memory())
  }

  receive(event: LogEvent): void {
    this.because = undefined
    this.inHand = ''
    if (event.to !== this.context.id) this.see()
    else if (!this.questions.receive(event) && !this.client.receive(event, this.context) && event.type === 'TimerFired')
      this.alarm(event.data)
    this.pump()
  }

  /** The process's informers have moved. */
  private see(): void {
    const { definition, world } = this
    for (const change of this.shared.changes) {
      if (!this.watches(change.kind)) continue
      for (const wake of definition.wakes(change, world)) world.wake(wake)
    }
    if (
      this.started ||
      this.shared.looks === false ||
      !definition.kinds.every((kind) => this.shared.caches.synced(kind))
    )
      return
    this.started = true
    for (const tick of definition.ticks ?? []) this.context.setTimer(TICK, tick.name, 0)
  }

  private watches(kind: Kind): boolean {
    return this.kinds.has(kind) || (this.definition.customKinds === true && isCustomKind(kind))
  }

  private alarm({ name, key }: { readonly name: string; readonly key: string }): void {
    if (name === QUEUE_TIMER) this.queue.due(key)
    else if (name === EVENT_RETRY) this.recorder.retry(this.context, key)
    else if (name === PAUSE) this.goOn(key)
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
      const { key, cause } = item
      if (this.ownWrites?.areVisible(key, this.shared.caches.view) === false) {
        this.queue.addRateLimited(this.context, key, cause)
        this.queue.done(key)
        continue
      }
      this.inHand = key
      const running: Running = { sync: this.definition.reconcile(key, this.world), cause, answers: [], missing: 0 }
      this.running.set(key, running)
      this.advance(key, running, NO_ANSWERS)
    }
  }

  private advance(key: string, running: Running, answers: readonly ApiAnswer[]): void {
    this.inHand = key
    const step = running.sync.next(answers)
    if (step.done === true) {
      this.finish(key, running, step.value)
      return
    }
    if ('pause' in step.value) {
      this.context.setTimer(PAUSE, key, step.value.pause)
      return
    }
    if ('question' in step.value) {
      this.questions.ask(key, step.value, running.cause)
      return
    }
    const { calls, each } = step.value
    invariant(calls.length > 0, 'a sync that waits waits for an answer')
    running.answers = new Array<ApiAnswer>(calls.length)
    running.missing = calls.length
    calls.forEach((apiCall, index) => {
      const done = (answer: ApiAnswer): void => {
        this.inHand = key
        this.ownWrites?.note(key, apiCall, answer)
        each?.(answer, index)
        running.answers[index] = answer
        if (--running.missing === 0) this.advance(key, running, running.answers)
      }
      this.client.call(this.context, apiCall, done, { cause: running.cause })
    })
  }

  private goOn(key: string): void {
    const running = this.running.get(key)
    if (running !== undefined) this.advance(key, running, NO_ANSWERS)
  }

  private finish(key: string, running: Running, result: SyncResult): void {
    const { queue, context } = this
    this.running.delete(key)
    if (result === undefined || !('retry' in result)) {
      queue.forget(key)
      if (result !== undefined) queue.addAfter(context, key, result.after, running.cause)
    } else if (queue.retries(key) < (this.definition.maxRetries ?? Infinity)) {
      queue.addRateLimited(context, key, running.cause)
    } else queue.forget(key)
    queue.done(key)
  }

  private createWorld(memory: M): World<M> {
    const { context, shared, queue, recorder } = this
    const retries = (): number => queue.retries(this.inHand)
    const cause = (): Seq => this.running.get(this.inHand)?.cause ?? context.seq
    return {
      view: shared.caches.view,
      get now() {
        return context.now
      },
      get monotonic() {
        return context.monotonic
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

const NO_ANSWERS: readonly ApiAnswer[] = []
