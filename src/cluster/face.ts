import type { Observable } from 'rxjs'
import type { Favourite } from '../actors/scheduler/framework/algorithm.ts'
import type { Identities } from '../actors/apiserver/parameters.ts'
import type { Substitute } from '../engine/kernel/actors.ts'
import type { EventData } from '../events/catalogue/index.ts'
import type { LogEvent, Micros } from '../events/envelope.ts'
import type { ApiObject } from '../events/json.ts'
import type { EventLog, LogSink } from '../events/log.ts'
import type { Kind, KindMap } from '../kubernetes/kinds.ts'
import type { View } from '../kubernetes/view.ts'
import type { Availability } from '../projections/endpoints.ts'
import type { Metrics } from '../projections/metrics.ts'
import type { ObjectStore } from '../projections/objects/store.ts'
import type { ScheduleExplanation } from '../projections/schedule-explanation.ts'
import type { Scheduling } from '../projections/scheduling.ts'
import type { TimelineRow } from '../projections/timeline.ts'
import type { WhyStep } from '../projections/why.ts'
import type { Fault } from './fault.ts'
import type { ActiveFault } from './injector.ts'
import type { Input, OutsideMessage } from './inputs.ts'
import type { Listening, ListenOptions } from './listen.ts'
import type { ClusterOptions, ResolvedOptions } from './options.ts'

export interface ApplyOptions {
  /** As `kubectl apply --server-side`: large objects fit, and who sets what another manager set meets a conflict. Default false. */
  readonly serverSide?: boolean
}

/**
 * A whole Kubernetes cluster in this process, in virtual time.
 *
 * Deterministic: equal options and equal inputs give a byte-identical log. Nothing happens by itself: `run` lets time pass.
 */
export interface Cluster {
  readonly seed: number
  readonly options: ResolvedOptions
  /** Virtual time since the cluster's start. */
  readonly now: Micros
  readonly log: EventLog
  /** Every event as it happens. */
  readonly events$: Observable<LogEvent>
  /** Applies manifests as `kubectl apply -f` would; takes effect as time passes. @throws ManifestError */
  apply(manifests: string | readonly ApiObject[], options?: ApplyOptions): void
  /** One API call by the same person, e.g. to delete or to scale something. */
  call(call: NonNullable<EventData<'KubectlInvoked'>['call']>): void
  /**
   * Something a client of the API sends from outside, now. It is on its way when this returns; what is answered comes as an
   * event addressed to `outside`. Its number is `nextNumber`.
   */
  send(message: OutsideMessage): void
  /** The number of the next request or watch from outside. */
  readonly nextNumber: number
  /**
   * Serves the API over HTTPS, with HTTP/2 and HTTP/1.1 on one port. As long as it listens, time passes by itself, or with
   * each request if it is `stepped`.
   */
  listen(options?: ListenOptions): Promise<Listening>
  /** Lets the one next thing happen. False when nothing ever will. @throws RunFailure when an invariant breaks. */
  step(): boolean
  /** When the next thing is due; undefined when nothing ever will be. */
  readonly nextAt: Micros | undefined
  /** Lets time pass. @throws RunFailure when an invariant breaks. */
  run(duration: Micros): void
  /** Lets time pass until a condition holds, looking once a virtual second; false if it never does. */
  runUntil(condition: (cluster: Cluster) => boolean, options: { readonly within: Micros }): boolean
  /** Plans a fault, from `at` (now) for a while (until `heal`). @throws Error when it names what is not there. */
  inject(fault: Fault, options?: { readonly at?: Micros; readonly for?: Micros }): void
  /** Ends all faults that are in force. */
  heal(): void
  readonly faults: readonly ActiveFault[]
  /** Objects as etcd has them now; what a component believes may lag behind. */
  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][]
  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] | undefined
  /** Every version of every object, by revision. */
  readonly history: Pick<ObjectStore, 'head' | 'at' | 'read' | 'written'>
  /** Objects as they were at a moment. */
  at(time: Micros): View
  /** What still differs from what was asked; empty when the cluster has converged. */
  unsettled(): readonly string[]
  readonly converged: boolean
  /** What mattered, in order. */
  timeline(): readonly TimelineRow[]
  /** Why an object is as it is: `pod/web-7c9f` or `pod/shop/web-7c9f`. */
  why(object: string): readonly WhyStep[]
  /**
   * Why a Pod (`web-1`, `shop/web-1`, `pod/shop/web-1`) went where it went, or nowhere: its last attempt, node by node and plugin
   * by plugin. Undefined if it was not tried, or long ago. The option `scheduler.explain` says how many nodes are told of.
   */
  explainSchedule(pod: string): ScheduleExplanation | undefined
  /** Last decisions, and Pods that have found no node. */
  readonly scheduling: Scheduling
  /** The same cluster run again to a moment, there changed, with what was planned for later still planned. */
  fork(options: { readonly at: Micros; readonly with?: (fork: Cluster) => void }): Cluster
  /** Digest of the log so far. */
  digest(): string
  /** Ready endpoints and answered requests, by Service. */
  readonly availability: Availability
  /** Counts of events, API writes, Pods. */
  readonly metrics: Metrics
  /** Writes a recording: JSON lines, compressed if the name ends in `.gz`. */
  save(path: string): void
  /** What came from outside so far and what is planned. */
  readonly inputs: readonly Input[]
  /** Plans an input as another run recorded it. */
  plan(input: Input): void
}

export interface CreateOptions extends ClusterOptions {
  /** Takes each event and its line as they are appended; see RecordingWriter. */
  readonly sinks?: readonly LogSink[]
  /** Puts another actor in the place of one, by id, each time its process boots. */
  readonly substitute?: Substitute
  /** Names and uids for new objects. They are not part of the options: who runs it again has to give them again. */
  readonly identities?: Identities
  /** Which node wins where several are equally good for a Pod; neither is this part of the options. */
  readonly favourite?: Favourite
  /** Service accounts of kube-controller-manager's controllers in the order in which they begin; not part of the options either. */
  readonly beginning?: readonly string[]
  /** Checked with each event; throws when something that must hold does not. */
  readonly invariants?: readonly ((event: LogEvent) => void)[]
}
