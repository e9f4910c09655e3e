import { rfc3339 } from '../../../kubernetes/time.ts'
import { imageReference, normalizedImage } from '../../../kubernetes/workload/images.ts'
import type { Container, ContainerState, ContainerStatus } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
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
    instance === undefined ? unstarted(pod, container, previous) : started(state, container, instance, previous)
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
  state: PodState,
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
    resources: { limits: container.resources?.limits, requests: container.resources?.requests },
    volumeMounts: volumeMounts(container),
  }
}

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
