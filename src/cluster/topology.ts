import { createApiServer } from '../actors/apiserver/api-server.ts'
import type { Favourite } from '../actors/scheduler/framework/algorithm.ts'
import type { Identities } from '../actors/apiserver/parameters.ts'
import { cloudControllerManagerId, cloudControllerManagerProcess } from '../actors/cloud/cloud-controller-manager.ts'
import { cloudProcess, type CloudShape } from '../actors/cloud/cloud.ts'
import { loadGeneratorProcess } from '../actors/clients/load-generator.ts'
import { kubeControllerManager } from '../actors/controllers/kube-controller-manager.ts'
import { coreDNSId, coreDNSProcess } from '../actors/dns/coredns.ts'
import { etcd } from '../actors/etcd/etcd.ts'
import { hostId } from '../actors/host/host.ts'
import { kubectl } from '../actors/kubectl/kubectl.ts'
import { LOAD_BALANCER, loadBalancer } from '../actors/load-balancer/load-balancer.ts'
import type { LoadBalancerShape } from '../actors/load-balancer/shape.ts'
import { METRICS_SERVER, metricsServerProcess } from '../actors/metrics/metrics-server.ts'
import { kubeletId } from '../actors/kubelet/process.ts'
import { CSI_PROCESS, csiProcess, type CSIDriverShape } from '../actors/storage/csi-driver.ts'
import { kubeScheduler } from '../actors/scheduler/scheduler.ts'
import { bootComponent } from '../engine/client/component.ts'
import type { HostedActor } from '../engine/actor.ts'
import type { Kernel } from '../engine/kernel/kernel.ts'
import type { ActorId, Micros } from '../events/envelope.ts'
import { seconds } from '../events/time.ts'
import { addonPolicy } from '../kubernetes/rbac/addons.ts'
import { deviceDriverPolicy } from '../kubernetes/rbac/device-drivers.ts'
import { autoscalerPolicy } from '../kubernetes/rbac/autoscalers.ts'
import { SERVED_KINDS } from '../kubernetes/registry.ts'
import type { Cursor } from '../kubernetes/view.ts'
import type { ObjectStore } from '../projections/objects/store.ts'
import { addAddons, addonWebhooks } from './addons.ts'
import { Addresses } from './addresses.ts'
import type { EtcdCluster } from './etcd-cluster.ts'
import { Machines } from './machines.ts'
import { controlPlaneAddress } from './control-plane-addresses.ts'
import { addMachine, addNode, fixedMachine, type NodeGround } from './nodes.ts'
import type { ResolvedOptions } from './options.ts'
import type { PluginCode, ResolvedScheduler } from './schedulers.ts'

/** The person with kubectl, on a machine of her own. */
export const KUBECTL: ActorId = 'kubectl/admin'
const WORKSTATION = 'workstation'
/** Where a cloud's API answers. */
const CLOUD_HOST = 'cloud'
/** Where the API servers' one address is. */
const LOAD_BALANCER_HOST = 'load-balancer'
/** Where load comes from. */
const EDGE = 'edge'

/** kubelet starts a static Pod's container again after its back-off; the first time at once, with what a start takes. */
const RESTART: Micros = seconds(2)
/** Machines do not boot at the same microsecond: nodes join over this time. */
const JOIN_SPREAD: Micros = seconds(2)
/** The control plane is there before the first node knocks. */
const JOIN_AFTER: Micros = seconds(3)

/** What all components are given. */
interface Ground extends NodeGround {
  readonly etcd: EtcdCluster
  readonly plugins: PluginCode
  readonly identities: Identities | undefined
  readonly favourite: Favourite | undefined
  readonly beginning: readonly string[] | undefined
}

/** What a cluster is given that no options can describe. */
export interface GivenCode {
  readonly plugins?: PluginCode
  readonly identities?: Identities
  readonly favourite?: Favourite
  readonly beginning?: readonly string[]
}

/** Puts a cluster's processes on their machines; gives what adds machines later. */
export const populate = (
  kernel: Kernel,
  options: ResolvedOptions,
  objects: ObjectStore,
  etcdCluster: EtcdCluster,
  { plugins = new Map(), identities, favourite, beginning }: GivenCode = {},
): Machines => {
  const apiServers = range(options.controlPlane).map((n) => `kube-apiserver/${n}`)
  // Behind a load balancer nobody knows the servers' own addresses.
  const servers = options.loadBalancer === undefined ? apiServers : [LOAD_BALANCER]
  const dns = options.nodes.length === 0 ? [] : range(options.dns).map(coreDNSId)
  const addresses = new Addresses()
  const ground: Ground = {
    ...{ kernel, options, objects, etcd: etcdCluster, servers, dns, addresses },
    ...{ plugins, identities, favourite, beginning },
  }
  for (const n of range(options.controlPlane)) kernel.machines.addHost(`cp-${n + 1}`)
  addEtcd(ground)
  if (options.loadBalancer !== undefined) addLoadBalancer(ground, options.loadBalancer, apiServers)
  for (const n of range(options.controlPlane)) addControlPlane(ground, n)
  kernel.machines.addHost(WORKSTATION)
  addProcess(kernel, WORKSTATION, KUBECTL, () => kubectl({ user: 'kubernetes-admin', servers, read: objects.read }))
  const spread = kernel.fork('join')
  const inCloud = options.cloud !== undefined
  for (const shape of options.nodes) {
    addNode(ground, fixedMachine(shape, inCloud, JOIN_AFTER + spread.below(JOIN_SPREAD)))
  }
  addDNS(ground)
  if (options.metricsServer !== false) addMetricsServer(ground)
  if (options.csi !== undefined) addStorage(ground, options.csi)
  if (options.cloud !== undefined) addCloud(ground, options.cloud)
  if (options.addons !== undefined) addAddons(ground, options.addons)
  if (options.clients.length > 0) addClients(ground)
  return new Machines(ground)
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

/** A process of one actor that bears the process's name. */
const addProcess = (kernel: Kernel, host: string, id: ActorId, actor: () => HostedActor): void =>
  kernel.machines.addProcess({ id, host, restartDelay: RESTART, boot: () => new Map([[id, actor()]]) })

const addEtcd = ({ kernel, etcd: cluster }: Ground): void => {
  const { voters } = cluster
  for (const member of voters) {
    const host = cluster.hostOf(member)
    if (!kernel.machines.hasHost(host)) kernel.machines.addHost(host)
    addProcess(kernel, host, `etcd/${member}`, () => etcd({ member, voters, safety: cluster.safety }))
  }
}

const addLoadBalancer = ({ kernel }: Ground, shape: LoadBalancerShape, servers: readonly ActorId[]): void => {
  kernel.machines.addHost(LOAD_BALANCER_HOST)
  addProcess(kernel, LOAD_BALANCER_HOST, LOAD_BALANCER, () => loadBalancer(shape, servers))
}

const addControlPlane = (ground: Ground, n: number): void => {
  const { kernel, options, objects, servers } = ground
  const host = `cp-${n + 1}`
  const members = range(options.etcd).map((index) => `etcd/${index + 1}`)
  const own = n % options.etcd
  const read = objects.read
  const { authorization, managedFields, callsWebhooks = false, watchCache = true } = options
  const advertiseAddress = options.endpointReconciler === 'none' ? undefined : controlPlaneAddress(n)
  // Who has no machines to run anything on has put nothing together.
  const isBare = options.nodes.length === 0 && options.cloud === undefined && options.csi === undefined
  const policy = isBare
    ? []
    : [...addonPolicy(), ...(options.addons === undefined ? [] : [...autoscalerPolicy(), ...deviceDriverPolicy()])]
  addProcess(kernel, host, `kube-apiserver/${n}`, () =>
    createApiServer({
      cursor: () => objects.createCursor(`kube-apiserver/${n}`),
      read,
      viewAt: (revision) => objects.at(revision),
      kindOf: (revision) => objects.written(revision)?.kind,
      etcd: [...members.slice(own), ...members.slice(0, own)],
      identities: ground.identities,
      metrics: options.metricsServer === false ? undefined : METRICS_SERVER,
      webhooks: addonWebhooks(options.addons),
      options: { authorization, managedFields, callsWebhooks, watchCache, policy, advertiseAddress },
    }),
  )
  for (const scheduler of [options.scheduler, ...(options.otherSchedulers ?? [])])
    addScheduler(ground, host, n, scheduler)
  const cursor = (id: ActorId) => () => objects.createCursor(id)
  const served = SERVED_KINDS.map(({ kind }) => kind)
  const namespaced = SERVED_KINDS.filter((row) => row.namespaced).map(({ kind }) => kind)
  const manager = `kube-controller-manager/${n}`
  kernel.machines.addProcess({
    id: manager,
    host,
    restartDelay: RESTART,
    boot: () =>
      bootComponent({
        name: 'kube-controller-manager',
        instance: n,
        servers,
        controllers: kubeControllerManager({ served, namespaced }),
        limits: options.controllerRate,
        accounts: options.useServiceAccountCredentials ? 'kube-system' : undefined,
        order: ground.beginning,
        cursor: cursor(manager),
        read,
      }),
  })
}

/** An instance of a scheduler; upstream's default one where none is described. */
const addScheduler = (
  { kernel, options, objects, servers, plugins, favourite }: Ground,
  host: string,
  n: number,
  { name, configuration, explain }: Partial<ResolvedScheduler> = {},
): void => {
  const program = name ?? 'kube-scheduler'
  const id: ActorId = `${program}/${n}`
  const { qps, burst } = configuration?.clientConnection ?? {}
  const limits = { qps: qps ?? options.schedulerRate.qps, burst: burst ?? options.schedulerRate.burst }
  addProcess(kernel, host, id, () =>
    kubeScheduler({
      ...{ name: program, instance: n, servers, limits, configuration },
      cursor: () => objects.createCursor(id),
      read: objects.read,
      plugins: plugins.get(program),
      favourite,
      explainedNodes: explain === 'all' ? Infinity : explain,
    }),
  )
}

/** CoreDNS, spread over the first nodes. */
const addDNS = (ground: Ground): void => {
  const { kernel, options, objects, servers, dns } = ground
  for (const instance of dns.keys()) {
    const { name: host } = options.nodes[instance % options.nodes.length] ?? { name: '' }
    const cursor = (): Cursor => objects.createCursor(coreDNSId(instance))
    kernel.machines.addProcess(coreDNSProcess({ instance, host, servers, cursor, read: objects.read }), JOIN_AFTER)
  }
}

/** metrics-server, on the first control-plane machine; it does nothing until somebody asks it. */
const addMetricsServer = ({ kernel, objects, servers }: Ground): void => {
  const cursor = (): Cursor => objects.createCursor(METRICS_SERVER)
  const options = { host: 'cp-1', servers, cursor, read: objects.read, kubeletOf: kubeletId }
  kernel.machines.addProcess(metricsServerProcess(options), JOIN_AFTER)
}

/** A storage system's controllers, on the first control-plane machine. */
const addStorage = ({ kernel, objects, servers }: Ground, shape: CSIDriverShape): void => {
  const cursor = (): Cursor => objects.createCursor(CSI_PROCESS)
  kernel.machines.addProcess(csiProcess({ shape, host: 'cp-1', servers, cursor, read: objects.read }), JOIN_AFTER)
}

/** The cloud's API on a machine of its own, and a cloud-controller-manager on each control-plane machine. */
const addCloud = ({ kernel, options, objects, servers }: Ground, shape: CloudShape): void => {
  kernel.machines.addHost(CLOUD_HOST)
  const instances = options.nodes.map(({ name, zone, region }) => ({ name, zone, region, machine: hostId(name) }))
  kernel.machines.addProcess(cloudProcess({ shape, host: CLOUD_HOST, instances, machineOf: hostId }))
  for (const instance of range(options.controlPlane)) {
    const id = cloudControllerManagerId(instance)
    const cursor = (): Cursor => objects.createCursor(id)
    const host = `cp-${instance + 1}`
    const routes = shape.routes > 0
    kernel.machines.addProcess(
      cloudControllerManagerProcess({ instance, host, routes, servers, cursor, read: objects.read }),
    )
  }
}

/** Load generators share a machine outside the nodes, with forwarding rules of its own. */
const addClients = (ground: Ground): void => {
  const { kernel, options } = ground
  kernel.machines.addHost(EDGE)
  addMachine(ground, EDGE, JOIN_AFTER)
  for (const { name, service, namespace, port, every } of options.clients) {
    const target = { host: service, port }
    kernel.machines.addProcess(
      loadGeneratorProcess({ name, host: EDGE, machine: hostId(EDGE), target, namespace, every }),
      JOIN_AFTER,
    )
  }
}
