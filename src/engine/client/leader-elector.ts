import type { LogEvent, Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import { microTime } from '../../kubernetes/time.ts'
import type { Lease } from '../../kubernetes/types/node.ts'
import type { ActorContext } from '../actor.ts'
import { compileChart } from '../statechart/compile.ts'
import type { Row } from '../statechart/row.ts'
import type { ApiAnswer, ApiClient } from './api-client.ts'
import {
  leaderElectionChart,
  type ElectionContext,
  type ElectionEmitted,
  type ElectionEvent,
} from './leader-election.chart.ts'

/** Source: component-base/config/v1alpha1/defaults.go: 15 s, 10 s, 2 s; client-go/tools/leaderelection: JitterFactor 1.2. */
export const LEASE_SECONDS = 15
const RETRY_PERIOD: Micros = seconds(2)
const RETRY_JITTER_PPM = 1_200_000
/** An election request that is not answered in half the renew deadline has failed. Source: controller-manager's and scheduler's client set-up. */
const REQUEST_TIMEOUT: Micros = seconds(5)

const RETRY = 'election-retry'

const chart = compileChart(leaderElectionChart)

/**
 * Holds a Lease for one component instance, or waits until nobody else renews it.
 *
 * Another holder counts as alive for 15 s after *we* last saw the Lease change, by our own clock: no clocks are compared.
 * Source: client-go/tools/leaderelection/leaderelection.go, tryAcquireOrRenew (v1.36).
 */
export class LeaderElector {
  private readonly client: ApiClient
  private readonly namespace = 'kube-system'
  private readonly name: string
  private readonly identity: string
  private readonly onChange: (leading: boolean, context: ActorContext) => void
  private row: Row<ElectionContext>
  private observed: Lease | undefined
  private observedAt: Micros = 0
  private busy = false

  constructor(options: {
    client: ApiClient
    name: string
    identity: string
    onChange: (leading: boolean, context: ActorContext) => void
  }) {
    this.client = options.client
    this.name = options.name
    this.identity = options.identity
    this.onChange = options.onChange
    this.row = chart.start(undefined, () => {})
  }

  get leading(): boolean {
    return chart.matches(this.row, 'leading')
  }

  start(context: ActorContext): void {
    this.send({ type: 'RetryDue' }, context)
  }

  /** True when the event was the elector's alarm. */
  receive(event: LogEvent, context: ActorContext): boolean {
    if (event.type !== 'TimerFired' || event.data.name !== RETRY) return false
    this.send({ type: 'RetryDue' }, context)
    return true
  }

  private send(event: ElectionEvent, context: ActorContext): void {
    const effects: ElectionEmitted[] = []
    chart.step(this.row, event, (effect) => effects.push(effect))
    for (const effect of effects) {
      if (effect.type === 'tryToHold') this.tryToHold(context)
      else this.onChange(effect.type === 'lead', context)
    }
  }

  private tryToHold(context: ActorContext): void {
    const jitter = this.leading ? 0 : context.random.below((RETRY_PERIOD / 1_000_000) * RETRY_JITTER_PPM)
    context.setTimer(RETRY, '', RETRY_PERIOD + jitter)
    if (this.busy) return
    this.busy = true
    if (this.leading && this.observed !== undefined) {
      this.write(context, this.observed)
      return
    }
    const { namespace, name } = this
    this.client.call(
      context,
      { verb: 'get', kind: 'Lease', namespace, name },
      (answer, later) => {
        if (answer.ok && answer.object !== undefined) this.consider(answer.object, later)
        else if (!answer.ok && answer.code === 404) this.write(later, undefined)
        else this.settle(false, later)
      },
      { timeout: REQUEST_TIMEOUT },
    )
  }

  /** Somebody has written the Lease: is it ours, or has its holder been silent for long enough? */
  private consider(lease: Lease, context: ActorContext): void {
    if (lease.metadata.resourceVersion !== this.observed?.metadata.resourceVersion) {
      this.observed = lease
      this.observedAt = context.now
    }
    const { holderIdentity = '', leaseDurationSeconds = LEASE_SECONDS } = lease.spec
    const held = holderIdentity !== '' && holderIdentity !== this.identity
    if (held && this.observedAt + seconds(leaseDurationSeconds) > context.now) this.settle(false, context)
    else this.write(context, lease)
  }

  private write(context: ActorContext, lease: Lease | undefined): void {
    const now = microTime(context.now)
    const { namespace, name } = this
    const mine = lease?.spec.holderIdentity === this.identity
    const spec = {
      holderIdentity: this.identity,
      leaseDurationSeconds: LEASE_SECONDS,
      acquireTime: mine ? lease.spec.acquireTime : now,
      renewTime: now,
      leaseTransitions: (lease?.spec.leaseTransitions ?? 0) + (lease === undefined || mine ? 0 : 1),
    }
    const done = (answer: ApiAnswer<'Lease'>, later: ActorContext): void => {
      if (answer.ok && answer.object !== undefined) {
        this.observed = answer.object
        this.observedAt = later.now
        this.settle(true, later)
      } else {
        this.observed = undefined
        this.settle(false, later)
      }
    }
    const options = { timeout: REQUEST_TIMEOUT }
    if (lease === undefined) {
      const metadata = { name, namespace }
      const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }
      this.client.call(context, { verb: 'create', kind: 'Lease', namespace, name, body }, done, options)
    } else {
      this.client.call(
        context,
        { verb: 'update', kind: 'Lease', namespace, name, body: { ...lease, spec } },
        done,
        options,
      )
    }
  }

  private settle(held: boolean, context: ActorContext): void {
    this.busy = false
    this.send({ type: held ? 'Held' : 'Refused', now: context.now }, context)
  }
}
