import type { ActorId, Micros } from '../../events/envelope.ts'
import { bootComponent } from '../../engine/client/component.ts'
import type { ClientLimits, Controller } from '../../engine/client/controller.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { seconds } from '../../events/time.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { vpaInstaller } from './installer.ts'
import { vpaRecommender } from './recommender.ts'
import { vpaUpdater } from './updater.ts'

export interface VPAProcessOptions {
  readonly instance: number
  readonly host: string
  readonly servers: readonly ActorId[]
  readonly cursor: (id: ActorId) => Cursor
  readonly read: ReadObject
}

const RESTART: Micros = seconds(2)
/** Source: pkg/recommender/main.go and pkg/updater/main.go, kube-api-qps and kube-api-burst (VPA 1.5). */
const LIMITS: ClientLimits = { qps: 50, burst: 100 }

/**
 * The recommender and the updater, each behind its election. Abridged: processes of a control-plane machine, not Pods; what
 * `kubectl apply` would install comes with the recommender.
 */
export const vpaProcesses = (options: VPAProcessOptions): readonly ProcessSpec[] => [
  program('vpa-recommender', [vpaInstaller, vpaRecommender], options),
  program('vpa-updater', [vpaUpdater], options),
]

const program = (
  name: string,
  controllers: readonly Controller[],
  { instance, host, servers, cursor, read }: VPAProcessOptions,
): ProcessSpec => {
  const id: ActorId = `${name}/${instance}`
  return {
    id,
    host,
    restartDelay: RESTART,
    boot: () => bootComponent({ name, instance, servers, controllers, limits: LIMITS, cursor: () => cursor(id), read }),
  }
}
