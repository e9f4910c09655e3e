import { rfc3339 } from '../../../kubernetes/time.ts'
import { imageReference, normalizedImage } from '../../../kubernetes/workload/images.ts'
import { cpuMillis } from '../../../kubernetes/quantity.ts'
import type {
  Container,
  ContainerState,
  ContainerStatus,
  ResourceRequirements,
} from '../../../kubernetes/types/container.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ActualResources } from '../pods/resize.ts'
import { isToBeStarted } from '../pods/restart.ts'
import { withMembers } from '../../../kubernetes/with-members.ts'
import { instanceOf, type PodState, type RuntimeContainer } from '../runtime/pod-state.ts'

/** Why a container that should run does not. */
export interface WaitingReason {
  readonly reason: string
  readonly message?: string
}

export interface ContainersInput {
  readonly pod: Pod
  readonly state: PodState
  /** Why the last try to start a container failed. */
  readonly waitingReason: (container: string) => WaitingReason | undefined
  /** What running containers have, of Pods that were resized. */
  readonly actual?: ActualResources
}

const NONE: readonly Container[] = []

const LOST_END = {
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was deleted.  The container used to be Running',
  exitCode: 137,
}

/**
 * Statuses of the regular or of the ephemeral containers by name, or of the init containers in their order.
 * Source: pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses (v1.36).
 * Abridged: no `user`, no `stopSignal`.
 */
export const containerStatuses = (
  input: ContainersInput,
  previous: readonly ContainerStatus[] | undefined,
  kind: 'regular' | 'init' | 'ephemeral',
): readonly ContainerStatus[] => {
  const { spec } = input.pod
  const containers =
    kind === 'regular' ? spec.containers : ((kind === 'init' ? spec.initContainers : spec.ephemeralContainers) ?? NONE)
  const statuses = containers.map((container) => {
    const before = previous?.find(({ name }) => name === container.name)
    return statusOf(input, container, before, kind)
  })
  if (kind === 'init') return statuses
  return statuses.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

const statusOf = (
  input: ContainersInput,
  container: Container,
  previous: ContainerStatus | undefined,
  kind: 'regular' | 'init' | 'ephemeral',
): ContainerStatus => {
  const { pod, state } = input
  const instance = instanceOf(state, container.name)
  const status =
    instance === undefined ? unstarted(pod, container, previous) : started(input, container, instance, previous)
  const ended = instance?.end
  if (kind === 'init' && ended?.exitCode === 0) return status
  if (!isToBeStarted(pod, container, state)) return status
  const reason = input.waitingReason(container.name)
  if (reason === undefined) return status
  const lastState = status.state?.terminated === undefined ? status.lastState : status.state
  return withMembers(status, { lastState, state: { waiting: reason } })
}

/** The runtime knows no instance: it has not been started yet, or its remains are gone. */
const unstarted = (pod: Pod, container: Container, previous: ContainerStatus | undefined): ContainerStatus => {
  if (previous?.state?.terminated !== undefined) return previous
  const reason = (pod.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating'
  const wasRunning = previous?.state?.running !== undefined && previous.lastState?.terminated === undefined
  const restarts = wasRunning && pod.metadata.deletionTimestamp === undefined ? 1 : 0
  return {
    name: container.name,
    state: { waiting: { reason } },
    lastState: wasRunning ? { terminated: LOST_END } : (previous?.lastState ?? {}),
    ready: false,
    restartCount: (previous?.restartCount ?? 0) + restarts,
    image: container.image ?? '',
    imageID: '',
    started: false,
    volumeMounts: volumeMounts(container),
  }
}

const started = (
  { state, actual }: ContainersInput,
  container: Container,
  instance: RuntimeContainer,
  previous: ContainerStatus | undefined,
): ContainerStatus => {
  const before = state.containers.find((other) => other.name === container.name && other !== instance)
  return {
    name: container.name,
    state: stateOf(instance),
    lastState: before === undefined ? (previous?.lastState ?? {}) : stateOf(before),
    ready: false,
    restartCount: instance.restartCount,
    image: normalizedImage(instance.image),
    imageID: imageReference(instance.image),
    containerID: containerID(instance.id),
    started: false,
    allocatedResources: container.resources?.requests,
    resources: shownResources(container.resources ?? NOTHING, instance, actual?.(container.name, instance)),
    volumeMounts: volumeMounts(container),
  }
}

const NOTHING: ResourceRequirements = {}

/** What the kernel makes of smaller amounts is the same for all, so the status keeps what was granted. Source: pkg/kubelet/cm/helpers_linux.go. */
const MIN_LIMIT_MILLI_CPU = 10
const MIN_REQUEST_MILLI_CPU = 2

/**
 * What was granted; of a running container what the runtime says that it has, where it can say it: nobody enforces a request
 * for memory. Source: pkg/kubelet/kubelet_pods.go, convertContainerStatusResources (v1.36).
 */
const shownResources = (
  { limits, requests }: ResourceRequirements,
  { end }: RuntimeContainer,
  has: ResourceRequirements | undefined,
): ResourceRequirements => {
  if (has === undefined || end !== undefined) return { limits, requests }
  return {
    limits: limits && {
      ...limits,
      ...enforced('cpu', limits, has.limits, MIN_LIMIT_MILLI_CPU),
      ...enforced('memory', limits, has.limits, 0),
    },
    requests: requests && { ...requests, ...enforced('cpu', requests, has.requests, MIN_REQUEST_MILLI_CPU) },
  }
}

const enforced = (name: string, granted: ResourceList, has: ResourceList | undefined, least: number): ResourceList => {
  const amount = has?.[name]
  if (amount === undefined) return NO_LIST
  const areSmall = name === 'cpu' && cpuMillis(amount) <= least && cpuMillis(granted[name] ?? '0') <= least
  return areSmall ? NO_LIST : { [name]: amount }
}

const NO_LIST: ResourceList = {}

export const containerID = (id: string): string => `containerd://${id}`

const stateOf = ({ id, startedAt, end }: RuntimeContainer): ContainerState =>
  end === undefined
    ? { running: { startedAt: rfc3339(startedAt) } }
    : {
        terminated: {
          exitCode: end.exitCode,
          reason: end.reason,
          startedAt: rfc3339(startedAt),
          finishedAt: rfc3339(end.finishedAt),
          containerID: containerID(id),
        },
      }

const mounts = new WeakMap<Container, ContainerStatus['volumeMounts']>()

const volumeMounts = (container: Container): ContainerStatus['volumeMounts'] => {
  if (container.volumeMounts === undefined) return undefined
  const known = mounts.get(container)
  if (known !== undefined) return known
  const made = container.volumeMounts.map(({ name, mountPath, readOnly }) =>
    readOnly === true ? { mountPath, name, readOnly, recursiveReadOnly: 'Disabled' } : { mountPath, name },
  )
  mounts.set(container, made)
  return made
}
