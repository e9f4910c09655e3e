import type { EventData, EventType } from '../../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros } from '../../../events/envelope.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import type { RegistryAnswer, WorkloadModel } from '../../../kubernetes/workload/model.ts'
import type { ResourceRequirements } from '../../../kubernetes/types/container.ts'
import type { Why } from '../why.ts'
import {
  NOTHING_RUNS,
  withContainer,
  withEnd,
  withResources,
  withoutSandbox,
  withSandbox,
  type PodState,
  type RuntimeContainer,
} from './pod-state.ts'

/** What came of a call: the fact that answers it, or why there is none. */
export type RuntimeResult<T extends EventType> =
  { readonly ok: true; readonly data: EventData<T> } | { readonly ok: false; readonly message: string }

/** What answers a call that asks for something to be done. */
type Answer = 'ImagePulled' | 'SandboxReady' | 'SandboxStopped' | 'ContainerStarted' | 'ContainerResourcesUpdated'

type Done<T extends EventType> = (result: RuntimeResult<T>) => void

interface Pending {
  /** The image of a container that is being started. */
  readonly image?: string
  readonly resources?: ResourceRequirements
  readonly attempt?: number
  readonly resolve: (event: LogEvent | undefined, message: string) => void
}

/** Who wants to know what happens in the runtime. */
export interface RuntimeObserver {
  /** A Pod's sandbox or containers are not as they were. */
  podChanged(uid: string): void
  containerEnded(uid: string, container: string): void
  /** The runtime went away: calls under way have failed, changes are missed until `runtimeListed`. */
  runtimeLost(): void
}

/**
 * The kubelet's side of the Container Runtime Interface, and what it knows of the runtime: an exact copy as long as the
 * connection stands, since the runtime tells of every change.
 */
export class RuntimeClient {
  readonly images = new Set<string>()
  /** What the runtime holds, Pod by Pod. */
  readonly states = new Map<string, PodState>()
  /** Last sign of life. */
  lastHeardAt: Micros = 0
  connected = false
  private readonly runtime: ActorId
  private readonly context: ActorContext
  private readonly observer: RuntimeObserver
  private readonly why: Why
  private readonly pending = new Map<number, Pending>()
  private next = 1

  constructor(runtime: ActorId, observer: RuntimeObserver, why: Why, context: ActorContext) {
    this.runtime = runtime
    this.why = why
    this.observer = observer
    this.context = context
  }

  state(uid: string): PodState {
    return this.states.get(uid) ?? NOTHING_RUNS
  }

  /** Asks for everything the runtime holds; after that the copy is exact. */
  connect(done: (ok: boolean) => void): void {
    const call = this.expect((event) => {
      if (event?.type !== 'ContainersListed') return done(false)
      this.rebuild(event.data)
      this.connected = true
      done(true)
    })
    this.send('ListContainers', { call, all: true })
  }

  /** Asks for a sign of life. */
  ping(): void {
    const call = this.expect(() => {})
    this.send('ListContainers', { call, all: false })
  }

  pullImage(image: string, registry: RegistryAnswer | undefined, done: Done<'ImagePulled'>): void {
    const call = this.answered('ImagePulled', done)
    this.send('PullImage', registry === undefined ? { call, image } : { call, image, registry })
  }

  runSandbox(data: Omit<EventData<'RunPodSandbox'>, 'call'>, done: Done<'SandboxReady'>): void {
    const call = this.answered('SandboxReady', done, { attempt: data.attempt })
    this.send('RunPodSandbox', { call, ...data })
  }

  stopSandbox(uid: string, sandbox: string, done: Done<'SandboxStopped'>): void {
    const call = this.answered('SandboxStopped', done)
    this.send('StopPodSandbox', { call, uid, sandbox })
  }

  startContainer(
    data: Omit<EventData<'StartContainer'>, 'call' | 'workload'> & { readonly workload: WorkloadModel },
    done: Done<'ContainerStarted'>,
  ): void {
    const call = this.answered('ContainerStarted', done, { image: data.image, resources: data.resources })
    this.send('StartContainer', { call, ...data })
  }

  updateContainer(
    data: Omit<EventData<'UpdateContainerResources'>, 'call'>,
    done: Done<'ContainerResourcesUpdated'>,
  ): void {
    const call = this.answered('ContainerResourcesUpdated', done)
    this.send('UpdateContainerResources', { call, ...data })
  }

  /** The end is told as `containerEnded`. */
  stopContainer(container: string, graceMicros: Micros): void {
    this.send('StopContainer', { container, graceMicros })
  }

  /** Lets the runtime forget a Pod that has been cleaned up. */
  removePod(uid: string): void {
    this.states.delete(uid)
    this.send('RemovePod', { uid })
  }

  /** True when the event came from the runtime. */
  receive(event: LogEvent): boolean {
    if (event.type === 'ConnectionLost') {
      if (event.data.peer !== this.runtime) return false
      this.lose()
      return true
    }
    if (event.by !== this.runtime) return false
    this.lastHeardAt = this.context.monotonic
    switch (event.type) {
      case 'ContainerExited':
        this.end(event.data)
        return true
      case 'SandboxReady':
      case 'SandboxStopped':
      case 'ContainerStarted':
      case 'ContainerResourcesUpdated':
      case 'ContainersListed':
      case 'ImagePulled':
        this.answer(event, event.data.call, '')
        return true
      case 'ImagePullFailed':
      case 'RuntimeRefused':
        this.answer(undefined, event.data.call, event.data.message)
        return true
      default:
        return false
    }
  }

  private send<T extends EventType>(type: T, data: EventData<T>): void {
    this.context.emit(type, data, { to: this.runtime, cause: this.why.seq })
  }

  private expect(resolve: Pending['resolve'], about: Omit<Pending, 'resolve'> = {}): number {
    const call = this.next++
    this.pending.set(call, { ...about, resolve })
    return call
  }

  private answered<T extends Answer>(type: T, done: Done<T>, about: Omit<Pending, 'resolve'> = {}): number {
    return this.expect((event, message) => {
      // The runtime answers a call with the one fact that this call can lead to.
      if (event?.type === type) done({ ok: true, data: event.data as EventData<T> })
      else done({ ok: false, message })
    }, about)
  }

  private answer(event: LogEvent | undefined, call: number, message: string): void {
    const pending = this.pending.get(call)
    if (pending === undefined) return
    this.pending.delete(call)
    if (event !== undefined) this.learn(event, pending)
    pending.resolve(event, message)
  }

  private learn(event: LogEvent, { image = '', attempt = 0, resources }: Pending): void {
    switch (event.type) {
      case 'ImagePulled':
        this.images.add(event.data.image)
        return
      case 'SandboxReady': {
        const { uid, sandbox: id, ip } = event.data
        this.change(uid, withSandbox(this.state(uid), { id, ip, attempt, ready: true }))
        return
      }
      case 'SandboxStopped':
        this.change(event.data.uid, withoutSandbox(this.state(event.data.uid), event.data.sandbox))
        return
      case 'ContainerStarted': {
        const { uid, container: id, name, restartCount, startedMicros: startedAt } = event.data
        const started = { id, name, image, restartCount, startedAt }
        this.change(uid, withContainer(this.state(uid), resources === undefined ? started : { ...started, resources }))
        return
      }
      case 'ContainerResourcesUpdated': {
        const { uid, container, resources: has } = event.data
        this.change(uid, withResources(this.state(uid), container, has))
        return
      }
      default:
    }
  }

  private end({ uid, container, exitCode, reason, finishedMicros: finishedAt }: EventData<'ContainerExited'>): void {
    const state = this.states.get(uid)
    const known = state?.containers.find(({ id }) => id === container)
    if (state !== undefined && known !== undefined && known.end === undefined) {
      this.change(uid, withEnd(state, container, { exitCode, reason, finishedAt }))
    }
    this.observer.containerEnded(uid, container)
  }

  private change(uid: string, state: PodState): void {
    this.states.set(uid, state)
    this.observer.podChanged(uid)
  }

  private lose(): void {
    const pending = [...this.pending.values()]
    this.pending.clear()
    this.connected = false
    this.observer.runtimeLost()
    const message = 'rpc error: code = Unavailable desc = connection error: dial unix /run/containerd/containerd.sock'
    for (const { resolve } of pending) resolve(undefined, message)
  }

  private rebuild({ images = [], sandboxes = [], containers = [] }: EventData<'ContainersListed'>): void {
    this.images.clear()
    for (const image of images) this.images.add(image)
    const before = new Map(this.states)
    this.states.clear()
    for (const { uid, sandbox: id, ip, attempt, ready } of sandboxes) {
      const state = this.state(uid)
      if ((state.sandbox?.attempt ?? -1) <= attempt)
        this.states.set(uid, withSandbox(state, { id, ip, attempt, ready }))
    }
    for (const listed of containers) {
      this.states.set(listed.uid, withContainer(this.state(listed.uid), instanceFrom(listed)))
    }
    for (const uid of new Set([...before.keys(), ...this.states.keys()])) this.observer.podChanged(uid)
  }
}

type Listed = NonNullable<EventData<'ContainersListed'>['containers']>[number]

const instanceFrom = (listed: Listed): RuntimeContainer => {
  const { container: id, name, image, restartCount, startedMicros: startedAt, running, resources } = listed
  const { exitCode = 255, reason = 'Unknown', finishedMicros: finishedAt = startedAt } = listed
  const started = { id, name, image, restartCount, startedAt }
  const instance = resources === undefined ? started : { ...started, resources }
  return running ? instance : { ...instance, end: { exitCode, reason, finishedAt } }
}
