import type { ActorId, Micros } from '../../events/envelope.ts'
import { actorOf } from '../../engine/actor.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import type { KubeletOptions } from './config.ts'
import { Kubelet } from './kubelet.ts'

/** systemd waits this long before it starts a kubelet again. Source: kubernetes/release, kubelet.service (RestartSec=10). */
const RESTART: Micros = 10_000_000

export const kubeletId = (node: string): ActorId => `kubelet/${node}`

/**
 * A node's kubelet as the kernel hosts it. On disk it keeps what it has granted its Pods; all else it knows after a restart
 * from the API server and the container runtime.
 * Abridged: no static Pods, no eviction, no image or container garbage collection, no resource managers, no ephemeral
 * containers, no service-account tokens, volumes only as far as ConfigMaps and Secrets.
 */
export const kubeletProcess = (options: KubeletOptions): ProcessSpec => {
  const id = kubeletId(options.node.name)
  return {
    id,
    host: options.node.name,
    restartDelay: RESTART,
    boot: () => new Map([[id, actorOf((context) => new Kubelet(options, context))]]),
  }
}
