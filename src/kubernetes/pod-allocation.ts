/**
 * What a node has granted a Pod, beside what the Pod asks for: the two differ while a resize is pending.
 * Source: pkg/kubelet/allocation/allocation_manager.go, allocationFromPod and updatePodFromAllocation (v1.36).
 */
import { compareQuantities } from './quantity.ts'
import type { Container, ResourceRequirements } from './types/container.ts'
import type { ResourceList } from './types/meta.ts'
import type { Pod, PodSpec } from './types/pod.ts'
import { withMembers } from './with-members.ts'

/** Plain data: kubelets write it to their disks. */
export interface PodAllocation {
  /** Of the Pod as a whole, where its spec has them. */
  readonly pod?: ResourceRequirements
  /** By container, init containers among them. */
  readonly containers: Readonly<Record<string, ResourceRequirements>>
}

const NOTHING: ResourceRequirements = {}
/** Of Pods that ask for nothing. They cannot be resized, for it would change their class. */
export const NO_ALLOCATION: PodAllocation = { containers: {} }

/** What a spec asks for, as a grant. */
export const allocationOf = (spec: PodSpec): PodAllocation => {
  let containers: Record<string, ResourceRequirements> | undefined
  for (const { name, resources } of [...spec.containers, ...(spec.initContainers ?? NONE)]) {
    if (resources !== undefined && !asksForNothing(resources)) (containers ??= {})[name] = resources
  }
  if (spec.resources === undefined) return containers === undefined ? NO_ALLOCATION : { containers }
  return { pod: spec.resources, containers: containers ?? {} }
}

/** What a Pod's status says that it was granted; undefined if it does not say it of all containers. */
export const allocationShown = ({ spec, status }: Pod): PodAllocation | undefined => {
  const shown = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
  const containers: Record<string, ResourceRequirements> = {}
  for (const { name, resources } of [...spec.containers, ...(spec.initContainers ?? NONE)]) {
    const one = shown.find((container) => container.name === name)
    if (one?.resources === undefined) return undefined
    const { limits } = one.resources
    const granted = { ...resources, requests: one.allocatedResources, limits }
    if (!asksForNothing(granted)) containers[name] = granted
  }
  if (spec.resources !== undefined) return { pod: spec.resources, containers }
  return Object.keys(containers).length === 0 ? NO_ALLOCATION : { containers }
}

/** The Pod with what it was granted in place of what it asks for; the same object where that is the same. */
export const withAllocation = (pod: Pod, { pod: podLevel, containers: granted }: PodAllocation): Pod => {
  const { spec } = pod
  const grant = (container: Container): Container => {
    const resources = granted[container.name] ?? NOTHING
    return sameResources(container.resources, resources) ? container : withMembers(container, { resources })
  }
  const containers = mapped(spec.containers, grant)
  const initContainers = mapped(spec.initContainers, grant)
  const isSamePodLevel = sameResources(spec.resources, podLevel)
  if (containers === spec.containers && initContainers === spec.initContainers && isSamePodLevel) return pod
  const changed: { -readonly [K in keyof PodSpec]?: PodSpec[K] } = { containers: containers ?? [] }
  if (initContainers !== undefined) changed.initContainers = initContainers
  if (!isSamePodLevel) changed.resources = podLevel
  return withMembers(pod, { spec: withMembers(spec, changed) })
}

/** Whether two amounts of everything are the same, however they are written. */
export const sameResources = (a: ResourceRequirements | undefined, b: ResourceRequirements | undefined): boolean =>
  a === b || (sameList(a?.requests, b?.requests) && sameList(a?.limits, b?.limits))

const sameList = (a: ResourceList | undefined, b: ResourceList | undefined): boolean => {
  if (a === b) return true
  const names = Object.keys(a ?? NO_LIST)
  if (names.length !== Object.keys(b ?? NO_LIST).length) return false
  return names.every((name) => sameQuantity(a?.[name], b?.[name]))
}

const NO_LIST: ResourceList = {}

/** An absent quantity is only the same as an absent one. */
const sameQuantity = (a: string | undefined, b: string | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && compareQuantities(a, b) === 0)

const NONE: readonly Container[] = []

const asksForNothing = ({ requests, limits }: ResourceRequirements): boolean =>
  Object.keys(requests ?? NO_LIST).length === 0 && Object.keys(limits ?? NO_LIST).length === 0

/** The same list where nothing changes. */
function mapped(
  containers: readonly Container[] | undefined,
  change: (container: Container) => Container,
): readonly Container[] | undefined {
  const changed = containers?.map(change)
  return changed?.some((container, i) => container !== containers?.[i]) === true ? changed : containers
}
