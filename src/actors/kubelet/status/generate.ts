import type { Micros } from '../../../events/envelope.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'
import { qosOf } from '../../../kubernetes/qos.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { ContainerStatus } from '../../../kubernetes/types/container.ts'
import type { Pod, PodCondition, PodPhase, PodStatus } from '../../../kubernetes/types/pod.ts'
import { withMembers } from '../../../kubernetes/with-members.ts'
import { resizeConditions, type Resizing } from '../allocation/conditions.ts'
import type { ActualResources } from '../pods/resize.ts'
import { instanceOf, type PodState } from '../runtime/pod-state.ts'
import { KUBELET_CONDITIONS, kubeletConditions } from './conditions.ts'
import { containerStatuses, type WaitingReason } from './containers.ts'
import { phaseOf } from './phase.ts'
import { podLevelResources } from './resources.ts'

/** Whether a container counts as started and as ready, as its probes have it. */
export interface Health {
  readonly started: boolean
  readonly ready: boolean
}

export interface StatusInput {
  readonly pod: Pod
  readonly state: PodState
  /** What was last generated, or what the API shows. */
  readonly previous: PodStatus | undefined
  /** The phase in the version of the Pod that its worker goes by. */
  readonly seenPhase: PodPhase | undefined
  /** No container will be started again. */
  readonly isTerminal: boolean
  readonly nodeIP: string
  readonly now: Micros
  readonly waitingReason: (container: string) => WaitingReason | undefined
  readonly health: (container: string, status: ContainerStatus) => Health
  readonly resizing?: Resizing
  /** What running containers have, of Pods that were resized. */
  readonly actual?: ActualResources
  /** The Pod with what its containers have. */
  readonly actualPod?: Pod
}

/**
 * The status of a Pod, made from what the runtime shows. A member without a value is there as `undefined`: objects of one
 * shape are made and compared many times faster. Source: pkg/kubelet/kubelet_pods.go, generateAPIPodStatus (v1.36).
 */
export const generateStatus = (input: StatusInput): PodStatus => {
  const { pod, state, previous, isTerminal, nodeIP } = input
  const statuses = withHealth(input, containerStatuses(input, previous?.containerStatuses, 'regular'))
  const initStatuses = withHealth(input, containerStatuses(input, previous?.initContainerStatuses, 'init'))
  // Nobody probes an ephemeral container: it is never ready, and whether it has started is not said.
  const ephemeralStatuses =
    pod.spec.ephemeralContainers === undefined
      ? undefined
      : containerStatuses(input, previous?.ephemeralContainerStatuses, 'ephemeral').map(unprobed)
  const isInitialized = pod.spec.containers.some(({ name }) => instanceOf(state, name) !== undefined)
  const all = initStatuses.length === 0 ? statuses : [...statuses, ...initStatuses]
  const computed = phaseOf({ pod, statuses: all, isTerminal, isInitialized })
  const phase = keptPhase(computed, previous?.phase, pod.status?.phase)
  const samePhase = phase === previous?.phase
  // An address stays in the status after its sandbox is gone. Source: pkg/kubelet/pleg/generic.go, getPodIPs.
  const isOver = previous?.phase === 'Succeeded' || previous?.phase === 'Failed'
  const ip = state.sandbox?.ip ?? (pod.spec.hostNetwork === true ? nodeIP : isOver ? previous?.podIP : undefined)
  const { allocatedResources, resources } = podLevelResources(pod, input.actualPod ?? pod, previous, input.seenPhase)
  return {
    observedGeneration: pod.metadata.generation,
    phase,
    conditions: conditionsOf(input, { phase, statuses, initStatuses }),
    message: samePhase ? (previous?.message ?? pod.status?.message) : undefined,
    reason: samePhase ? (previous?.reason ?? pod.status?.reason) : undefined,
    hostIP: nodeIP,
    hostIPs: [{ ip: nodeIP }],
    podIP: ip,
    podIPs: ip === undefined ? undefined : [{ ip }],
    startTime: previous?.startTime ?? pod.status?.startTime ?? rfc3339(input.now),
    initContainerStatuses: initStatuses.length === 0 ? undefined : initStatuses,
    containerStatuses: statuses,
    ephemeralContainerStatuses: ephemeralStatuses,
    qosClass: qosOf(pod),
    allocatedResources,
    resources,
  }
}

const withHealth = (input: StatusInput, statuses: readonly ContainerStatus[]): readonly ContainerStatus[] =>
  statuses.map((status) => withMembers(status, input.health(status.name, status)))

const unprobed = (status: ContainerStatus): ContainerStatus => withMembers(status, { started: undefined })

/** A terminal phase is never left. */
const keptPhase = (computed: PodPhase, ...known: readonly (PodPhase | undefined)[]): PodPhase =>
  known.find((phase) => phase === 'Succeeded' || phase === 'Failed') ?? computed

interface Generated {
  readonly phase: PodPhase
  readonly statuses: readonly ContainerStatus[]
  readonly initStatuses: readonly ContainerStatus[]
}

const conditionsOf = (input: StatusInput, generated: Generated): readonly PodCondition[] => {
  const { pod, state, previous } = input
  const others = (pod.status?.conditions ?? []).filter(({ type }) => !KUBELET_CONDITIONS.has(type))
  const { phase, statuses, initStatuses } = generated
  const hasSandbox = state.sandbox?.ready === true
  const own = kubeletConditions({ pod, phase, statuses, initStatuses, others, hasSandbox })
  const observedGeneration = pod.metadata.generation
  const known = previous?.conditions ?? pod.status?.conditions
  const isOver = phase === 'Succeeded' || phase === 'Failed'
  const conditions = isOver || input.resizing === undefined ? others : [...others, ...resizeConditions(input.resizing)]
  for (const { type, status, reason, message } of own) {
    const before = findCondition(known, type)
    const kept = before?.status === status ? before.lastTransitionTime : undefined
    const lastTransitionTime = kept ?? rfc3339(input.now)
    conditions.push({ type, status, reason, message, observedGeneration, lastProbeTime: null, lastTransitionTime })
  }
  return conditions
}

const UNLOCATED = {
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
  exitCode: 137,
}

/**
 * The last status of a Pod: whatever was not seen to end is reported as failed.
 * Source: pkg/kubelet/status/status_manager.go, TerminatePod (v1.36).
 */
export const finalStatus = (pod: Pod, status: PodStatus): PodStatus => {
  const isInitialized = (pod.spec.initContainers ?? []).length === 0 || status.containerStatuses?.some(hasRun) === true
  const end = (one: ContainerStatus): ContainerStatus =>
    one.state?.terminated === undefined ? { ...one, ready: false, state: { terminated: UNLOCATED } } : one
  const phase = status.phase === 'Succeeded' || status.phase === 'Failed' ? status.phase : 'Failed'
  const init = status.initContainerStatuses ?? []
  const lastRun = init.findLastIndex(hasRun)
  return {
    ...status,
    phase,
    ...(isInitialized ? { containerStatuses: status.containerStatuses?.map(end) } : {}),
    ...(init.length === 0 ? {} : { initContainerStatuses: init.map((one, i) => (i <= lastRun ? end(one) : one)) }),
  }
}

const hasRun = ({ state, lastState }: ContainerStatus): boolean =>
  state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined

/** A Pod that the node does not take. Source: pkg/kubelet/kubelet.go, rejectPod (v1.36). */
export const rejectedStatus = (pod: Pod, reason: string, message: string, now: Micros): PodStatus => ({
  ...given('observedGeneration', pod.metadata.generation),
  phase: 'Failed',
  conditions: (pod.status?.conditions ?? []).filter(({ type }) => !KUBELET_CONDITIONS.has(type)),
  reason,
  message: `Pod was rejected: ${message}`,
  startTime: pod.status?.startTime ?? rfc3339(now),
  qosClass: qosOf(pod),
})

const given = (member: string, what: unknown): Readonly<Record<string, unknown>> =>
  what === undefined ? {} : { [member]: what }
