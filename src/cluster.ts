import { either as E } from 'fp-ts'
import type { Observable } from 'rxjs'
import type { EventData } from './events/catalogue/index.ts'
import { writeRecording } from './events/file/recording-writer.ts'
import type { LogEvent, Micros } from './events/envelope.ts'
import type { ApiObject } from './events/json.ts'
import type { EventLog } from './events/log.ts'
import { createMemoryLog } from './events/memory-log.ts'
import { invariant } from './engine/invariant.ts'
import { OUTSIDE } from './events/envelope.ts'
import { Kernel } from './engine/kernel/kernel.ts'
import { unsettled } from './cluster/convergence.ts'
import { deliver, numberOf } from './cluster/deliver.ts'
import { EtcdCluster } from './cluster/etcd-cluster.ts'
import type { ApplyOptions, Cluster, CreateOptions } from './cluster/face.ts'
import { guarded, ManifestError, RunFailure } from './cluster/failures.ts'
import type { Fault } from './cluster/fault.ts'
import { checkFault, defaultLength, Injector, type ActiveFault } from './cluster/injector.ts'
import { pluginCode, type PluginCode, type SchedulerSpec } from './cluster/schedulers.ts'
import { unanswered } from './cluster/invocations.ts'
import { InputQueue, type Input, type OutsideMessage } from './cluster/inputs.ts'
import type { Listening, ListenOptions } from './cluster/listen.ts'
import { checkOptions } from './cluster/check-options.ts'
import { resolveOptions, wallStartOf, type ResolvedOptions } from './cluster/options.ts'
import type { Machines } from './cluster/machines.ts'
import { ClusterProjections } from './cluster/projections.ts'
import { KUBECTL, populate } from './cluster/topology.ts'
import { recordingHeader } from './cluster/header.ts'
import { dividedByKinds, readManifests } from './cluster/manifests.ts'
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

export { ManifestError, RunFailure, type Cluster, type CreateOptions }

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
    checkOptions(given)
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
      const { identities, favourite, beginning } = given
      const code = { plugins: this.plugins(), identities, favourite, beginning }
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

  apply(manifests: string | readonly ApiObject[], { serverSide = false }: ApplyOptions = {}): void {
    const objects = typeof manifests === 'string' ? objectsIn(manifests, this) : manifests
    const apply = objects.map((object) => ({ ...object }))
    this.invoke(serverSide ? { apply, serverSide } : { apply })
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
    if (!Number.isSafeInteger(duration) || duration < 0) {
      throw new RangeError(
        `a duration is a whole number of microseconds, as seconds(5) gives it, not ${String(duration)}`,
      )
    }
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
    const isPowered = (node: string): boolean =>
      !this.kernel.machines.hasHost(node) || this.kernel.machines.host(node).power
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

  private guard(action: () => void): void {
    guarded(this.seed, this.kernel, this.log, action)
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
        this.numbers = Math.max(this.numbers, numberOf(input.message))
        deliver(this.kernel, input.message)
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
}

/** How often a condition is looked at. */
const LOOK_EVERY: Micros = 1_000_000

const objectsIn = (text: string, cluster: Pick<Cluster, 'options' | 'list'>): readonly ApiObject[] => {
  const read = readManifests(text, 'manifest', cluster.options.addons)
  if (E.isLeft(read)) throw new ManifestError(read.left)
  const { served, unserved } = dividedByKinds(read.right, cluster.list('CustomResourceDefinition'))
  if (unserved.length > 0) throw new ManifestError(unserved)
  return served
}
