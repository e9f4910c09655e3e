import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { millis } from '../../events/time.ts'
import { actorOf, type ActorContext } from '../../engine/actor.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { bytes } from '../../kubernetes/quantity.ts'
import { imageBytes, withTag } from '../../kubernetes/workload/images.ts'
import { PodAddresses } from './addresses.ts'
import type { Container } from './holdings.ts'
import { listed } from './listing.ts'
import { Journal } from './journal.ts'
import { Pulls, type Range } from './pulls.ts'

export interface ContainerdOptions {
  /** Name of the node. */
  readonly node: string
  /** The machine's own address, for Pods in its network. */
  readonly nodeIP: string
  /** Range of the Pods' addresses, a /24. */
  readonly podCIDR: string
  /** Who is told when a container ends. */
  readonly kubelet: ActorId
  /** The machine on which containers run. */
  readonly machine: ActorId
  /** Images that are on the node from the beginning. */
  readonly images?: readonly string[]
}

/** Time that calls of the Container Runtime Interface take. Abridged: one range each, whatever the load of the machine. */
const SANDBOX: Range = [millis(80), millis(250)]
const SANDBOX_STOP: Range = [millis(20), millis(80)]
const START: Range = [millis(40), millis(150)]
const UPDATE: Range = [millis(5), millis(30)]
const RESTART: Micros = 1_000_000

/** Ended containers that are kept per name: the last one. Source: pkg/kubelet/apis/config, MaxPerPodContainerCount 1. */
const KEPT_ENDS = 1

const WORK = 'work'
const KILL = 'sigkill'

export const containerdId = (node: string): ActorId => `containerd/${node}`

/**
 * containerd as a kubelet sees it, behind the Container Runtime Interface: images, sandboxes, containers.
 *
 * Its metadata are on disk and its containers are processes of the machine, so both outlive it; after a boot of the
 * machine the metadata tell of containers that are gone.
 * Abridged: create and start of a container are one call; ids have 16 digits of 64.
 */
export const containerdProcess = (options: ContainerdOptions): ProcessSpec => {
  const id = containerdId(options.node)
  return {
    id,
    host: options.node,
    restartDelay: RESTART,
    boot: () => new Map([[id, actorOf((context) => new Containerd(options, context))]]),
  }
}

class Containerd {
  private readonly options: ContainerdOptions
  private readonly context: ActorContext
  private readonly journal: Journal
  private readonly addresses: PodAddresses
  private readonly pulls: Pulls
  /** What is to be done when its time has come. */
  private readonly work = new Map<string, () => void>()
  private readonly deadlines = new Map<string, Micros>()
  /** Waits until the machine has said which containers still run; undefined afterwards. */
  private waiting: LogEvent[] | undefined
  private next = 1

  constructor(options: ContainerdOptions, context: ActorContext) {
    this.options = options
    this.context = context
    this.journal = new Journal(context)
    this.addresses = new PodAddresses(options.podCIDR)
    this.pulls = new Pulls(this.journal, (range, job) => this.after(range, job), context)
    for (const image of options.images ?? []) {
      const name = withTag(image)
      if (!this.journal.holdings.images.has(name))
        this.journal.note({ type: 'image', image: name, bytes: imageBytes(name) })
    }
    if (this.running().length === 0) return
    this.waiting = []
    context.emit('ListTasks', {}, { to: options.machine })
  }

  receive(event: LogEvent): void {
    if (event.type === 'DiskSynced') this.journal.synced(event.data.position)
    else if (event.type === 'TasksListed') this.reconcile(event.data.tasks)
    else if (this.waiting !== undefined && event.type !== 'TimerFired') this.waiting.push(event)
    else this.handle(event)
  }

  private handle(event: LogEvent): void {
    switch (event.type) {
      case 'PullImage':
        return this.pulls.begin(event.data, event.by)
      case 'RunPodSandbox':
        return this.runSandbox(event.data, event.by)
      case 'StopPodSandbox':
        return this.stopSandbox(event.data, event.by)
      case 'RemovePod':
        return this.journal.note({ type: 'pod removed', uid: event.data.uid })
      case 'StartContainer':
        return this.startContainer(event.data, event.by)
      case 'UpdateContainerResources':
        return this.updateContainer(event.data, event.by)
      case 'StopContainer':
        return this.stopContainer(event.data.container, event.data.graceMicros, event.by)
      case 'ListContainers':
        return this.list(event.data, event.by)
      case 'TaskExited':
        return this.ended(event.data)
      case 'ConnectionLost':
        // The machine itself never goes without us, unless somebody kills its actor: then its processes died with it.
        if (event.data.peer === this.options.machine) this.reconcile([])
        return
      case 'TimerFired':
        return this.alarm(event.data)
      default:
    }
  }

  private alarm({ name, key }: { readonly name: string; readonly key: string }): void {
    if (name === KILL) {
      this.deadlines.delete(key)
      this.signal(key, 'SIGKILL')
    } else if (name === WORK) {
      const job = this.work.get(key)
      this.work.delete(key)
      job?.()
    }
  }

  private after([low, high]: Range, job: () => void): void {
    const key = String(this.next++)
    this.work.set(key, job)
    this.context.setTimer(WORK, key, this.context.random.between(low, high))
  }

  // Sandboxes

  private runSandbox(data: EventData<'RunPodSandbox'>, to: ActorId): void {
    const { context, journal } = this
    const { call, uid, namespace, pod, attempt, hostNetwork } = data
    this.after(SANDBOX, () => {
      const ip = hostNetwork ? this.options.nodeIP : this.addresses.next(journal.holdings)
      if (ip === undefined) {
        const message = `failed to setup network for sandbox: plugin type="host-local" failed (add): no IP addresses available in range set`
        context.emit('RuntimeRefused', { call, message }, { to })
        return
      }
      const sandbox = this.newId()
      journal.note({ type: 'sandbox', sandbox: { sandbox, uid, namespace, pod, ip, attempt, ready: true } })
      context.emit('SandboxReady', { call, uid, sandbox, ip }, { to })
    })
  }

  private stopSandbox({ call, uid, sandbox }: EventData<'StopPodSandbox'>, to: ActorId): void {
    for (const container of this.journal.holdings.containersOf(uid)) {
      if (container.sandbox === sandbox && container.end === undefined) this.signal(container.container, 'SIGKILL')
    }
    this.after(SANDBOX_STOP, () => {
      this.journal.note({ type: 'sandbox stopped', sandbox })
      this.context.emit('SandboxStopped', { call, uid, sandbox }, { to })
    })
  }

  // Containers

  private startContainer(data: EventData<'StartContainer'>, to: ActorId): void {
    const { call, uid, sandbox, name, image, restartCount, workload, resources } = data
    const { context, journal } = this
    this.after(START, () => {
      const home = journal.holdings.sandboxes.get(sandbox)
      if (home === undefined || !home.ready) {
        const message = `failed to create containerd task: sandbox ${sandbox} is not ready`
        context.emit('RuntimeRefused', { call, message }, { to })
        return
      }
      this.prune(uid, name)
      const container = this.newId()
      const startedMicros = context.now
      const made = { container, sandbox, uid, name, image, restartCount, startedMicros }
      journal.note({ type: 'container', container: resources === undefined ? made : { ...made, resources } })
      const { namespace, pod, ip } = home
      context.emit(
        'StartTask',
        { task: container, uid, namespace, pod, name, ip, restartCount, workload },
        { to: this.options.machine },
      )
      context.emit('ContainerStarted', { call, uid, name, container, restartCount, startedMicros }, { to })
    })
  }

  /** Source: containerd, internal/cri/server/container_update_resources.go (v2.1). */
  private updateContainer(data: EventData<'UpdateContainerResources'>, to: ActorId): void {
    const { call, uid, container: id, resources } = data
    const { context, journal } = this
    this.after(UPDATE, () => {
      const container = journal.holdings.containers.get(id)
      if (container === undefined) {
        const message = `rpc error: code = NotFound desc = failed to find container: container "${id}" not found`
        context.emit('RuntimeRefused', { call, message }, { to })
        return
      }
      journal.note({ type: 'resources', container: id, resources })
      const { memory } = resources.limits ?? {}
      if (container.end === undefined && memory !== undefined && memory !== container.resources?.limits?.['memory']) {
        context.emit('UpdateTask', { task: id, memoryLimitBytes: bytes(memory) }, { to: this.options.machine })
      }
      context.emit('ContainerResourcesUpdated', { call, uid, container: id, resources }, { to })
    })
  }

  /** SIGTERM now, SIGKILL later; asked again, the shorter grace counts. */
  private stopContainer(id: string, grace: Micros, to: ActorId): void {
    const container = this.journal.holdings.containers.get(id)
    if (container === undefined) return
    if (container.end !== undefined) {
      this.tellEnd(container, to)
      return
    }
    const deadline = this.context.monotonic + grace
    const planned = this.deadlines.get(id)
    if (planned === undefined) this.signal(id, 'SIGTERM')
    if (planned !== undefined && planned <= deadline) return
    this.deadlines.set(id, deadline)
    this.context.setTimer(KILL, id, grace)
  }

  private ended({ task, exitCode, reason, finishedMicros }: EventData<'TaskExited'>): void {
    const container = this.journal.holdings.containers.get(task)
    this.deadlines.delete(task)
    this.context.cancelTimer(KILL, task)
    if (container === undefined || container.end !== undefined) return
    const end = { exitCode, reason, finishedMicros }
    this.journal.note({ type: 'ended', container: task, end })
    this.tellEnd({ ...container, end }, this.options.kubelet)
  }

  private tellEnd({ uid, name, container, end }: Container, to: ActorId): void {
    if (end !== undefined) this.context.emit('ContainerExited', { uid, name, container, ...end }, { to })
  }

  private signal(task: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.context.emit('SignalTask', { task, signal }, { to: this.options.machine })
  }

  private prune(uid: string, name: string): void {
    const ends = this.journal.holdings
      .containersOf(uid)
      .filter((container) => container.name === name && container.end !== undefined)
    for (const { container } of ends.slice(0, Math.max(0, ends.length - KEPT_ENDS))) {
      this.journal.note({ type: 'container removed', container })
    }
  }

  private running(): readonly Container[] {
    return [...this.journal.holdings.containers.values()].filter((container) => container.end === undefined)
  }

  private newId(): string {
    const part = (): string => this.context.random.below(0x1_0000_0000).toString(16).padStart(8, '0')
    return part() + part()
  }

  // Questions

  private list({ call, all }: EventData<'ListContainers'>, to: ActorId): void {
    this.context.emit('ContainersListed', all ? { call, ...listed(this.journal.holdings) } : { call }, { to })
  }

  /** The machine knows which processes live; of the others some ended unseen. */
  private reconcile(tasks: EventData<'TasksListed'>['tasks']): void {
    const known = new Map(tasks.map((task) => [task.task, task]))
    for (const container of this.running()) {
      const task = known.get(container.container)
      if (task?.running === true) continue
      const { exitCode = 255, reason = 'Unknown', finishedMicros = this.context.now } = task ?? {}
      const end = { exitCode, reason, finishedMicros }
      this.journal.note({ type: 'ended', container: container.container, end })
      this.tellEnd({ ...container, end }, this.options.kubelet)
    }
    const waiting = this.waiting ?? []
    this.waiting = undefined
    for (const event of waiting) this.handle(event)
  }
}
