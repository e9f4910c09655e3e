/**
 * What others ask about a Pod.
 *
 * Source: pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go (v1.36).
 */
import type { Micros } from '../events/envelope.ts'
import type { Container, ContainerStatus } from './types/container.ts'
import type { Pod, PodCondition } from './types/pod.ts'
import { findCondition } from './conditions.ts'
import { parseTime } from './time.ts'

export const podCondition = (pod: Pod, type: string): PodCondition | undefined =>
  findCondition(pod.status?.conditions, type)

export const isReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True'

/** Succeeded or Failed: its containers have stopped for good. */
export const isTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Its deletion was asked for. */
export const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined

/** Counts for its controller: neither finished nor on the way out. Source: controller_utils.go, IsPodActive. */
export const isActive = (pod: Pod): boolean => !isTerminal(pod) && !isTerminating(pod)

export const isScheduled = (pod: Pod): boolean => pod.spec.nodeName !== undefined && pod.spec.nodeName !== ''

/** A static Pod's image in the API. Source: pkg/kubelet/types/pod_update.go, ConfigMirrorAnnotationKey. */
export const isMirrorPod = (pod: Pod): boolean =>
  pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined

/**
 * Ready for at least `minReadySeconds` at `now`. Ready times are whole seconds, so this may come true up to a second early,
 * as upstream. Source: pkg/api/v1/pod/util.go, IsPodAvailable.
 */
export function isAvailable(pod: Pod, minReadySeconds: number, now: Micros): boolean {
  const since = readySince(pod)
  if (since === undefined) return false
  return minReadySeconds === 0 || since + minReadySeconds * 1_000_000 <= now
}

/** When a ready Pod becomes available, or undefined while it isn't ready. */
export function availableAt(pod: Pod, minReadySeconds: number): Micros | undefined {
  const since = readySince(pod)
  return since === undefined ? undefined : since + minReadySeconds * 1_000_000
}

/** Since when it has been ready; undefined where it isn't. */
export function readySince(pod: Pod): Micros | undefined {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return undefined
  return ready.lastTransitionTime === undefined ? 0 : (parseTime(ready.lastTransitionTime) ?? 0)
}

export function containerStatus(pod: Pod, name: string): ContainerStatus | undefined {
  return pod.status?.containerStatuses?.find((status) => status.name === name)
}

/** A restartable init container. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'

/** Restarts over all containers. */
export const restartCount = (pod: Pod): number =>
  (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + status.restartCount, 0)

/** Priority as admission wrote it; 0 where it didn't. */
export const podPriority = (pod: Pod): number => pod.spec.priority ?? 0

/** Every container of a Pod, of whichever list. */
export const allContainers = ({ spec }: Pod): readonly Container[] => [
  ...spec.containers,
  ...(spec.initContainers ?? []),
  ...(spec.ephemeralContainers ?? []),
]
