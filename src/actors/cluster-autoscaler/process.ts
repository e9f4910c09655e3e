import type { ActorId, Micros } from '../../events/envelope.ts'
import { bootComponent } from '../../engine/client/component.ts'
import type { ClientLimits } from '../../engine/client/controller.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { seconds } from '../../events/time.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { clusterAutoscaler, type ClusterAutoscalerParts } from './cluster-autoscaler.ts'

export interface ClusterAutoscalerProcessOptions extends ClusterAutoscalerParts {
  readonly instance: number
  readonly host: string
  readonly servers: readonly ActorId[]
  readonly cursor: () => Cursor
  readonly read: ReadObject
}

const RESTART: Micros = seconds(2)
/** Source: cluster-autoscaler/config/flags/flags.go, kube-client-qps and kube-client-burst (v1.36). */
const LIMITS: ClientLimits = { qps: 5, burst: 10 }
const NAME = 'cluster-autoscaler'

export const clusterAutoscalerId = (instance: number): ActorId => `${NAME}/${instance}`

/** cluster-autoscaler behind its election. Abridged: a process of a control-plane machine, not a Pod. */
export const clusterAutoscalerProcess = (options: ClusterAutoscalerProcessOptions): ProcessSpec => ({
  id: clusterAutoscalerId(options.instance),
  host: options.host,
  restartDelay: RESTART,
  boot: () => bootComponent({ ...options, name: `${NAME}`, controllers: [clusterAutoscaler(options)], limits: LIMITS }),
})
