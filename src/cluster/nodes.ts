import { UNINITIALIZED } from '../actors/cloud/node-controller.ts'
import { deviceDriverId, deviceDriverProcess } from '../actors/dra/driver.ts'
import { hasDevices } from '../actors/dra/shape.ts'
import { hostId, hostProcess } from '../actors/host/host.ts'
import { kubeletId, kubeletProcess } from '../actors/kubelet/process.ts'
import { kubeProxyProcess } from '../actors/proxy/kube-proxy.ts'
import { containerdId, containerdProcess } from '../actors/runtime/containerd.ts'
import { invariant } from '../engine/invariant.ts'
import type { Kernel } from '../engine/kernel/kernel.ts'
import type { ActorId, Micros, Seq } from '../events/envelope.ts'
import type { Labels, ResourceList } from '../kubernetes/types/meta.ts'
import type { Taint } from '../kubernetes/types/scheduling.ts'
import type { Cursor } from '../kubernetes/view.ts'
import type { ObjectStore } from '../projections/objects/store.ts'
import type { Addresses } from './addresses.ts'
import type { NodeShape, ResolvedOptions } from './options.ts'
import { apiServerAt } from './control-plane-addresses.ts'

/** What machines of the cluster's network are given. */
export interface NodeGround {
  readonly kernel: Kernel
  readonly options: ResolvedOptions
  readonly objects: ObjectStore
  readonly servers: readonly ActorId[]
  readonly dns: readonly ActorId[]
  readonly addresses: Addresses
}

/** A worker machine: what it offers, and when its programs run. */
export interface WorkerMachine {
  readonly name: string
  readonly zone: string
  readonly capacity: ResourceList
  readonly allocatable?: ResourceList
  readonly labels: Labels
  readonly taints: readonly Taint[]
  /** From now until its programs run. */
  readonly delay: Micros
  /** The event that says that there is such a machine; absent: that the run has begun. */
  readonly cause?: Seq
}

/** One of the machines that are there from the beginning. */
export const fixedMachine = (
  { name, zone, region, cpu, memory, pods, labels }: Required<NodeShape>,
  inCloud: boolean,
  delay: Micros,
): WorkerMachine => ({
  name,
  zone,
  capacity: { cpu, memory, pods: String(pods), 'ephemeral-storage': '100Gi' },
  labels: { ...labels, ...(inCloud ? {} : topologyLabels(region, zone)) },
  taints: [],
  delay,
})

const topologyLabels = (region: string, zone: string): Labels => ({
  ...(region === '' ? {} : { 'topology.kubernetes.io/region': region }),
  ...(zone === '' ? {} : { 'topology.kubernetes.io/zone': zone }),
})

/** Puts a worker machine into the cluster's network, with the programs that make it a node. */
export const addNode = (ground: NodeGround, machine: WorkerMachine): void => {
  const { kernel, options, objects, servers, addresses } = ground
  const { name, zone, delay, cause } = machine
  const cursor = (id: ActorId) => () => objects.createCursor(id)
  kernel.machines.addHost(name)
  const index = addresses.take(name)
  const podCIDR = podRange(index)
  const nodeIP = machineAddress(index)
  addMachine(ground, name, delay, zone === '' ? undefined : zone, index, cause)
  const kubelet = kubeletId(name)
  const host = hostId(name)
  kernel.machines.addProcess(containerdProcess({ node: name, nodeIP, podCIDR, kubelet, machine: host }), delay, cause)
  // With a cloud outside nothing runs on a node before the cloud has said where it is.
  const uninitialized = { key: UNINITIALIZED, value: 'true', effect: 'NoSchedule' } as const
  const taints = [...(options.cloud === undefined ? [] : [uninitialized]), ...machine.taints]
  const { capacity, allocatable, labels } = machine
  const devicePlugins = addDeviceDriver(ground, name, index, delay, cause)
  kernel.machines.addProcess(
    kubeletProcess({
      node: {
        ...{ name, ip: nodeIP, podCIDR, labels, capacity },
        ...(taints.length === 0 ? {} : { taints }),
        ...(allocatable === undefined ? {} : { allocatable }),
      },
      servers,
      firstServer: index,
      runtime: containerdId(name),
      ...(devicePlugins.size === 0 ? {} : { devicePlugins }),
      machine: host,
      cursor: cursor(kubelet),
      read: objects.read,
    }),
    delay,
    cause,
  )
}

/** A driver for the node's devices, if it has any; gives whom the kubelet calls for them. */
const addDeviceDriver = (
  { kernel, options, objects, servers }: NodeGround,
  node: string,
  firstServer: number,
  delay: Micros,
  cause?: Seq,
): ReadonlyMap<string, ActorId> => {
  const shape = options.addons?.deviceDriver
  if (shape === undefined || !hasDevices(shape, node)) return new Map()
  const id = deviceDriverId(node)
  const cursor = (): Cursor => objects.createCursor(id)
  kernel.machines.addProcess(
    deviceDriverProcess({ shape, node, servers, firstServer, cursor, read: objects.read }),
    delay,
    cause,
  )
  return new Map([[shape.driver, id]])
}

/** What every machine of the cluster's network has: itself, and a kube-proxy that programs it. */
export const addMachine = (
  { kernel, objects, servers, dns, addresses }: NodeGround,
  name: string,
  delay: Micros,
  zone?: string,
  firstServer = 0,
  cause?: Seq,
): void => {
  const machine = hostId(name)
  kernel.machines.addProcess(hostProcess({ name, dns, machineOf: (ip) => machineOf(addresses, ip) }), delay, cause)
  const cursor = (): Cursor => objects.createCursor(`kube-proxy/${name}`)
  const read = objects.read
  kernel.machines.addProcess(
    kubeProxyProcess({ node: name, zone, machine, servers, firstServer, cursor, read }),
    delay,
    cause,
  )
}

/** Pods of the n-th node: a /24 of 10.244.0.0/16, then of 10.245.0.0/16 and so on, as the node-ipam-controller counts. */
const podRange = (index: number): string => `10.${244 + Math.floor(index / 256)}.${index % 256}.0/24`

/** The n-th node's own address, in 172.16.0.0/12. */
const machineAddress = (index: number): string => {
  const n = index + 10
  invariant(n < 1_048_576, 'there are addresses for all nodes')
  return `172.${16 + Math.floor(n / 65_536)}.${Math.floor(n / 256) % 256}.${n % 256}`
}

/** Who has an address: the machine of a node, the one whose range holds a Pod's, or an API server. */
const machineOf = (addresses: Addresses, ip: string): ActorId | undefined => {
  const [first = 0, second = 0, third = 0, fourth = 0] = ip.split('.').map(Number)
  const index = first === 10 ? (second - 244) * 256 + third : (second - 16) * 65_536 + third * 256 + fourth - 10
  const name = addresses.nameAt(index)
  return name === undefined ? apiServerAt(ip) : hostId(name)
}
