import type { LogEvent, Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import { sameJson } from '../../kubernetes/hash.ts'
import { microTime } from '../../kubernetes/time.ts'
import type { Lease } from '../../kubernetes/types/node.ts'
import type { ActorContext } from '../actor.ts'
import { compileChart } from '../statechart/compile.ts'
import type { ApiAnswer, ApiClient } from './api-client.ts'
import { FoldedRenewals } from './folded-renewals.ts'
import { leaderElectionChart, type ElectionEmitted, type ElectionEvent } from './leader-election.chart.ts'

/** Source: component-base/config/v1alpha1/defaults.go: 15 s, 10 s, 2 s; client-go/tools/leaderelection: JitterFactor 1.2. */
const LEASE_SECONDS = 15
const RENEW_DEADLINE: Micros = seconds(10)
const RETRY_PERIOD: Micros = seconds(2)
const RETRY_JITTER: Micros = 2_400_000
/** Source: client-go/tools/leaderelection/resourcelock/interface.go, NewFromKubeconfig: half of the renew deadline. */
const REQUEST_TIMEOUT: Micros = seconds(5)

const RETRY = 'election-retry'
const DEADLINE = 'election-deadline'

const chart = compileChart(leaderElectionChart)

/** What becomes of an elector: it begins to lead (and holds this Lease), or it has lost the lead. */
export type ElectionNews = { readonly leading: true; readonly lease: Lease } | { readonly leading: false }

/**
 * Holds a Lease for one component instance, or waits until nobody else renews it.
 *
 * Another holder counts as alive for as long as the Lease says after *we* last saw it change, by a clock of our own that
 * nobody can set: wall clocks are written down but never compared.
 * Source: client-go/tools/leaderelection/leaderelection.go, tryAcquireOrRenew (v1.36).
 */
export class LeaderElector {
  private readonly client: ApiClient
  private readonly namespace = 'kube-system'
  private readonly name: string
  private readonly identity: string
  private readonly onChange: (news: ElectionNews, context: ActorContext) => void
  private readonly row = chart.start(undefined, () => {})
  /** The Lease as it last changed, and when we saw that. */
  private observed: Lease | undefined
  private observedAt: Micros = 0
  /** When the try under way began. */
  private triedAt: Micros | undefined
  private readonly foldedRenewals = new FoldedRenewals()

  constructor(options: {
    client: ApiClient
    name: string
    identity: string
    onChange: (news: ElectionNews, context: ActorContext) => void
  }) {
    this.client = options.client
    this.name = options.name
    this.identity = options.identity
    this.onChange = options.onChange
  }

  get leading(): boolean {
    return chart.matches(this.row, 'leading')
  }

  start(context: ActorContext): void {
    this.send({ type: 'TryDue' }, context)
  }

  /** True when the event was the elector's alarm. */
  receive(event: LogEvent, context: ActorContext): boolean {
    if (event.type !== 'TimerFired') return false
    if (event.data.name === RETRY) this.send({ type: 'TryDue' }, context)
    else if (event.data.name === DEADLINE) this.send({ type: 'DeadlineOver' }, context)
    else return false
    return true
  }

  private send(event: ElectionEvent, context: ActorContext): void {
    const effects: ElectionEmitted[] = []
    chart.step(this.row, event, (effect) => effects.push(effect))
    for (const { type } of effects) {
      if (type === 'try to hold') this.tryToHold(context)
      else if (type === 'step down') this.onChange({ leading: false }, context)
      else if (this.observed !== undefined) this.onChange({ leading: true, lease: this.observed }, context)
    }
  }

  /** A leader writes over what it wrote last; if that fails, and for everybody else, the Lease is read first. */
  private tryToHold(context: ActorContext): void {
    this.triedAt = context.monotonic
    if (!this.leading) {
      this.read(context)
      return
    }
    const { observed } = this
    const holds = observed !== undefined && this.isMine(observed) && this.isValid(observed, context)
    const isLate = context.hasTimer(DEADLINE, '')
    const renewed = holds && !isLate ? this.foldedRenewals.renew(observed, context) : undefined
    if (renewed !== undefined) {
      this.observe(renewed, context)
      this.settle(true, context)
      return
    }
    if (!isLate) context.setTimer(DEADLINE, '', RENEW_DEADLINE)
    if (holds) this.write(context, observed, () => this.read(context))
    else this.read(context)
  }

  private read(context: ActorContext): void {
    const { namespace, name } = this
    this.client.call(
      context,
      { verb: 'get', kind: 'Lease', namespace, name },
      (answer, later) => {
        if (answer.ok && answer.object !== undefined) this.consider(answer.object, later)
        else if (!answer.ok && answer.code === 404) this.write(later, undefined, () => this.settle(false, later))
        else this.settle(false, later)
      },
      { timeout: REQUEST_TIMEOUT },
    )
  }

  /** Somebody has written the Lease: is it ours, or has its holder been silent for long enough? */
  private consider(lease: Lease, context: ActorContext): void {
    if (sameJson(lease.spec, this.observed?.spec)) this.observed = lease
    else this.observe(lease, context)
    const isHeld = (lease.spec.holderIdentity ?? '') !== '' && !this.isMine(lease) && this.isValid(lease, context)
    if (isHeld) this.settle(false, context)
    else this.write(context, lease, () => this.settle(false, context))
  }

  private write(context: ActorContext, lease: Lease | undefined, onFailure: () => void): void {
    const { namespace, name } = this
    const spec = this.claim(lease, microTime(context.now))
    const create = lease === undefined
    const metadata = { name, namespace }
    const body = create ? { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec } : { ...lease, spec }
    const done = (answer: ApiAnswer<'Lease'>, later: ActorContext): void => {
      if (!answer.ok || answer.object === undefined) {
        onFailure()
        return
      }
      this.observe(answer.object, later)
      this.settle(true, later)
    }
    const verb = create ? 'create' : 'update'
    this.client.call(context, { verb, kind: 'Lease', namespace, name, body }, done, { timeout: REQUEST_TIMEOUT })
  }

  private claim(lease: Lease | undefined, now: string): Lease['spec'] {
    const mine = lease !== undefined && this.isMine(lease)
    const transitions = lease?.spec.leaseTransitions ?? 0
    return {
      holderIdentity: this.identity,
      leaseDurationSeconds: LEASE_SECONDS,
      acquireTime: mine ? lease.spec.acquireTime : now,
      renewTime: now,
      leaseTransitions: lease === undefined || mine ? transitions : transitions + 1,
    }
  }

  private isMine(lease: Lease): boolean {
    return lease.spec.holderIdentity === this.identity
  }

  private isValid(lease: Lease, context: ActorContext): boolean {
    const { leaseDurationSeconds = LEASE_SECONDS } = lease.spec
    return this.observedAt + seconds(leaseDurationSeconds) > context.monotonic
  }

  private observe(lease: Lease, context: ActorContext): void {
    this.observed = lease
    this.observedAt = context.monotonic
  }

  /**
   * The end of a try. A leader's next one comes two seconds after a success or, counted from the try's beginning, after a
   * failure; who waits adds a random part, so that not all try together. A new leader renews at once.
   */
  private settle(held: boolean, context: ActorContext): void {
    const wasLeading = this.leading
    const triedAt = this.triedAt ?? context.monotonic
    this.triedAt = undefined
    if (held) {
      context.cancelTimer(DEADLINE, '')
      this.send({ type: 'Held' }, context)
    }
    if (!this.leading && !wasLeading) {
      context.setTimer(RETRY, '', RETRY_PERIOD + context.random.below(RETRY_JITTER))
    } else if (!held) context.setTimer(RETRY, '', Math.max(0, triedAt + RETRY_PERIOD - context.monotonic))
    else if (wasLeading) context.setTimer(RETRY, '', RETRY_PERIOD)
    else this.send({ type: 'TryDue' }, context)
  }
}
