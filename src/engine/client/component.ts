import type { ActorId, Micros } from '../../events/envelope.ts'
import { millis } from '../../events/time.ts'
import { customRows } from '../../kubernetes/custom-resources/rows.ts'
import { isCustomKind, type Kind } from '../../kubernetes/kinds.ts'
import { newUid } from '../../kubernetes/uid.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { defineActor, type ActorContext, type HostedActor } from '../actor.ts'
import { AccountTokens } from './account-tokens.ts'
import { ApiClient, type ApiFailure } from './api-client.ts'
import type { ClientLimits, Controller, Shared } from './controller.ts'
import { Endpoint } from './endpoint.ts'
import { EVENT_RETRY, EventRecorder } from './event-recorder.ts'
import { Informers } from './informers.ts'
import { LeaderElector } from './leader-elector.ts'

export interface ComponentOptions {
  /** Upstream's name, e.g. `kube-controller-manager`; also the name of its election Lease. */
  readonly name: string
  readonly instance: number
  /** The API servers it may talk to; it begins with its own. */
  readonly servers: readonly ActorId[]
  readonly controllers: readonly Controller[]
  readonly limits: ClientLimits
  /** The namespace of its controllers' service accounts, where each calls the API with a token of its own. */
  readonly accounts?: string | undefined
  /** Accounts in the order in which their controllers begin, where that is known; else chance says. */
  readonly order?: readonly string[] | undefined
  readonly cursor: () => Cursor
  readonly read: ReadObject
}

/**
 * A program of several controllers behind one leader election, with informers that they share: kube-controller-manager.
 * The first actor elects and feeds the informers; each controller is an actor of its own in the same process.
 */
export const bootComponent = (options: ComponentOptions): ReadonlyMap<ActorId, HostedActor> => {
  const { name, instance, read } = options
  const id: ActorId = `${name}/${instance}`
  const endpoint = new Endpoint(options.servers, instance)
  const client = new ApiClient({ user: `system:${name}`, endpoint, read })
  const kinds = [...new Set(options.controllers.flatMap((controller) => controller.kinds))]
  const informers = new Informers({
    client,
    endpoint,
    cursor: options.cursor(),
    kinds: kinds.map((kind) => ({ kind })),
  })
  const { accounts, limits } = options
  const tokens =
    accounts === undefined ? undefined : new AccountTokens({ user: `system:${name}`, namespace: accounts, limits })
  const shared: Shared = { caches: informers, endpoint, read, tokens, looks: false, changes: [] }
  const { controllers, order = [] } = options
  const parts = { name, instance, client, informers, shared, controllers, order }
  const leading = defineActor<Program>({
    start: (context) => new Program(parts, context),
    receive: (program, event, context) => program.receive(event, context),
  })
  const actors = new Map<ActorId, HostedActor>([[id, leading]])
  for (const controller of options.controllers) {
    actors.set(`${controller.name}/${instance}`, controller.host(shared, options.limits))
  }
  return actors
}

type Next = (failure: ApiFailure | undefined, context: ActorContext) => void

/** Source: Go, iteration over maps. Those whose accounts are given come in that order behind all others. */
const inNoOrder = (
  controllers: readonly Controller[],
  last: readonly string[],
  { random }: ActorContext,
): readonly Controller[] => {
  const order = [...controllers]
  for (let left = order.length; left > 1; left--) {
    const [one] = order.splice(random.below(left), 1)
    if (one !== undefined) order.push(one)
  }
  const placeOf = ({ account }: Controller): number => last.indexOf(account ?? '')
  return last.length === 0 ? order : order.toSorted((a, b) => placeOf(a) - placeOf(b))
}

/** How often a controller looks whether its caches are filled. Source: client-go/tools/cache/shared_informer.go, syncedPollPeriod. */
const SYNCED_POLL: Micros = millis(100)
const LOOK = 'look'

interface Parts {
  readonly name: string
  readonly instance: number
  readonly client: ApiClient
  readonly informers: Informers
  readonly shared: Shared
  readonly controllers: readonly Controller[]
  readonly order: readonly string[]
}

/** The first actor of a component's process. */
class Program {
  private readonly parts: Parts
  private readonly elector: LeaderElector
  private readonly recorder: EventRecorder
  private readonly interested = new Map<Kind, ActorId[]>()
  /** Who watches what definitions define. */
  private readonly interestedInCustom: ActorId[] = []
  private customKinds: ReadonlySet<Kind> = new Set()
  private syncedKinds = 0
  private order: readonly Controller[]
  private begunAt: Micros = 0

  constructor(parts: Parts, context: ActorContext) {
    this.parts = parts
    this.order = parts.controllers
    const { name, instance, client, controllers } = parts
    for (const controller of controllers) {
      const actor = `${controller.name}/${instance}`
      for (const kind of controller.kinds) {
        const actors = this.interested.get(kind)
        if (actors === undefined) this.interested.set(kind, [actor])
        else actors.push(actor)
      }
      if (controller.customKinds) this.interestedInCustom.push(actor)
    }
    this.recorder = new EventRecorder({ client, component: name, limiter: parts.shared.tokens?.limiter })
    this.elector = this.elect(context)
    this.elector.start(context)
  }

  receive(event: Parameters<LeaderElector['receive']>[0], context: ActorContext): void {
    const { client, informers, shared } = this.parts
    shared.changes = []
    shared.looks = false
    client.receive(event, context)
    if (event.type === 'TimerFired' && event.data.name === EVENT_RETRY) this.recorder.retry(context, event.data.key)
    this.elector.receive(event, context)
    informers.receive(event, context)
    if (event.type === 'TimerFired' && event.data.name === LOOK) this.look(context)
    shared.changes = informers.take()
    if (shared.changes.some(({ kind }) => kind === 'CustomResourceDefinition')) this.followDefinitions(context)
    this.tell(context)
  }

  /**
   * Watches what is defined by now. Source: pkg/controller/garbagecollector/garbagecollector.go, Sync (v1.36). Abridged:
   * upstream asks every 30 s which kinds there are.
   */
  private followDefinitions(context: ActorContext): void {
    if (this.interestedInCustom.length === 0) return
    const { informers } = this.parts
    const defined = new Set<Kind>(customRows(informers.view).map(({ kind }) => kind))
    for (const kind of this.customKinds) if (!defined.has(kind)) informers.remove(kind, context)
    for (const kind of defined) informers.add(kind, context)
    this.customKinds = defined
  }

  /** A new process is somebody else: it waits for its own old Lease to run out, like everybody. */
  private elect(context: ActorContext): LeaderElector {
    const { name, client } = this.parts
    const identity = `${context.host}_${newUid(context.random)}`
    return new LeaderElector({
      client,
      name,
      identity,
      onChange: (news, later) => {
        if (!news.leading) {
          later.exit('leaderelection lost')
          return
        }
        later.emit('LeaseAcquired', { lease: name, holder: later.id })
        const about = { kind: 'Lease', object: news.lease } as const
        this.recorder.record(later, about, 'Normal', 'LeaderElection', `${identity} became leader`)
        this.build(later)
      },
    })
  }

  /**
   * Controllers are built one after the other, in no order that could be relied on, and begin all together when the last is
   * built. What one of them cannot be built without is the end of the process.
   * Source: cmd/kube-controller-manager/app/controllermanager.go, run; the controllers are members of a Go map (v1.36).
   */
  private build(context: ActorContext): void {
    const { client, controllers, order, shared } = this.parts
    const { tokens } = shared
    if (tokens === undefined) {
      this.begin(context)
      return
    }
    this.order = inNoOrder(controllers, order, context)
    const steps: ((later: ActorContext, next: Next) => void)[] = []
    for (const { account, clients, asks } of this.order) {
      if (account === undefined) continue
      for (let count = 0; count < clients; count++)
        steps.push((later, next) => tokens.ensure(client, account, later, later.seq, next))
      if (asks === 'when built') steps.push((later, next) => tokens.of(account).fetch(client, later, later.seq, next))
    }
    const go = (later: ActorContext): void => {
      const step = steps.shift()
      if (step === undefined) this.begin(later)
      else
        step(later, (failure, last) => {
          if (failure === undefined) go(last)
          else last.exit(`controllers cannot be built: ${failure.message}`)
        })
    }
    go(context)
  }

  private begin(context: ActorContext): void {
    const { client, controllers, informers, shared } = this.parts
    for (const { account, asks } of controllers) {
      if (account !== undefined && asks === 'at once')
        shared.tokens?.of(account).fetch(client, context, context.seq, () => {})
    }
    this.begunAt = context.monotonic
    informers.start(context)
  }

  /** Those who wait for the first lists see whether theirs have come, in the order in which they were built. */
  private look(context: ActorContext): void {
    const { shared, instance } = this.parts
    shared.looks = true
    for (const { name } of this.order) context.relay(`${name}/${instance}`)
  }

  /** Hands what became visible to the controllers that watch it; each of them once. */
  private tell(context: ActorContext): void {
    const { informers, shared } = this.parts
    const { syncedKinds } = informers
    const [first, ...others] = shared.changes
    if (syncedKinds !== this.syncedKinds && !context.hasTimer(LOOK, '')) {
      const passed = context.monotonic - this.begunAt
      context.setTimer(LOOK, '', SYNCED_POLL - (passed % SYNCED_POLL))
    }
    if (first !== undefined && others.length === 0) this.relay([first.kind], context)
    else if (first !== undefined) this.relay(new Set(shared.changes.map(({ kind }) => kind)), context)
    this.syncedKinds = syncedKinds
  }

  private relay(kinds: Iterable<Kind>, context: ActorContext): void {
    const told = new Set<ActorId>()
    for (const kind of kinds) for (const actor of this.watchersOf(kind)) told.add(actor)
    for (const actor of told) context.relay(actor)
  }

  private watchersOf(kind: Kind): readonly ActorId[] {
    return this.interested.get(kind) ?? (isCustomKind(kind) ? this.interestedInCustom : [])
  }
}
