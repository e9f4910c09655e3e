import { CLOUD } from '../actors/cloud/cloud.ts'
import type { ClusterAutoscalerOptions } from '../actors/cluster-autoscaler/options.ts'
import { clusterAutoscalerId, clusterAutoscalerProcess } from '../actors/cluster-autoscaler/process.ts'
import {
  VPA_ADMISSION,
  VPA_WEBHOOK_URL,
  vpaAdmissionProcess,
} from '../actors/vertical-pod-autoscaler/admission-controller.ts'
import { vpaProcesses } from '../actors/vertical-pod-autoscaler/process.ts'
import { INSTALLER, installerProcess } from '../actors/dra/installer.ts'
import { SchedulingSimulation } from '../actors/scheduler/simulation.ts'
import type { ActorId, Micros } from '../events/envelope.ts'
import { seconds } from '../events/time.ts'
import type { Cursor } from '../kubernetes/view.ts'
import type { ResolvedAddons } from './addon-options.ts'
import type { NodeGround } from './nodes.ts'

/** Add-ons come when the control plane is there. */
const INSTALLED_AFTER: Micros = seconds(3)

/** Puts add-ons on the control-plane machines: an instance on each, of which one leads. */
export const addAddons = (ground: NodeGround, addons: ResolvedAddons): void => {
  const { clusterAutoscaler, verticalPodAutoscaler, deviceDriver } = addons
  if (deviceDriver !== undefined && deviceDriver.deviceClass !== '') {
    const { kernel, objects, servers } = ground
    const cursor = (): Cursor => objects.createCursor(INSTALLER)
    const shared = { host: 'cp-1', servers, cursor, read: objects.read }
    kernel.machines.addProcess(installerProcess({ shape: deviceDriver, ...shared }), INSTALLED_AFTER)
  }
  for (let instance = 0; instance < ground.options.controlPlane; instance++) {
    if (clusterAutoscaler !== undefined) addClusterAutoscaler(ground, clusterAutoscaler, instance)
    if (verticalPodAutoscaler === true) addVerticalPodAutoscaler(ground, instance)
  }
}

/** Admission webhooks that add-ons answer, for the API servers. */
export const addonWebhooks = ({ verticalPodAutoscaler }: ResolvedAddons = {}): ReadonlyMap<string, ActorId> =>
  new Map(verticalPodAutoscaler === true ? [[VPA_WEBHOOK_URL, VPA_ADMISSION]] : [])

const addVerticalPodAutoscaler = ({ kernel, objects, servers }: NodeGround, instance: number): void => {
  const cursor = (id: ActorId): Cursor => objects.createCursor(id)
  const parts = { host: `cp-${instance + 1}`, servers, read: objects.read }
  for (const spec of vpaProcesses({ ...parts, instance, cursor })) kernel.machines.addProcess(spec, INSTALLED_AFTER)
  // One answers; the API goes on without it.
  if (instance === 0) {
    kernel.machines.addProcess(vpaAdmissionProcess({ ...parts, cursor: () => cursor(VPA_ADMISSION) }), INSTALLED_AFTER)
  }
}

const addClusterAutoscaler = (
  { kernel, objects, servers }: NodeGround,
  options: ClusterAutoscalerOptions,
  instance: number,
): void => {
  const cursor = (): Cursor => objects.createCursor(clusterAutoscalerId(instance))
  // Which kube-scheduler it thinks with is said here, as upstream says it by linking one.
  const simulator = {
    kinds: SchedulingSimulation.kinds,
    create: (view: ConstructorParameters<typeof SchedulingSimulation>[0]) => new SchedulingSimulation(view),
  }
  kernel.machines.addProcess(
    clusterAutoscalerProcess({
      ...{ instance, host: `cp-${instance + 1}`, servers, cursor, read: objects.read },
      ...{ options, cloud: CLOUD, simulator },
    }),
    INSTALLED_AFTER,
  )
}
