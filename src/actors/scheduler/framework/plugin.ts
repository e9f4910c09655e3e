/**
 * What a plugin may be: any of these methods. Which of them run is decided by the profile.
 *
 * A plugin of one's own is an object of this shape; it sees the same as the built-in ones.
 * Source: staging/src/k8s.io/kube-scheduler/framework/interface.go (v1.36).
 */
import type { Micros } from '../../../events/envelope.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { View } from '../../../kubernetes/view.ts'
import type { Json } from '../../../events/json.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { ClusterCache } from './cluster-cache.ts'
import type { PluginArgs } from './configuration.ts'
import type { CycleState } from './cycle-state.ts'
import type { EventHint } from './events.ts'
import type { NodeInfo } from './node-info.ts'
import type { NodeStatuses } from './node-statuses.ts'
import type { Nominations } from './nominations.ts'
import type { PodInfo } from './pod-info.ts'
import type { Status } from './status.ts'

/** Highest score after normalising. */
export const MAX_NODE_SCORE = 100

/** Only these nodes need to be looked at. */
export interface PreFilterResult {
  readonly nodeNames: ReadonlySet<string>
}

/** A write that has to be made through the API. */
export interface ApiWrite {
  readonly verb: 'create' | 'update' | 'patch' | 'delete'
  readonly kind: Kind
  readonly namespace?: string
  readonly name: string
  readonly subresource?: string
  readonly patchType?: 'merge' | 'strategic' | 'json'
  readonly body?: Json
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** What PreBind has to do outside: writes, then waiting until `done` says so. */
export interface PreBindWork {
  readonly writes: readonly ApiWrite[]
  /** `wait` until the view shows what was asked for; a status ends the attempt. */
  readonly done?: (view: View) => 'done' | 'wait' | Status
  readonly timeout: Micros
}

/** What PostFilter found: which node the Pod should wait for, and who must go. */
export interface PostFilterResult {
  /** Success: `undefined`. */
  readonly status: Status | undefined
  /** The node to wait for; '' takes an earlier nomination back; absent leaves it. */
  readonly nominatedNodeName?: string
  readonly preemption?: Preemption
  /** What the plugin wants written, whatever else happens. */
  readonly writes?: readonly ApiWrite[]
}

/** Who goes to make room, in the order of deletion. */
export interface Preemption {
  readonly node: string
  /** Every victim, also those that are terminating already. */
  readonly victims: readonly PodInfo[]
  /** Pods of lower priority whose nomination to the node is void now. */
  readonly losesNomination: readonly Pod[]
  readonly pdbViolations: number
  /** Every node that could have been chosen, with who would have gone there. */
  readonly candidates: readonly {
    readonly node: NodeInfo
    readonly victims: readonly PodInfo[]
    readonly pdbViolations: number
  }[]
}

export interface QueuedPodLike {
  readonly pod: Pod
  readonly timestamp: Micros
}

export interface SchedulerPlugin {
  readonly name: string
  /** Keeps a Pod out of the active queue. */
  preEnqueue?(pod: Pod): Status | undefined
  /** Which of two Pods goes first. */
  less?(a: QueuedPodLike, b: QueuedPodLike): boolean
  preFilter?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): PreFilterResult | Status | undefined
  /** What-if: a Pod more, or less, on a node. */
  preFilterAddPod?(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void
  preFilterRemovePod?(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined
  postFilter?(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterResult
  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined
  score?(state: CycleState, pod: PodInfo, node: NodeInfo): number
  /** The score after normalising, where it is the same for every node: spares asking node by node. */
  uniformScore?(state: CycleState, pod: PodInfo): number | undefined
  /** Brings raw scores to 0..MAX_NODE_SCORE, in place. */
  normalize?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], scores: number[]): void
  reserve?(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined
  unreserve?(state: CycleState, pod: PodInfo, nodeName: string): void
  /** `Wait` status holds the Pod back for `timeout`. */
  permit?(state: CycleState, pod: PodInfo, nodeName: string): { status: Status | undefined; timeout: Micros }
  preBind?(state: CycleState, pod: PodInfo, nodeName: string): PreBindWork | Status | undefined
  bind?(state: CycleState, pod: PodInfo, nodeName: string): ApiWrite | Status | undefined
  postBind?(state: CycleState, pod: PodInfo, nodeName: string): void
  /** What of the Pod the plugin's verdicts depend on; undefined: on more than can be named. */
  sign?(pod: Pod): string | undefined
  /** Which events may make a Pod schedulable that this plugin has rejected. */
  readonly hints?: readonly EventHint[]
}

/** What a plugin is given once, when its profile is built. */
export interface PluginHandle {
  readonly cache: ClusterCache
  /** What the scheduler's informers show. */
  readonly view: View
  readonly nominations: Nominations
  /** Uids of Pods whose victims are being deleted right now. */
  readonly preempting: ReadonlySet<string>
  /** Runs the profile's filters as an attempt does, nominated Pods included. For what-ifs. */
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined
  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void
  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void
  /** Uniform integer in [0, n), from the scheduler's own stream. */
  below(n: number): number
}

export type PluginFactory = (args: PluginArgs, handle: PluginHandle) => SchedulerPlugin

/**
 * A plugin of one's own, as `createCluster` takes it. `create` runs once per profile each time the scheduler's process
 * starts, so what it keeps is lost in a crash, as memory is.
 *
 * It must be deterministic: no clock, no chance but `handle.below`, whole numbers as normalised scores.
 */
export interface SchedulerPluginDefinition {
  readonly name: string
  /** Of its score; default 1. */
  readonly weight?: number
  /** @param args what the profile's `pluginConfig` says under the plugin's name, unchecked */
  create(args: Readonly<Record<string, unknown>>, handle: PluginHandle): Omit<SchedulerPlugin, 'name'>
}
