import type { LogEvent, Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { ActorContext } from '../../engine/actor.ts'
import { ApiClient } from '../../engine/client/api-client.ts'
import { Endpoint } from '../../engine/client/endpoint.ts'
import { Informers } from '../../engine/client/informers.ts'
import { TokenBucket } from '../../engine/client/token-bucket.ts'
import { compileChart } from '../../engine/statechart/compile.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { Change } from '../../kubernetes/view.ts'
import { Allocations, type AllocationsHost } from './allocation/allocations.ts'
import { Backoff } from './backoff.ts'
import { API_BURST, API_QPS, type KubeletOptions } from './config.ts'
import { KubeletEvents } from './events.ts'
import { ImagePuller } from './images/puller.ts'
import { kubeletChart, type KubeletEmitted, type KubeletEvent } from './kubelet.chart.ts'
import { healthOf } from './node/health.ts'
import { allocatableOf } from './node/object.ts'
import { NodeReporter } from './node/reporter.ts'
import { Orphans } from './pods/orphans.ts'
import { Claims } from './pods/claims.ts'
import { Devices } from './pods/devices.ts'
import { References } from './pods/references.ts'
import { isAtWork, type PodRecord } from './pods/record.ts'
import { PodWorkers } from './pods/workers.ts'
import type { SyncWorld } from './pods/world.ts'
import { Prober } from './probes/prober.ts'
import { RuntimeClient } from './runtime/client.ts'
import { runningContainers } from './runtime/pod-state.ts'
import { rejectedStatus } from './status/generate.ts'
import { StatusWriter } from './status/writer.ts'
import { UsageRelay } from './usage.ts'
import type { Why } from './why.ts'

/** How often a runtime that is away is called again: each look at it tries. Source: pkg/kubelet/kubelet.go, genericPlegRelistPeriod. */
const RECONNECT: Micros = seconds(1)

const RECONNECT_TIMER = 'runtime-connect'

const chart = compileChart(kubeletChart)

/** A kubelet at work: everything it keeps in memory. */
export class Kubelet {
  private readonly options: KubeletOptions
  private readonly context: ActorContext
  private readonly row = chart.start(undefined, () => {})
  private readonly client: ApiClient
  private readonly events: KubeletEvents
  private readonly informers: Informers
  private readonly runtime: RuntimeClient
  private readonly statuses: StatusWriter
  private readonly prober: Prober
  private readonly workers: PodWorkers
  private readonly allocations: Allocations
  private readonly orphans: Orphans
  private readonly reporter: NodeReporter
  private readonly usage: UsageRelay
  private readonly devices: Devices
  private runtimeLostAt: Micros | undefined
  private hasCleanedUp = false

  constructor(options: KubeletOptions, context: ActorContext) {
    this.options = options
    this.context = context
    const endpoint = new Endpoint(options.servers, options.firstServer)
    this.client = new ApiClient({
      user: `system:node:${options.node.name}`,
      endpoint,
      read: options.read,
      limiter: new TokenBucket(API_QPS, API_BURST),
    })
    this.events = new KubeletEvents(options.node.name, this.client, options.recordsEvents !== false, context)
    this.informers = new Informers({
      client: this.client,
      endpoint,
      cursor: options.cursor(),
      kinds: [
        { kind: 'Pod', scope: { nodeName: options.node.name } },
        { kind: 'Node', scope: { name: options.node.name } },
      ],
    })
    const why: Why = { seq: undefined }
    this.runtime = this.createRuntime(why)
    this.statuses = this.createStatuses(why)
    this.prober = this.createProber()
    this.allocations = this.createAllocations(why)
    this.usage = new UsageRelay(options.machine, context)
    this.devices = new Devices(this.client, context, options.devicePlugins ?? new Map(), why)
    this.workers = new PodWorkers(this.createWorld(why), () => this.allocations.released())
    this.orphans = new Orphans(this.runtime, context)
    this.reporter = this.createReporter()
    // The chart's first state asks for the runtime; its row was made before there was anybody to ask.
    this.runtime.connect((ok) => this.step({ type: ok ? 'RuntimeListed' : 'RuntimeLost' }))
  }

  receive(event: LogEvent): void {
    if (
      this.devices.receive(event) ||
      this.runtime.receive(event) ||
      this.usage.receive(event) ||
      this.prober.receive(event)
    )
      return
    if (event.type === 'TimerFired' && this.alarm(event.data.name, event.data.key)) return
    if (event.type === 'DiskSynced') return this.allocations.diskSynced(event.data.position)
    this.client.receive(event, this.context)
    this.informers.receive(event, this.context)
    const changes = this.informers.take()
    if (changes.length > 0) this.podsChanged(changes.filter(({ kind }) => kind === 'Pod'))
    if (!this.hasCleanedUp) this.cleanUp()
  }

  private alarm(name: string, key: string): boolean {
    if (name === RECONNECT_TIMER) {
      this.runtime.connect((ok) => this.step({ type: ok ? 'RuntimeListed' : 'RuntimeLost' }))
      return true
    }
    return (
      this.events.alarm(name, key) ||
      this.orphans.alarm(name, key) ||
      this.workers.alarm(name, key) ||
      this.allocations.alarm(name) ||
      this.statuses.alarm(name) ||
      this.reporter.alarm(name)
    )
  }

  private step(event: KubeletEvent): void {
    chart.step(this.row, event, (emitted) => this.act(emitted))
  }

  private act({ type }: KubeletEmitted): void {
    switch (type) {
      case 'connect to runtime':
        this.runtimeLostAt ??= this.context.monotonic
        this.context.setTimer(RECONNECT_TIMER, '', RECONNECT)
        return
      case 'register node':
        this.runtimeLostAt = undefined
        this.reporter.register()
        return
      case 'take pods':
        this.informers.start(this.context)
        return
      case 'catch up':
        this.runtimeLostAt = undefined
        this.workers.runtimeBack()
        this.orphans.runtimeBack()
        this.hasCleanedUp = false
    }
  }

  // Pods

  /** Pods come in the order of their creation, so that after a restart those that were there first keep their place. */
  private podsChanged(changes: readonly Change[]): void {
    const added: Pod[] = []
    for (const { before, after } of changes) {
      const [old, pod] = [before as Pod | undefined, after as Pod | undefined]
      if (old !== undefined && old.metadata.uid !== pod?.metadata.uid) this.removed(old)
      if (pod === undefined) continue
      const record = this.workers.get(pod.metadata.uid)
      if (record === undefined) added.push(pod)
      else {
        this.statuses.seen(pod)
        this.workers.update(record, pod)
      }
    }
    added.sort(byCreation)
    if (added.length > 0) this.allocations.backfill(added.map((pod) => this.added(pod)))
  }

  private added(pod: Pod): PodRecord {
    const record = this.workers.add(pod, this.context.seq)
    const refusal = this.allocations.add(record)
    if (refusal === undefined) {
      this.workers.admit(record)
      return record
    }
    this.workers.reject(record)
    this.events.pod(pod, undefined, 'Warning', refusal.reason, refusal.message)
    this.statuses.set(record.uid, rejectedStatus(pod, refusal.reason, refusal.message, this.context.now))
    return record
  }

  private removed(pod: Pod): void {
    const record = this.workers.get(pod.metadata.uid)
    if (record === undefined) return
    this.workers.remove(record)
    this.allocations.released()
  }

  /** What the runtime runs and no Pod asks for is ended. Source: pkg/kubelet/kubelet_pods.go, HandlePodCleanups (v1.36). */
  private cleanUp(): void {
    if (!this.informers.synced() || !this.runtime.connected) return
    this.hasCleanedUp = true
    this.allocations.forgetOrphans()
    for (const uid of [...this.runtime.states.keys()]) if (this.workers.get(uid) === undefined) this.orphans.end(uid)
  }

  // Parts, and what they ask for

  private createRuntime(why: Why): RuntimeClient {
    const observer = {
      podChanged: (uid: string): void => this.workers.podChanged(uid),
      containerEnded: (uid: string, container: string): void => {
        this.workers.containerEnded(uid, container)
        this.orphans.containerEnded(uid, container)
      },
      runtimeLost: (): void => this.step({ type: 'RuntimeLost' }),
    }
    return new RuntimeClient(this.options.runtime, observer, why, this.context)
  }

  private createStatuses(why: Why): StatusWriter {
    const host = {
      pod: (uid: string): Pod | undefined => this.workers.get(uid)?.pod,
      hasRunning: (uid: string): boolean => runningContainers(this.runtime.state(uid)).length > 0,
    }
    return new StatusWriter(this.client, host, why, this.context)
  }

  private createProber(): Prober {
    return new Prober(
      {
        machine: this.options.machine,
        startedAt: this.context.monotonic,
        folds: this.options.foldsProbes !== false,
        status: (uid) => this.statuses.get(uid) ?? this.workers.get(uid)?.pod.status,
        unhealthy: (uid, container, message) => {
          const record = this.workers.get(uid)
          if (record !== undefined) this.events.pod(record.pod, container, 'Warning', 'Unhealthy', message)
        },
        judged: (uid) => {
          const record = this.workers.get(uid)
          if (record !== undefined) this.workers.judged(record)
        },
      },
      this.context,
    )
  }

  private createWorld(why: Why): SyncWorld {
    const { context, runtime, statuses, prober, allocations, usage, devices } = this
    return {
      context,
      runtime,
      statuses,
      prober,
      puller: new ImagePuller(runtime, context),
      restarts: new Backoff(),
      nodeIP: this.options.node.ip,
      why,
      hooks: new Map(),
      references: new References(this.client, context),
      claims: new Claims(this.client, context, () => this.ownNode()),
      devices,
      activePods: () => [...this.workers.all()].filter(isAtWork).map(({ pod }) => pod),
      allocations,
      usage,
      event: (pod, container, type, reason, message) => {
        this.events.pod(pod, container, type, reason, message, why.seq)
      },
    }
  }

  private createAllocations(why: Why): Allocations {
    const host: AllocationsHost = {
      records: () => this.workers.all(),
      get: (uid) => this.workers.get(uid),
      node: () => newest(this.ownNode(), this.reporter.node),
      allocatable: () => allocatableOf(this.options.node),
      wake: (record) => this.workers.wake(record),
      event: (pod, type, reason, message) => this.events.pod(pod, undefined, type, reason, message, why.seq),
    }
    return new Allocations(host, this.context)
  }

  private createReporter(): NodeReporter {
    return new NodeReporter(
      this.options.node,
      this.client,
      {
        health: () => {
          const { lastHeardAt } = this.runtime
          return healthOf({ lostAt: this.runtimeLostAt, lastHeardAt, now: this.context.monotonic })
        },
        registered: () => this.step({ type: 'Registered' }),
        heartbeat: () => {
          if (this.runtime.connected) this.runtime.ping()
        },
        node: () => this.ownNode(),
        event: (reason, message) => this.events.ofNode(reason, message),
      },
      this.context,
    )
  }

  private ownNode(): Node | undefined {
    return this.informers.view.get('Node', undefined, this.options.node.name)
  }
}

/**
 * Whether a Pod may come is asked of what the Node is now: somebody else may have labelled it a moment ago.
 * Source: pkg/kubelet/kubelet_nodecache.go, getCachedNode (v1.36). Abridged: where labels alone refuse a Pod, upstream reads
 * the Node from the API server before it says so.
 */
const newest = (seen: Node | undefined, known: Node | undefined): Node | undefined => {
  if (seen === undefined || known === undefined) return seen ?? known
  return Number(seen.metadata.resourceVersion) > Number(known.metadata.resourceVersion) ? seen : known
}

const byCreation = (a: Pod, b: Pod): number => {
  const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp]
  return left < right ? -1 : left > right ? 1 : 0
}
