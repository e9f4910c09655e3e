import { queueKey, type QueuedPod } from './queued-pod.ts'

/** Rejected Pods that wait for an event, found by key and by who rejected them: an event then costs those it may help. */
export class UnschedulablePods {
  private readonly byKey = new Map<string, QueuedPod>()
  private readonly byPlugin = new Map<string, Set<QueuedPod>>()

  get size(): number {
    return this.byKey.size
  }

  has(key: string): boolean {
    return this.byKey.has(key)
  }

  get(key: string): QueuedPod | undefined {
    return this.byKey.get(key)
  }

  values(): Iterable<QueuedPod> {
    return this.byKey.values()
  }

  /** Also to be called when the plugins to blame have changed. */
  put(pod: QueuedPod): void {
    this.byKey.set(queueKey(pod), pod)
    for (const plugin of pod.unschedulablePlugins) this.setOf(plugin).add(pod)
    for (const plugin of pod.pendingPlugins) this.setOf(plugin).add(pod)
  }

  delete(key: string): void {
    const pod = this.byKey.get(key)
    if (pod === undefined) return
    this.byKey.delete(key)
    for (const plugin of pod.unschedulablePlugins) this.byPlugin.get(plugin)?.delete(pod)
    for (const plugin of pod.pendingPlugins) this.byPlugin.get(plugin)?.delete(pod)
  }

  /** Each Pod once, by plugin and then in order of arrival. A copy: the Pods may be moved on while it is walked. */
  rejectedBy(plugins: Iterable<string>): readonly QueuedPod[] {
    const found = new Set<QueuedPod>()
    for (const plugin of plugins) for (const pod of this.byPlugin.get(plugin) ?? NOBODY) found.add(pod)
    return [...found]
  }

  private setOf(plugin: string): Set<QueuedPod> {
    let pods = this.byPlugin.get(plugin)
    if (pods === undefined) this.byPlugin.set(plugin, (pods = new Set()))
    return pods
  }
}

const NOBODY: readonly QueuedPod[] = []
