import type { EventData, EventType } from '../../events/catalogue/index.ts'
import type { Micros, Seq } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import type { Change, ReadObject, View } from '../../kubernetes/view.ts'
import { defineActor, type HostedActor } from '../actor.ts'
import type { Random } from '../kernel/random.ts'
import type { AccountTokens } from './account-tokens.ts'
import { ControllerRun } from './controller-run.ts'
import type { Endpoint } from './endpoint.ts'
import type { Expectations } from './expectations.ts'
import type { Sync } from './sync.ts'
import type { QueueLimits } from './work-queue.ts'

/** A key to work on, now or after a delay. Namespaced objects: `namespace/name`; others: `name`. */
export type Wake = string | { readonly key: string; readonly after: Micros }

/** What a controller has: its view, which may lag, its clock, its chance, its memory. */
export interface World<M = unknown> {
  readonly view: View
  /** The wall clock, for what is written down or compared with what was. */
  readonly now: Micros
  /** A clock that nobody can set, for measuring how long something takes. */
  readonly monotonic: Micros
  readonly random: Random
  readonly expectations: Expectations
  /** What this controller keeps in memory besides its queue; lost in a crash. */
  readonly memory: M
  /** How often the key in hand has failed in a row. */
  readonly retries: number
  /** Records a v1 Event about an object. */
  event(kind: Kind, object: ApiObject, type: 'Normal' | 'Warning', reason: string, message: string): void
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
  /** Whom it calls the API as where upstream takes its process's own credentials instead of an account's. */
  readonly user?: string
  /** The component in its Events; its name unless upstream gives another. */
  readonly component?: string
  /** What it watches. */
  readonly kinds: readonly Kind[]
  /** Whether it watches all kinds that definitions define as well, as they come and go. */
  readonly customKinds?: boolean
  /** How many keys it works on at once. */
  readonly workers: number
  readonly memory: () => M
  wakes(change: Change, world: World<M>): Iterable<Wake>
  reconcile(key: string, world: World<M>): Sync
  /** Failures in a row after which a key is left alone until something wakes it; no limit unless upstream has one. */
  readonly maxRetries?: number
  /**
   * Whether a key waits until the view shows what was last written for it.
   * Source: pkg/controller/util/consistency, gates StaleControllerConsistency* (v1.36).
   */
  readonly readsOwnWrites?: boolean
  /** What is done at once when the informers are synced, and then again and again. */
  readonly ticks?: readonly { readonly name: string; readonly every: Micros; run(world: World<M>): Iterable<Wake> }[]
  readonly queue?: QueueLimits
  /**
   * How many clients upstream builds for it, each of which looks whether the account is there; one unless said otherwise.
   * Only counts where controllers have accounts of their own.
   */
  readonly clients?: number
  /** When it first asks the API for something, if before there is anything to do: when it is built, or when it begins. */
  readonly asks?: 'when built' | 'at once'
  /** How much faster than others it may call the API: factors of the rate and of the burst. */
  readonly haste?: { readonly qps: number; readonly burst: number }
}

/** A controller as its process sees it; the type of its memory is its own business. */
export interface Controller {
  readonly name: string
  readonly kinds: readonly Kind[]
  readonly customKinds: boolean
  /** Its service account; undefined where it calls the API as its process. */
  readonly account: string | undefined
  readonly clients: number
  readonly asks: ControllerDefinition['asks']
  host(shared: Shared, limits: ClientLimits): HostedActor
}

export const defineController = <M>(definition: ControllerDefinition<M>): Controller => ({
  name: definition.name,
  kinds: definition.kinds,
  customKinds: definition.customKinds === true,
  account: definition.user === undefined ? (definition.account ?? definition.name) : undefined,
  clients: definition.clients ?? 1,
  asks: definition.asks,
  host: (shared, limits) =>
    defineActor<ControllerRun<M>>({
      start: (context) => new ControllerRun(definition, shared, limits, context),
      receive: (run, event) => run.receive(event),
    }),
})

/** The informers of a process as its controllers see them. */
export interface Caches {
  readonly view: View
  /** Whether the first list of a kind has come. */
  synced(kind: Kind): boolean
}

/** What all actors of one process share in memory. */
export interface Shared {
  readonly caches: Caches
  readonly endpoint: Endpoint
  readonly read: ReadObject
  /** Where each controller's account must be logged in with a token. */
  readonly tokens?: AccountTokens | undefined
  /** Whether those who wait for the first lists look, at the event in hand, whether they have come. */
  looks?: boolean
  /** What the event in hand made visible. */
  changes: readonly Change[]
}

export interface ClientLimits {
  readonly qps: number
  readonly burst: number
}
