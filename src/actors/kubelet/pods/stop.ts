import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import { isSidecar } from '../../../kubernetes/pods.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { commandTakes } from '../../../kubernetes/workload/command.ts'
import type { RuntimeClient } from '../runtime/client.ts'
import { isRunning, type RuntimeContainer } from '../runtime/pod-state.ts'

/** Whatever grace is left, a container has this long. Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, minimumGracePeriodInSeconds. */
export const MIN_GRACE: Micros = seconds(2)

/** Its hook is over, or its turn has come because its time is up. Key: `uid/container id`. */
export const STOP_TIMER = 'stop'

export interface StopTarget {
  readonly instance: RuntimeContainer
  /** Undefined when the Pod is not known any more. */
  readonly container: Container | undefined
  readonly grace: Micros
}

interface Stopping extends StopTarget {
  readonly beganAt: Micros
  /** Running its preStop hook, waiting for those that go first, or told to stop until the given moment. */
  phase: 'hook' | 'waiting' | 'told'
  deadline: Micros
}

/**
 * Ends containers of one Pod: each runs its preStop hook, is asked to stop and, when its grace is over, killed. Hooks and
 * waiting count against the grace. Sidecars go last, in the reverse order of their start.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer; kuberuntime_termination_order.go (v1.36).
 * Abridged: hooks never fail; a hook that is an HTTP request takes no time.
 */
export class PodStop {
  private readonly pod: Pod | undefined
  private readonly uid: string
  private readonly runtime: RuntimeClient
  private readonly context: ActorContext
  private readonly done: () => void
  private readonly running = new Map<string, Stopping>()

  constructor(options: {
    readonly uid: string
    readonly pod: Pod | undefined
    readonly runtime: RuntimeClient
    readonly context: ActorContext
    readonly done: () => void
  }) {
    this.uid = options.uid
    this.pod = options.pod
    this.runtime = options.runtime
    this.context = options.context
    this.done = options.done
  }

  /** Begins. With nothing to stop it is done at once. */
  begin(targets: readonly StopTarget[]): void {
    for (const target of targets) {
      const stopping: Stopping = { ...target, beganAt: this.context.monotonic, phase: 'hook', deadline: 0 }
      this.running.set(target.instance.id, stopping)
    }
    if (this.running.size === 0) return this.done()
    for (const stopping of [...this.running.values()]) this.runHook(stopping)
  }

  /** A container of the Pod has ended. */
  ended(id: string): void {
    if (!this.running.delete(id)) return
    this.context.cancelTimer(STOP_TIMER, `${this.uid}/${id}`)
    for (const stopping of this.running.values()) {
      if (stopping.phase === 'waiting' && this.mayGo(stopping)) this.tell(stopping)
    }
    if (this.running.size === 0) this.done()
  }

  /** A hook is over, or a sidecar has waited for as long as it may. */
  due(id: string): void {
    const stopping = this.running.get(id)
    if (stopping === undefined) return
    if (stopping.phase === 'hook') this.awaitTurn(stopping)
    else if (stopping.phase === 'waiting') this.tell(stopping)
  }

  /** The Pod has less time than was thought. Source: pkg/kubelet/pod_workers.go, gracePeriodShortened. */
  shorten(grace: Micros): void {
    for (const stopping of this.running.values()) {
      if (stopping.phase === 'told' && stopping.deadline <= this.context.monotonic + Math.max(grace, MIN_GRACE))
        continue
      this.stopWithin(stopping, grace)
    }
  }

  /** The runtime is back and has forgotten what it was told. */
  resume(): void {
    for (const [id, stopping] of [...this.running]) {
      if (!isRunning(this.runtime.state(this.uid).containers.find((container) => container.id === id))) this.ended(id)
      else if (stopping.phase === 'told') this.stopWithin(stopping, stopping.deadline - this.context.monotonic)
    }
  }

  private runHook(stopping: Stopping): void {
    const hook = this.pod === undefined || stopping.grace === 0 ? undefined : stopping.container?.lifecycle?.preStop
    const takes = hook?.sleep === undefined ? commandTakes(hook?.exec?.command) : seconds(hook.sleep.seconds)
    if (takes === 0) this.awaitTurn(stopping)
    else this.setTimer(stopping, Math.min(takes, stopping.grace))
  }

  private awaitTurn(stopping: Stopping): void {
    stopping.phase = 'waiting'
    const left = this.left(stopping)
    if (left > 0 && !this.mayGo(stopping)) this.setTimer(stopping, left)
    else this.tell(stopping)
  }

  private tell(stopping: Stopping): void {
    this.stopWithin(stopping, this.left(stopping))
  }

  private stopWithin(stopping: Stopping, grace: Micros): void {
    const { id } = stopping.instance
    const given = Math.max(grace, MIN_GRACE)
    stopping.phase = 'told'
    stopping.deadline = this.context.monotonic + given
    this.context.cancelTimer(STOP_TIMER, `${this.uid}/${id}`)
    this.runtime.stopContainer(id, given)
  }

  /** What is left of the grace; time that has passed counts in whole seconds. */
  private left({ grace, beganAt }: Stopping): Micros {
    const passed = this.context.monotonic - beganAt
    return grace - (passed - (passed % 1_000_000))
  }

  /** Everything else goes before a sidecar, and later sidecars before earlier ones. */
  private mayGo({ container }: Stopping): boolean {
    const order = this.pod?.spec.initContainers ?? []
    const place = container === undefined || !isSidecar(container) ? -1 : order.indexOf(container)
    if (place < 0) return true
    for (const other of this.running.values()) {
      if (other.container === undefined || other.container === container) continue
      if (order.indexOf(other.container) < 0 || order.indexOf(other.container) > place) return false
    }
    return true
  }

  private setTimer({ instance }: Stopping, delay: Micros): void {
    this.context.setTimer(STOP_TIMER, `${this.uid}/${instance.id}`, delay)
  }
}
