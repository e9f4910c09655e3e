import type { ActorContext } from '../../../engine/actor.ts'
import { MIN_GRACE, PodStop, STOP_TIMER } from './stop.ts'
import type { RuntimeClient } from '../runtime/client.ts'
import { runningContainers } from '../runtime/pod-state.ts'

/**
 * Pods that the runtime runs and the API does not know: all that was known of them is lost, so they get the least grace.
 * Source: pkg/kubelet/kubelet.go, SyncTerminatingRuntimePod (v1.36).
 */
export class Orphans {
  private readonly runtime: RuntimeClient
  private readonly context: ActorContext
  private readonly stops = new Map<string, PodStop>()

  constructor(runtime: RuntimeClient, context: ActorContext) {
    this.runtime = runtime
    this.context = context
  }

  end(uid: string): void {
    if (this.stops.has(uid)) return
    const { runtime, context } = this
    const stop = new PodStop({ uid, pod: undefined, runtime, context, done: () => this.stopped(uid) })
    this.stops.set(uid, stop)
    stop.begin(
      runningContainers(runtime.state(uid)).map((instance) => ({ instance, container: undefined, grace: MIN_GRACE })),
    )
  }

  containerEnded(uid: string, container: string): void {
    this.stops.get(uid)?.ended(container)
  }

  runtimeBack(): void {
    for (const stop of [...this.stops.values()]) stop.resume()
  }

  /** True when the event was an orphan's alarm. */
  alarm(name: string, key: string): boolean {
    if (name !== STOP_TIMER) return false
    const slash = key.indexOf('/')
    const stop = this.stops.get(key.slice(0, slash))
    stop?.due(key.slice(slash + 1))
    return stop !== undefined
  }

  private stopped(uid: string): void {
    const { sandbox } = this.runtime.state(uid)
    const forget = (): void => {
      this.stops.delete(uid)
      this.runtime.removePod(uid)
    }
    if (sandbox?.ready === true) this.runtime.stopSandbox(uid, sandbox.id, forget)
    else forget()
  }
}
