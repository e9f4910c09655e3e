import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { Labels, ResourceList } from '../../kubernetes/types/meta.ts'
import type { Taint } from '../../kubernetes/types/scheduling.ts'
import type { Instance } from './cloud.ts'

/** Equal machines of a cloud that come and go: an instance group, a scale set. */
export interface NodeGroupShape {
  /** Its machines are called after it: `pool-1`, `pool-2`, …; no name is given twice. */
  readonly name: string
  /** Between these an autoscaler keeps it. The cloud itself refuses only what is above its quota. */
  readonly min: number
  readonly max: number
  /** How many machines it begins with. */
  readonly initial: number
  readonly capacity: ResourceList
  /** Capacity less 100 MiB of memory if absent. */
  readonly allocatable?: ResourceList
  readonly labels: Labels
  readonly taints: readonly Taint[]
  readonly zone: string
  readonly region: string
  readonly instanceType: string
  /** From power to running programs, from the first to the second. */
  readonly boot: readonly [Micros, Micros]
  /** Thousandths of a cent for an hour. */
  readonly price: number
  /** How many of its machines the zone has to give; no limit if absent. */
  readonly stock?: number
}

/** What a node group is unless said otherwise: machines as small managed clusters have them. */
export const DEFAULT_NODE_GROUP: Omit<NodeGroupShape, 'name'> = {
  min: 0,
  max: 10,
  initial: 0,
  capacity: { cpu: '4', memory: '16Gi', pods: '110' },
  labels: {},
  taints: [],
  zone: '',
  region: '',
  instanceType: 'medium',
  boot: [seconds(30), seconds(60)],
  price: 10_000,
}

type Told = NonNullable<EventData<'CloudAnswered'>['groups']>[number]
type State = Told['instances'][number]['state']

interface Machine {
  readonly name: string
  readonly group: NodeGroupShape
  state: State
  problem: string | undefined
}

interface Group {
  readonly shape: NodeGroupShape
  /** Its machines, by name, in order of their making. */
  readonly machines: Map<string, Machine>
  target: number
  made: number
}

const LAUNCH = 'launch'
const TERMINATE = 'terminate'

/**
 * The cloud's node groups. What they are stays when the cloud's API is down; what was under way then begins anew when it is
 * back. That a machine is there or gone is told as a fact, upon which the cluster's ground gives it power or takes it.
 */
export class NodeGroups {
  private readonly groups: ReadonlyMap<string, Group>
  private readonly quota: number
  private readonly machineOf: (name: string) => ActorId
  private hasBegun = false

  constructor(shapes: readonly NodeGroupShape[], quota: number, machineOf: (name: string) => ActorId) {
    this.groups = new Map(
      shapes.map((shape) => [shape.name, { shape, machines: new Map(), target: 0, made: 0 } satisfies Group]),
    )
    this.quota = quota
    this.machineOf = machineOf
  }

  /** The cloud's API starts (again). */
  start(context: ActorContext, making: readonly [Micros, Micros]): void {
    if (!this.hasBegun) {
      this.hasBegun = true
      for (const group of this.groups.values()) this.grow(group, group.shape.initial)
    }
    for (const { state, name, problem } of this.all()) {
      if (state === 'creating' && problem === undefined) this.later(LAUNCH, name, context, making)
      else if (state === 'deleting') this.later(TERMINATE, name, context, making)
    }
  }

  /** A machine that exists, running or about to go. */
  instance(name: string): (Instance & { readonly type: string }) | undefined {
    const machine = this.machine(name)
    if (machine === undefined || machine.state === 'creating') return undefined
    const { zone, region, instanceType } = machine.group
    return { name, zone, region, type: instanceType, machine: this.machineOf(name) }
  }

  describe(): readonly Told[] {
    return [...this.groups.values()].map(({ shape, target, machines }) => {
      const { name, min, max, capacity, allocatable, taints, price, zone, region, instanceType } = shape
      const labels = {
        ...shape.labels,
        'node.kubernetes.io/instance-type': instanceType,
        ...(zone === '' ? {} : { 'topology.kubernetes.io/zone': zone }),
        ...(region === '' ? {} : { 'topology.kubernetes.io/region': region }),
      }
      const instances = [...machines.values()].map(({ name: machine, state, problem }) => ({
        id: providerId(zone, machine),
        name: machine,
        state,
        ...(problem === undefined ? {} : { problem }),
      }))
      return {
        ...{ name, min, max, target, instances, capacity, labels, taints, price },
        ...(allocatable === undefined ? {} : { allocatable }),
      }
    })
  }

  /** Gives what speaks against it. */
  increase(name: string, delta: number, context: ActorContext, making: readonly [Micros, Micros]): string | undefined {
    const group = this.groups.get(name)
    if (group === undefined) return `node group ${name} not found`
    if (delta < 1) return 'size increase must be positive'
    const wanted = [...this.all()].length + delta
    if (wanted > this.quota) return `quota of ${this.quota} instances is exceeded: ${wanted} requested`
    for (const machine of this.grow(group, delta)) this.later(LAUNCH, machine, context, making)
    return undefined
  }

  /** Gives what speaks against it. */
  remove(
    name: string,
    machines: readonly string[],
    context: ActorContext,
    making: readonly [Micros, Micros],
  ): string | undefined {
    const group = this.groups.get(name)
    if (group === undefined) return `node group ${name} not found`
    const stranger = machines.find((machine) => !group.machines.has(machine))
    if (stranger !== undefined) return `instance ${stranger} is not in node group ${name}`
    for (const one of machines) {
      const machine = group.machines.get(one)
      if (machine === undefined || machine.state === 'deleting') continue
      group.target--
      if (machine.state === 'creating') {
        group.machines.delete(one)
        context.cancelTimer(LAUNCH, one)
        continue
      }
      machine.state = 'deleting'
      this.later(TERMINATE, one, context, making)
    }
    return undefined
  }

  /** True when the alarm was about a machine. */
  due(timer: string, name: string, context: ActorContext): boolean {
    const machine = this.machine(name)
    if (timer === LAUNCH && machine?.state === 'creating') this.launch(machine, context)
    else if (timer === TERMINATE && machine?.state === 'deleting') {
      const group = machine.group.name
      this.groups.get(group)?.machines.delete(name)
      context.emit('InstanceTerminated', { instance: name, group })
    }
    return timer === LAUNCH || timer === TERMINATE
  }

  private launch(machine: Machine, context: ActorContext): void {
    const { name, boot, stock } = machine.group
    if (stock !== undefined && this.given(name) >= stock) {
      machine.problem = `OutOfResources: the zone has no more machines for ${name}`
      return
    }
    machine.state = 'running'
    const bootMicros = context.random.between(boot[0], boot[1])
    context.emit('InstanceLaunched', { instance: machine.name, group: name, bootMicros })
  }

  private given(group: string): number {
    let count = 0
    for (const { state } of this.groups.get(group)?.machines.values() ?? []) if (state !== 'creating') count++
    return count
  }

  private grow(group: Group, delta: number): readonly string[] {
    const names: string[] = []
    for (let i = 0; i < delta; i++) {
      const name = `${group.shape.name}-${++group.made}`
      group.machines.set(name, { name, group: group.shape, state: 'creating', problem: undefined })
      names.push(name)
    }
    group.target += delta
    return names
  }

  private later(timer: string, name: string, context: ActorContext, [low, high]: readonly [Micros, Micros]): void {
    context.setTimer(timer, name, context.random.between(low, high))
  }

  private machine(name: string): Machine | undefined {
    for (const { machines } of this.groups.values()) {
      const machine = machines.get(name)
      if (machine !== undefined) return machine
    }
    return undefined
  }

  private *all(): Iterable<Machine> {
    for (const { machines } of this.groups.values()) yield* machines.values()
  }
}

/** How a Node says which instance it is. */
export const providerId = (zone: string, instance: string): string =>
  `seatrial://${zone === '' ? '' : `${zone}/`}i-${instance}`
