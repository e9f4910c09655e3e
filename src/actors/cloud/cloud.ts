import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import { actorOf, type ActorContext } from '../../engine/actor.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { Routes } from './routes.ts'
import { NodeGroups, type NodeGroupShape } from './node-groups.ts'

/** A cloud, and how it behaves. */
export interface CloudShape {
  /** How long its API takes to tell something. */
  readonly reading: readonly [Micros, Micros]
  /** How long it takes to make, change or remove something. */
  readonly making: readonly [Micros, Micros]
  /** How many of a million calls fail. */
  readonly failuresPpm: number
  /** How many load balancers one may have. */
  readonly loadBalancers: number
  /** The first three bytes of the balancers' addresses. */
  readonly addresses: string
  readonly instanceType: string
  /** Machines that come and go, beside those that are there from the beginning. */
  readonly nodeGroups: readonly NodeGroupShape[]
  /** How many machines its node groups may have together. */
  readonly instanceQuota: number
  /**
   * How many routes its network may have. 0: Pods need none, as with a network of their own; else each node waits for its
   * route. Source: cloud-controller-manager --configure-cloud-routes.
   */
  readonly routes: number
}

export const DEFAULT_CLOUD: CloudShape = {
  reading: [millis(20), millis(120)],
  making: [seconds(5), seconds(15)],
  failuresPpm: 0,
  loadBalancers: 50,
  addresses: '203.0.113',
  instanceType: 'medium',
  nodeGroups: [],
  instanceQuota: 1_000,
  routes: 0,
}

/** A machine that the cloud runs. */
export interface Instance {
  readonly name: string
  readonly zone: string
  readonly region: string
  /** The machine's own actor, which answers while it has power. */
  readonly machine: ActorId
}

export interface CloudProcessOptions {
  readonly shape: CloudShape
  readonly host: string
  readonly instances: readonly Instance[]
  /** The actor of a machine, by its name. */
  readonly machineOf: (name: string) => ActorId
}

export const CLOUD: ActorId = 'cloud/0'

const RESTART: Micros = seconds(1)
const WORK = 'work'
const MILLION = 1_000_000
const LAST_ADDRESS = 254

type Asked = EventData<'CloudRequested'>
type Answer = Omit<EventData<'CloudAnswered'>, 'call'>

/** The cloud's API: knows its instances, keeps load balancers, routes and node groups, takes its time, and now and then fails. */
export const cloudProcess = (options: CloudProcessOptions): ProcessSpec => {
  // What a cloud has made stays made when its API is down.
  const balancers = new Map<string, string>()
  const routes = new Routes(options.shape.routes)
  const { nodeGroups, instanceQuota } = options.shape
  const groups = new NodeGroups(nodeGroups, instanceQuota, options.machineOf)
  return {
    id: CLOUD,
    host: options.host,
    restartDelay: RESTART,
    boot: () => new Map([[CLOUD, actorOf((context) => new Cloud(options, balancers, routes, groups, context))]]),
  }
}

class Cloud {
  private readonly shape: CloudShape
  private readonly context: ActorContext
  private readonly instances: ReadonlyMap<string, Instance>
  /** Addresses by the balancers' names. */
  private readonly balancers: Map<string, string>
  private readonly routes: Routes
  private readonly groups: NodeGroups
  private readonly work = new Map<string, { readonly by: ActorId; readonly asked: Asked }>()
  /** Who wants to know whether a machine runs, by the machine. */
  private readonly watched = new Map<
    ActorId,
    { readonly by: ActorId; readonly call: number; readonly name: string }[]
  >()
  private next = 1

  constructor(
    { shape, instances }: CloudProcessOptions,
    balancers: Map<string, string>,
    routes: Routes,
    groups: NodeGroups,
    context: ActorContext,
  ) {
    this.balancers = balancers
    this.routes = routes
    this.groups = groups
    this.shape = shape
    this.context = context
    this.instances = new Map(instances.map((instance) => [instance.name, instance]))
    groups.start(context, shape.making)
  }

  receive(event: LogEvent): void {
    switch (event.type) {
      case 'CloudRequested':
        return this.begin(event.data, event.by)
      case 'TimerFired':
        if (!this.groups.due(event.data.name, event.data.key, this.context)) this.due(event.data.key)
        return
      case 'TasksListed':
        return this.found(event.by, true)
      case 'ConnectionLost':
        return this.found(event.data.peer, false)
      default:
    }
  }

  private begin(asked: Asked, by: ActorId): void {
    const { reading, making } = this.shape
    // What concerns node groups is only noted at once; a machine takes its time afterwards.
    const [low, high] = /LoadBalancer$|Route$/.test(asked.op) ? making : reading
    const key = String(this.next++)
    this.work.set(key, { by, asked })
    this.context.setTimer(WORK, key, this.context.random.between(low, high))
  }

  private due(key: string): void {
    const job = this.work.get(key)
    this.work.delete(key)
    if (job === undefined) return
    const { by, asked } = job
    const { failuresPpm } = this.shape
    if (failuresPpm > 0 && this.context.random.below(MILLION) < failuresPpm) {
      this.answer(asked.call, { problem: 'the cloud is temporarily not available' }, by)
    } else if (asked.op === 'instance') this.look(asked, by)
    else this.answer(asked.call, this.routes.answer(asked) ?? this.resize(asked) ?? this.balance(asked), by)
  }

  /** What is asked of node groups; undefined for anything else. */
  private resize({ op, name, delta = 0, instances = [] }: Asked): Answer | undefined {
    const { context, groups } = this
    const { making } = this.shape
    switch (op) {
      case 'nodeGroups':
        return { groups: groups.describe() }
      case 'increaseSize':
        return answerOf(groups.increase(name, delta, context, making))
      case 'deleteInstances':
        return answerOf(groups.remove(name, instances, context, making))
      default:
        return undefined
    }
  }

  private balance({ op, name }: Asked): Answer {
    if (op === 'deleteLoadBalancer') {
      this.balancers.delete(name)
      return {}
    }
    const known = this.balancers.get(name)
    if (known !== undefined) return { address: known }
    if (op === 'updateLoadBalancer') return { problem: `load balancer ${name} not found` }
    const address = this.freeAddress()
    if (address === undefined || this.balancers.size >= this.shape.loadBalancers) {
      return { problem: `quota of ${this.shape.loadBalancers} load balancers is exceeded` }
    }
    this.balancers.set(name, address)
    return { address }
  }

  private freeAddress(): string | undefined {
    const taken = new Set(this.balancers.values())
    for (let last = 1; last <= LAST_ADDRESS; last++) {
      const address = `${this.shape.addresses}.${last}`
      if (!taken.has(address)) return address
    }
    return undefined
  }

  /** Whether the machine has power is asked of the machine: it answers, or its connection is reset. */
  private look({ name, call }: Asked, by: ActorId): void {
    const instance = this.instances.get(name) ?? this.groups.instance(name)
    if (instance === undefined) return this.answer(call, {}, by)
    const waiting = this.watched.get(instance.machine)
    if (waiting !== undefined) {
      waiting.push({ by, call, name })
      return
    }
    this.watched.set(instance.machine, [{ by, call, name }])
    this.context.emit('ListTasks', {}, { to: instance.machine })
  }

  private found(machine: ActorId, running: boolean): void {
    const waiting = this.watched.get(machine) ?? []
    this.watched.delete(machine)
    for (const { by, call, name } of waiting) {
      const known = this.groups.instance(name) ?? { ...this.instances.get(name), type: this.shape.instanceType }
      const { type, zone = '', region = '' } = known
      this.answer(call, { instance: { id: `i-${name}`, type, zone, region, running } }, by)
    }
  }

  private answer(call: number, answer: Answer, to: ActorId): void {
    this.context.emit('CloudAnswered', { call, ...answer }, { to })
  }
}

const answerOf = (problem: string | undefined): Answer => (problem === undefined ? {} : { problem })
