import type { ResourceRequirements } from '../../../kubernetes/types/container.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'
import type { Pod, PodPhase, PodSpec, PodStatus } from '../../../kubernetes/types/pod.ts'
import { podLimitList, podRequestList } from '../../../kubernetes/resources.ts'

interface PodLevel {
  readonly allocatedResources: ResourceList | undefined
  readonly resources: ResourceRequirements
}

const bySpec = new WeakMap<PodSpec, PodLevel>()

/** The sums of a Pod. */
const given = (pod: Pod): PodLevel => {
  const known = bySpec.get(pod.spec)
  if (known !== undefined) return known
  const requests = podRequestList({ ...pod, status: undefined })
  const limits = podLimitList(pod)
  const made: PodLevel = {
    allocatedResources: isEmpty(requests) ? undefined : requests,
    resources: { ...(isEmpty(limits) ? {} : { limits }), ...(isEmpty(requests) ? {} : { requests }) },
  }
  bySpec.set(pod.spec, made)
  return made
}

const isEmpty = (list: ResourceList): boolean => Object.keys(list).length === 0

/**
 * `allocatedResources` and `resources` of a Pod's status: what it was granted, and what its control group has.
 *
 * While the worker's version of the Pod still shows Running and the Pod has ended, upstream reads a cgroup that is gone: the requests and limits
 * drop out of the status, all but those for memory. That is what the last patch before the deletion of a Pod is for.
 * Source: pkg/kubelet/kubelet_pods.go, convertToAPIPodLevelResourcesStatus (v1.36, InPlacePodLevelResourcesVerticalScaling).
 */
export const podLevelResources = (
  pod: Pod,
  actual: Pod,
  previous: PodStatus | undefined,
  seenPhase: PodPhase | undefined,
): Pick<PodStatus, keyof PodLevel> => {
  const { allocatedResources } = given(pod)
  const { resources } = given(actual)
  const hasLostCgroup = seenPhase === 'Running' && previous !== undefined && previous.phase !== 'Running'
  if (!hasLostCgroup) return { allocatedResources, resources }
  const { memory } = resources.requests ?? {}
  return { allocatedResources, resources: memory === undefined ? {} : { requests: { memory } } }
}
