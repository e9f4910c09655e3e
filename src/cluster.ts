import type { Favourite } from './actors/scheduler/framework/algorithm.ts'
import type { Identities } from './actors/apiserver/parameters.ts'
import { either as E } from 'fp-ts'
import type { Observable } from 'rxjs'
import { catalogue, type EventData } from './events/catalogue/index.ts'
import { writeRecording } from './events/file/recording-writer.ts'
import type { LogEvent, Micros } from './events/envelope.ts'
import type { ApiObject } from './events/json.ts'
import type { EventLog, LogSink } from './events/log.ts'
import { createMemoryLog } from './events/memory-log.ts'
import { invariant } from './engine/invariant.ts'
import { ActorFailure, Kernel, OUTSIDE, type Substitute } from './engine/kernel/kernel.ts'
import { unsettled } from './cluster/convergence.ts'
import { EtcdCluster } from './cluster/etcd-cluster.ts'
import type { Fault } from './cluster/fault.ts'
import { checkFault, defaultLength, Injector, type ActiveFault } from './cluster/injector.ts'
import { pluginCode, type PluginCode, type SchedulerSpec } from './cluster/schedulers.ts'
import { unanswered } from './cluster/invocations.ts'
import { InputQueue, type Input, type OutsideMessage } from './cluster/inputs.ts'
import type { Listening, ListenOptions } from './cluster/listen.ts'
import { resolveOptions, wallStartOf, type ClusterOptions, type ResolvedOptions } from './cluster/options.ts'
import type { Machines } from './cluster/machines.ts'
import { ClusterProjections } from './cluster/projections.ts'
import { KUBECTL, populate } from './cluster/topology.ts'
import { recordingHeader } from './cluster/header.ts'
import { readManifests } from './cluster/manifests.ts'
import { parseObjectRef, podKey } from './cluster/object-ref.ts'
import type { Kind, KindMap } from './kubernetes/kinds.ts'
import type { View } from './kubernetes/view.ts'
import type { Availability } from './projections/endpoints.ts'
import type { Metrics } from './projections/metrics.ts'
import type { ObjectStore } from './projections/objects/store.ts'
import { explainAttempt, type ScheduleExplanation } from './projections/schedule-explanation.ts'
import type { Scheduling } from './projections/scheduling.ts'
import type { TimelineRow } from './projections/timeline.ts'
import type { WhyStep } from './projections/why.ts'

/** What `apply` was given is no manifest. Each problem has file, line and field where they are known. */
export class ManifestError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ManifestError'
    this.problems = problems
  }
}

/** The run stopped on a programmer's error. The message has the seed and the causal chain. */
export class RunFailure extends Error {}

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
  apply(manifests: string | readonly ApiObject[]): void
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
  /** Checked with each event; throws when something that must hold does not. */
  readonly invariants?: readonly ((event: LogEvent) => void)[]
}

export const createCluster = (options: CreateOptions = {}): Cluster => new SimulatedCluster(options)

class SimulatedCluster implements Cluster {
  readonly options: ResolvedOptions
  readonly log: EventLog
  private readonly given: CreateOptions
  private readonly kernel: Kernel
  private readonly projections: ClusterProjections
  private readonly injector: Injector
  private machines: Machines | undefined
  private readonly queue = new InputQueue()
  private invocations = 0
  private numbers = 0

  constructor(given: CreateOptions) {
    this.given = given
    this.options = resolveOptions(given)
    const { seed, retain, history } = this.options
    this.log = createMemoryLog({ retain, digest: true, sinks: given.sinks })
    this.projections = new ClusterProjections(history, (seq) => this.log.causeOf(seq))
    const { invariants = [], substitute } = given
    this.kernel = new Kernel({
      seed,
      substitute,
      wallStart: wallStartOf(this.options),
      tellsQuiet: this.options.foldsHeartbeats,
      log: this.log,
      fold: (event) => {
        this.projections.fold(event)
        this.machines?.fold(event)
        for (const check of invariants) check(event)
      },
    })
    const etcd = new EtcdCluster(this.kernel, this.options)
    this.injector = new Injector(this.kernel, {
      cluster: etcd,
      leader: () => this.projections.etcdLeader(),
      revision: () => this.projections.objects.head,
    })
    this.kernel.record(OUTSIDE, 'RunStarted', { seed, options: { ...this.options } }, 0)
    this.guard(() => {
      const { identities, favourite } = given
      const code = { plugins: this.plugins(), identities, favourite }
      this.machines = populate(this.kernel, this.options, this.projections.objects, etcd, code)
    })
  }

  get seed(): number {
    return this.options.seed
  }

  get now(): Micros {
    return this.kernel.now
  }

  get events$(): Observable<LogEvent> {
    return this.kernel.events$
  }

  get faults(): readonly ActiveFault[] {
    return this.injector.active()
  }

  get history(): ObjectStore {
    return this.projections.objects
  }

  get nextNumber(): number {
    return this.numbers + 1
  }

  get nextAt(): Micros | undefined {
    return this.kernel.nextAt()
  }

  get inputs(): readonly Input[] {
    return this.queue.all()
  }

  get converged(): boolean {
    return this.unsettled().length === 0
  }

  get availability(): Availability {
    return this.projections.availability
  }

  get metrics(): Metrics {
    return this.projections.metrics
  }

  apply(manifests: string | readonly ApiObject[]): void {
    const apply = typeof manifests === 'string' ? objectsIn(manifests, this.options) : manifests
    this.invoke({ apply: apply.map((object) => ({ ...object })) })
  }

  call(call: NonNullable<EventData<'KubectlInvoked'>['call']>): void {
    this.invoke({ call })
  }

  send(message: OutsideMessage): void {
    this.plan({ at: this.now, kind: 'message', message })
    this.advance(this.now)
  }

  async listen(options: ListenOptions = {}): Promise<Listening> {
    const { listen } = await import('./server/listen.ts')
    return listen(this, options)
  }

  step(): boolean {
    const at = this.kernel.nextAt()
    const input = at === undefined ? undefined : this.queue.take(at - 1)
    let stepped = true
    this.guard(() => {
      if (input === undefined) stepped = this.kernel.step()
      else {
        this.kernel.run(input.at)
        this.perform(input)
      }
    })
    return stepped
  }

  run(duration: Micros): void {
    this.advance(this.now + duration)
  }

  runUntil(condition: (cluster: Cluster) => boolean, { within }: { readonly within: Micros }): boolean {
    const end = this.now + within
    while (!condition(this)) {
      if (this.now >= end) return false
      this.advance(Math.min(this.now + LOOK_EVERY, end))
    }
    return true
  }

  inject(fault: Fault, { at = this.now, for: duration }: { readonly at?: Micros; readonly for?: Micros } = {}): void {
    const problem = checkFault(this.kernel, fault)
    if (problem !== undefined) throw new Error(problem)
    const lasts = duration ?? defaultLength(fault)
    this.plan({ at, kind: 'begin', fault, ...(lasts === undefined ? {} : { lasts }) })
  }

  heal(): void {
    for (const { id } of this.injector.active()) this.plan({ at: this.now, kind: 'end', faultNumber: id })
    this.advance(this.now)
  }

  list<K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][] {
    return this.projections.head().list(kind, namespace)
  }

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] | undefined {
    return this.projections.head().get(kind, namespace, name)
  }

  at(time: Micros): View {
    return this.projections.at(time)
  }

  unsettled(): readonly string[] {
    const isPowered = (node: string): boolean => !this.kernel.hasHost(node) || this.kernel.host(node).power
    return [...unanswered(this.projections.invocations), ...unsettled(this.projections.head(), isPowered)]
  }

  timeline(): readonly TimelineRow[] {
    return this.projections.timeline()
  }

  why(object: string): readonly WhyStep[] {
    return this.projections.why(this.log, parseObjectRef(object))
  }

  explainSchedule(pod: string): ScheduleExplanation | undefined {
    const attempt = this.scheduling.last.get(podKey(pod))
    return attempt === undefined ? undefined : explainAttempt(attempt)
  }

  get scheduling(): Scheduling {
    return this.projections.scheduling
  }

  fork({ at, with: change }: { readonly at: Micros; readonly with?: (fork: Cluster) => void }): Cluster {
    const { sinks: _sinks, ...given } = this.given
    const other = new SimulatedCluster(given)
    for (const input of this.inputs) other.plan(input)
    other.advance(at)
    change?.(other)
    return other
  }

  digest(): string {
    return this.log.digest()
  }

  save(path: string): void {
    writeRecording(path, recordingHeader(this.options), this.log)
  }

  private plugins(): PluginCode {
    const { scheduler, otherSchedulers = [] } = this.given
    const code = (spec: SchedulerSpec, i: number): SchedulerSpec => ({
      ...spec,
      name: this.options.otherSchedulers?.[i]?.name,
    })
    return pluginCode([
      scheduler === undefined ? undefined : { ...scheduler, name: this.options.scheduler?.name },
      ...otherSchedulers.map(code),
    ])
  }

  private invoke(what: Omit<EventData<'KubectlInvoked'>, 'invocation'>): void {
    const invocation = { invocation: ++this.invocations, ...what }
    this.plan({ at: this.now, kind: 'kubectl', invocation })
    this.advance(this.now)
  }

  plan(input: Input): void {
    invariant(input.at >= this.now, 'the past cannot be changed, only forked')
    this.queue.add(input)
  }

  private advance(until: Micros): void {
    this.guard(() => {
      for (let input = this.queue.take(until); input !== undefined; input = this.queue.take(until)) {
        this.kernel.run(input.at)
        this.perform(input)
      }
      this.kernel.run(until)
    })
  }

  private perform(input: Input): void {
    switch (input.kind) {
      case 'kubectl':
        this.invocations = Math.max(this.invocations, input.invocation.invocation)
        this.kernel.input('KubectlInvoked', input.invocation, KUBECTL)
        return
      case 'message':
        this.deliver(input.message)
        return
      case 'begin': {
        const faultNumber = this.injector.begin(input.fault)
        if (input.lasts !== undefined) this.plan({ at: this.now + input.lasts, kind: 'end', faultNumber })
        return
      }
      case 'end':
        this.injector.end(input.faultNumber)
    }
  }

  private deliver(message: OutsideMessage): void {
    const { kernel } = this
    this.numbers = Math.max(this.numbers, numberOf(message))
    switch (message.type) {
      case 'ApiRequested':
        kernel.input(message.type, message.data, message.to)
        return
      case 'WatchRequested':
        kernel.input(message.type, message.data, message.to)
        return
      case 'WatchCancelled':
        kernel.input(message.type, message.data, message.to)
        return
      case 'CallRequested':
        kernel.input(message.type, message.data, message.to)
        return
      case 'EndTask':
        kernel.input(message.type, message.data, message.to)
        return
      case 'WebhookAnswered':
        kernel.input(message.type, message.data, message.to)
        return
      case 'BackendStateRequested':
        kernel.input(message.type, message.data, message.to)
    }
  }

  /** Adds to a programmer's error what one needs to see it again. */
  private guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      const event = error instanceof ActorFailure ? error.event : undefined
      const chain = causalChain(this.log, event?.seq ?? this.kernel.seq)
      const why = error instanceof Error ? error.message : String(error)
      throw new RunFailure(
        `seed ${this.seed}, seq ${this.kernel.seq}, at ${this.now} us: ${why}\n${chain.join('\n')}`,
        {
          cause: error,
        },
      )
    }
  }
}

/** How often a condition is looked at. */
const LOOK_EVERY: Micros = 1_000_000

/** The number under which its sender waits for what comes of it. */
const numberOf = ({ type, data }: OutsideMessage): number => {
  switch (type) {
    case 'ApiRequested':
      return data.request
    case 'CallRequested':
      return data.call
    case 'EndTask':
    case 'WebhookAnswered':
    case 'BackendStateRequested':
      // Nobody waits for what comes of it.
      return 0
    default:
      return data.watch
  }
}

const objectsIn = (text: string, { addons }: ResolvedOptions): readonly ApiObject[] => {
  const read = readManifests(text, 'manifest', addons)
  if (E.isLeft(read)) throw new ManifestError(read.left)
  return read.right.filter(({ simulated }) => simulated).map(({ object }) => object)
}

/** The events that led to one, newest first, as far as the log has them. */
const causalChain = (log: EventLog, from: number): readonly string[] => {
  const lines: string[] = []
  for (let seq = from; seq > 0 && lines.length < 20; seq = log.causeOf(seq)) {
    const event = log.get(seq)
    if (event === undefined) continue
    const addressee = event.to === undefined ? '' : ` → ${event.to}`
    lines.push(
      `  #${event.seq} at ${event.at} us  ${event.by}${addressee}  ${event.type} (${catalogue[event.type].class})`,
    )
  }
  return lines
}
