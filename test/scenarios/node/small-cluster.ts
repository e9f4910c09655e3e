/**
 * A cluster of the real actors with everything but controllers: etcd, API server, and nodes. What controllers and people
 * would do, a test does through `ask`.
 */
import type { Substitute } from '../../../src/engine/kernel/actors.ts'
import { Kernel } from '../../../src/engine/kernel/kernel.ts'
import type { EventData, EventType } from '../../../src/events/catalogue/index.ts'
import type { LogEvent, Micros } from '../../../src/events/envelope.ts'
import { seconds } from '../../../src/events/time.ts'
import { loadGeneratorProcess, type LoadGeneratorOptions } from '../../../src/actors/clients/load-generator.ts'
import { coreDNSId, coreDNSProcess } from '../../../src/actors/dns/coredns.ts'
import { kubeProxyId, kubeProxyProcess } from '../../../src/actors/proxy/kube-proxy.ts'
import type { Cursor } from '../../../src/kubernetes/view.ts'
import { createApiServer } from '../../../src/actors/apiserver/api-server.ts'
import { isConditionTrue } from '../../../src/kubernetes/conditions.ts'
import { invariant } from '../../../src/events/invariant.ts'
import { etcd } from '../../../src/actors/etcd/etcd.ts'
import { hostId, hostProcess } from '../../../src/actors/host/host.ts'
import { kubeletId, kubeletProcess } from '../../../src/actors/kubelet/process.ts'
import type { NodeShape } from '../../../src/actors/kubelet/config.ts'
import { containerdId, containerdProcess } from '../../../src/actors/runtime/containerd.ts'
import { nodeIPOf, podCIDROf } from '../../../src/kubernetes/addresses.ts'
import type { Kind, KindMap } from '../../../src/kubernetes/kinds.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import type { Pod, PodSpec } from '../../../src/kubernetes/types/pod.ts'
import { createObjectStore, type ObjectStore } from '../../../src/projections/objects/store.ts'

const API = 'kube-apiserver/0'

export interface SmallClusterOptions {
  readonly seed?: number
  readonly nodes?: number
  readonly node?: Partial<NodeShape>
  readonly images?: readonly string[]
  readonly recordsEvents?: boolean
  readonly foldsProbes?: boolean
  /** Puts another actor in an actor's place, as it boots. */
  readonly substitute?: Substitute
  /** Whether Services work: a kube-proxy on each node, one CoreDNS. */
  readonly traffic?: boolean
}

/** A change of one object as a reader of the whole history sees it. */
export interface Step {
  readonly at: Micros
  readonly by: string
}

export class SmallCluster {
  readonly events: LogEvent[] = []
  readonly kernel: Kernel
  readonly store: ObjectStore
  readonly names: readonly string[]
  private faults = 0

  constructor(options: SmallClusterOptions = {}) {
    const { seed = 1, nodes = 1 } = options
    this.store = createObjectStore()
    this.kernel = new Kernel({
      seed,
      substitute: options.substitute,
      log: { append: (event) => void this.events.push(event) },
      fold: (event) => {
        if (event.type === 'RevisionCommitted') this.store.fold(event)
        else if (event.type === 'LeaseRenewed') this.store.renew(event)
      },
    })
    this.names = Array.from({ length: nodes }, (_, i) => `node-${i + 1}`)
    this.addControlPlane()
    this.names.forEach((name, i) => this.addNode(name, i, options))
    if (options.traffic === true) this.addTraffic()
    this.begin()
  }

  /** Until every node is Ready, and Pods can be created as if the controllers had been there. */
  private begin(): void {
    const areReady = (): boolean =>
      this.names.every((name) => isConditionTrue(this.get('Node', name)?.status?.conditions, 'Ready'))
    invariant(this.runUntil(areReady, seconds(60)), 'the nodes become ready')
    const metadata = { name: 'default', namespace: 'default' }
    const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false }
    this.ask({ verb: 'create', kind: 'ServiceAccount', namespace: 'default', name: 'default', body })
    invariant(
      this.runUntil(() => this.get('ServiceAccount', 'default') !== undefined, seconds(10)),
      'it is made',
    )
  }

  private addControlPlane(): void {
    const { kernel, store } = this
    kernel.machines.addHost('control-1')
    kernel.machines.addProcess({
      id: 'etcd/1',
      host: 'control-1',
      restartDelay: seconds(1),
      boot: () => new Map([['etcd/1', etcd({ member: 1, voters: [1] })]]),
    })
    let readers = 0
    kernel.machines.addProcess({
      id: API,
      host: 'control-1',
      restartDelay: seconds(1),
      boot: () =>
        new Map([
          [
            API,
            createApiServer({
              cursor: () => store.createCursor(`${API}#${readers++}`),
              read: store.read,
              viewAt: (revision) => store.at(revision),
              kindOf: (revision) => store.written(revision)?.kind,
              etcd: ['etcd/1'],
            }),
          ],
        ]),
    })
  }

  private addNode(name: string, index: number, options: SmallClusterOptions): void {
    const { kernel, store } = this
    const node: NodeShape = {
      name,
      ip: nodeIPOf(index),
      podCIDR: podCIDROf(index),
      capacity: { cpu: '4', memory: '16Gi' },
      ...options.node,
    }
    kernel.machines.addHost(name)
    kernel.machines.addProcess(
      hostProcess({
        name,
        dns: options.traffic === true ? [coreDNSId(0)] : [],
        machineOf: (ip) => {
          const at = this.names.findIndex(
            (_, i) => nodeIPOf(i) === ip || podCIDROf(i).startsWith(ip.slice(0, ip.lastIndexOf('.') + 1)),
          )
          const found = this.names[at]
          return found === undefined ? undefined : hostId(found)
        },
      }),
    )
    kernel.machines.addProcess(
      containerdProcess({
        node: name,
        nodeIP: node.ip,
        podCIDR: node.podCIDR,
        kubelet: kubeletId(name),
        machine: hostId(name),
        images: options.images,
      }),
    )
    let readers = 0
    kernel.machines.addProcess(
      kubeletProcess({
        node,
        servers: [API],
        runtime: containerdId(name),
        machine: hostId(name),
        cursor: () => store.createCursor(`${kubeletId(name)}#${readers++}`),
        read: store.read,
        recordsEvents: options.recordsEvents,
        foldsProbes: options.foldsProbes,
      }),
      seconds(2),
    )
  }

  private addTraffic(): void {
    const { kernel, store } = this
    const reader = (id: string): (() => Cursor) => {
      let readers = 0
      return () => store.createCursor(`${id}#${readers++}`)
    }
    for (const node of this.names) {
      const cursor = reader(kubeProxyId(node))
      kernel.machines.addProcess(
        kubeProxyProcess({ node, machine: hostId(node), servers: [API], cursor, read: store.read }),
      )
    }
    const cursor = reader(coreDNSId(0))
    kernel.machines.addProcess(
      coreDNSProcess({ instance: 0, host: 'control-1', servers: [API], cursor, read: store.read }),
    )
  }

  /** Calls a Service from a node until the end. */
  addClient(name: string, node: string, host: string, port: number, options: Partial<LoadGeneratorOptions> = {}): void {
    this.kernel.machines.addProcess(
      loadGeneratorProcess({ name, host: node, machine: hostId(node), target: { host, port }, ...options }),
    )
  }

  get now(): Micros {
    return this.kernel.now
  }

  run(time: Micros): void {
    this.kernel.run(this.kernel.now + time)
  }

  runUntil(holds: () => boolean, within: Micros): boolean {
    const end = this.kernel.now + within
    while (!holds()) {
      const next = this.kernel.nextAt()
      if (next === undefined || next > end) return false
      this.kernel.step()
    }
    return true
  }

  private request = 0

  /** What a user or controller asks of the API server, as `kubernetes-admin`. */
  ask(data: Omit<EventData<'ApiRequested'>, 'request' | 'user'>): void {
    this.kernel.input('ApiRequested', { request: ++this.request, user: 'kubernetes-admin', ...data }, API)
  }

  /** A Pod on a node of its own choice, as a scheduler would leave it. */
  createPod(
    name: string,
    spec: Partial<PodSpec> & { readonly containers?: readonly Container[] } = {},
    annotations?: Record<string, string>,
  ): void {
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', annotations },
      spec: {
        nodeName: this.names[0],
        containers: [{ name: 'app', image: 'registry.example/app:1' }],
        ...spec,
      },
    }
    this.ask({ verb: 'create', kind: 'Pod', namespace: 'default', name, body })
  }

  deletePod(name: string, gracePeriodSeconds?: number): void {
    this.ask({ verb: 'delete', kind: 'Pod', namespace: 'default', name, options: { gracePeriodSeconds } })
  }

  get<K extends Kind>(kind: K, name: string, namespace = 'default'): KindMap[K] | undefined {
    return this.store.at(this.store.head).get(kind, kind === 'Node' || kind === 'CSINode' ? undefined : namespace, name)
  }

  list<K extends Kind>(kind: K): readonly KindMap[K][] {
    return this.store.at(this.store.head).list(kind)
  }

  pod(name: string): Pod | undefined {
    return this.get('Pod', name)
  }

  /** Requests that a node's kubelet sent, oldest first. */
  requestsBy(node: string): readonly (LogEvent & { type: 'ApiRequested' })[] {
    return this.events.filter(
      (event): event is LogEvent & { type: 'ApiRequested' } =>
        event.type === 'ApiRequested' && event.by === kubeletId(node),
    )
  }

  of<T extends EventType>(type: T): readonly (LogEvent & { type: T })[] {
    return this.events.filter((event): event is LogEvent & { type: T } => event.type === type)
  }

  /** Containers that live on a node, by what the log says of their starts and ends and of the machine's power. */
  runningContainers(node: string): readonly string[] {
    const running = new Set<string>()
    for (const event of this.events) {
      if (event.type === 'ContainerStarted' && event.by === containerdId(node)) running.add(event.data.container)
      else if (event.type === 'ContainerExited' && event.by === containerdId(node)) running.delete(event.data.container)
      else if (event.type === 'HostPoweredOff' && event.data.host === node) running.clear()
    }
    return [...running]
  }

  /** Reasons and messages of the Events about an object, in order. */
  told(name: string): readonly string[] {
    return this.list('Event')
      .filter(({ involvedObject }) => involvedObject.name === name)
      .map(({ reason, message }) => `${reason}: ${message}`)
  }

  kill(process: string): void {
    const fault = ++this.faults
    const seq = this.kernel.record('chaos', 'ProcessKilled', { fault, process }, 0)
    this.kernel.machines.kill(process, seq)
  }

  revive(process: string): void {
    const seq = this.kernel.record('chaos', 'ProcessRevived', { fault: this.faults, process }, 0)
    this.kernel.machines.revive(process, seq)
  }

  powerOff(host: string): void {
    const seq = this.kernel.record('chaos', 'HostPoweredOff', { fault: ++this.faults, host }, 0)
    this.kernel.machines.powerOff(host, seq)
  }

  powerOn(host: string): void {
    const seq = this.kernel.record('chaos', 'HostPoweredOn', { fault: this.faults, host }, 0)
    this.kernel.machines.powerOn(host, seq)
  }
}
