import { DEFAULT_OPTIONS, type ClusterAutoscalerOptions } from '../actors/cluster-autoscaler/options.ts'
import { DEFAULT_DEVICE_DRIVER, DEVICES_MAX, type DeviceDriverShape } from '../actors/dra/shape.ts'
import type { CloudSpec } from './cloud-options.ts'

/** Programs beside Kubernetes' own; `{}` for upstream's settings, absent for none. */
export interface AddonSpec {
  /** Needs a cloud with node groups. Its flags, by their names. */
  readonly clusterAutoscaler?: Partial<ClusterAutoscalerOptions>
  /** VerticalPodAutoscalers, with their definition, recommender, updater and admission webhook. */
  readonly verticalPodAutoscaler?: boolean
  /** Devices on nodes, for ResourceClaims, with the driver that offers them: `{ driver: 'gpu.example.com', perNode: 2 }`. */
  readonly deviceDriver?: Partial<DeviceDriverShape>
}

export interface ResolvedAddons {
  readonly clusterAutoscaler?: ClusterAutoscalerOptions
  readonly verticalPodAutoscaler?: true
  readonly deviceDriver?: DeviceDriverShape
}

/** @throws Error when an add-on lacks what it works on. */
export const resolveAddons = (
  { clusterAutoscaler, verticalPodAutoscaler = false, deviceDriver }: AddonSpec,
  cloud: CloudSpec | undefined,
): ResolvedAddons => {
  if (clusterAutoscaler !== undefined && cloud === undefined) {
    throw new Error('addons.clusterAutoscaler: there is no cloud that has node groups; say so in `cloud`')
  }
  return {
    ...(clusterAutoscaler === undefined ? {} : { clusterAutoscaler: { ...DEFAULT_OPTIONS, ...clusterAutoscaler } }),
    ...(verticalPodAutoscaler ? { verticalPodAutoscaler: true } : {}),
    ...(deviceDriver === undefined ? {} : { deviceDriver: resolveDriver(deviceDriver) }),
  }
}

const resolveDriver = (given: Partial<DeviceDriverShape>): DeviceDriverShape => {
  const shape = { ...DEFAULT_DEVICE_DRIVER, ...given }
  if (!Number.isInteger(shape.perNode) || shape.perNode < 0 || shape.perNode > DEVICES_MAX) {
    throw new Error(`addons.deviceDriver.perNode: a node has 0 to ${DEVICES_MAX} devices, not ${shape.perNode}`)
  }
  // The class bears the driver's name where nobody gives it another.
  return given.deviceClass === undefined ? { ...shape, deviceClass: shape.driver } : shape
}
