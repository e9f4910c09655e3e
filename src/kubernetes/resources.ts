/**
 * What a Pod asks of a node: the numbers behind scheduling, admission by the kubelet and quotas.
 *
 * Source: component-helpers/resource/helpers.go; pkg/scheduler/framework/types.go; pkg/scheduler/util/pod_resources.go (v1.36).
 */
import type { Container } from './types/container.ts'
import type { ResourceList } from './types/meta.ts'
import type { Pod, PodSpec } from './types/pod.ts'
import type { Draft } from './draft.ts'
import { addQuantities, compareQuantities, cpuMillis, value } from './quantity.ts'

/** Integers by resource. Immutable once handed out. */
export interface Resources {
  /** Thousandths of a core. */
  readonly milliCPU: number
  /** Bytes. */
  readonly memory: number
  /** Bytes. */
  readonly ephemeralStorage: number
  /** Number of Pods that fit; only a node's amounts have it. */
  readonly pods: number
  /** Everything else (`hugepages-2Mi`, `example.com/gpu`), in whole units. */
  readonly scalars: ReadonlyMap<string, number>
}

const NO_SCALARS: ReadonlyMap<string, number> = new Map()
export const NO_RESOURCES: Resources = { milliCPU: 0, memory: 0, ephemeralStorage: 0, pods: 0, scalars: NO_SCALARS }

/** What a container without a request counts for in scores. Source: pkg/scheduler/util/pod_resources.go. */
export const DEFAULT_MILLI_CPU_REQUEST = 100
/** Bytes: 200 MiB. */
export const DEFAULT_MEMORY_REQUEST = 200 * 1024 * 1024

const MISSING_CPU = `${DEFAULT_MILLI_CPU_REQUEST}m`
const MISSING_MEMORY = `${DEFAULT_MEMORY_REQUEST}`

/** The integers of a list, as of a node's `status.allocatable`. */
export function resourcesOf(list: ResourceList | undefined): Resources {
  if (list === undefined) return NO_RESOURCES
  let scalars: Map<string, number> | undefined
  let milliCPU = 0
  let memory = 0
  let ephemeralStorage = 0
  let pods = 0
  for (const name of Object.keys(list)) {
    const amount = list[name] ?? '0'
    if (name === 'cpu') milliCPU = cpuMillis(amount)
    else if (name === 'memory') memory = value(amount)
    else if (name === 'ephemeral-storage') ephemeralStorage = value(amount)
    else if (name === 'pods') pods = value(amount)
    else (scalars ??= new Map()).set(name, value(amount))
  }
  return { milliCPU, memory, ephemeralStorage, pods, scalars: scalars ?? NO_SCALARS }
}

export const addResources = (a: Resources, b: Resources): Resources => combine(a, b, 1)
/** `a` without `b`; a scalar that `a` lacks becomes negative. */
export const subtractResources = (a: Resources, b: Resources): Resources => combine(a, b, -1)

function combine(a: Resources, b: Resources, sign: 1 | -1): Resources {
  return {
    milliCPU: a.milliCPU + sign * b.milliCPU,
    memory: a.memory + sign * b.memory,
    ephemeralStorage: a.ephemeralStorage + sign * b.ephemeralStorage,
    pods: a.pods + sign * b.pods,
    scalars: combineScalars(a.scalars, b.scalars, sign),
  }
}

function combineScalars(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>, sign: 1 | -1) {
  if (b.size === 0) return a
  const sum = new Map(a)
  for (const [name, amount] of b) sum.set(name, (sum.get(name) ?? 0) + sign * amount)
  return sum
}

/** One resource's amount by its API name, in its own unit (thousandths for `cpu`). */
export function amountIn(resources: Resources, name: string): number {
  if (name === 'cpu') return resources.milliCPU
  if (name === 'memory') return resources.memory
  if (name === 'ephemeral-storage') return resources.ephemeralStorage
  if (name === 'pods') return resources.pods
  return resources.scalars.get(name) ?? 0
}

/** What a Pod asks for and what it counts for in scores. */
export interface PodRequests {
  readonly requests: Resources
  /** Containers without a CPU or memory request count 100m and 200 MiB here. */
  readonly nonZeroMilliCPU: number
  readonly nonZeroMemory: number
}

const requestsBySpec = new WeakMap<PodSpec, PodRequests>()

/**
 * A Pod's requests as the scheduler counts them. Computed once per spec unless the Pod's status tells of a resize.
 * Source: pkg/scheduler/framework/types.go, PodInfo.CalculateResource.
 */
export function podRequests(pod: Pod): PodRequests {
  const fromStatus = pod.status?.containerStatuses?.some((status) => status.resources !== undefined) ?? false
  if (fromStatus) return countRequests(pod)
  const known = requestsBySpec.get(pod.spec)
  if (known !== undefined) return known
  const counted = countRequests(pod)
  requestsBySpec.set(pod.spec, counted)
  return counted
}

function countRequests(pod: Pod): PodRequests {
  const requests = podRequestList(pod)
  const podLevel = Object.keys(pod.spec.resources?.requests ?? {}).some(isPodLevelResource)
  const missing: Record<string, string> = {}
  if (!podLevel || requests['cpu'] === undefined) missing['cpu'] = MISSING_CPU
  if (!podLevel || requests['memory'] === undefined) missing['memory'] = MISSING_MEMORY
  const nonZero = Object.keys(missing).length === 0 ? requests : podRequestList(pod, missing)
  return {
    requests: resourcesOf(requests),
    nonZeroMilliCPU: cpuMillis(nonZero['cpu'] ?? '0'),
    nonZeroMemory: value(nonZero['memory'] ?? '0'),
  }
}

/** What a Pod-level `resources` may name. Source: component-helpers/resource/helpers.go, SupportedPodLevelResources. */
export const isPodLevelResource = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

/**
 * Requests as quantities: the larger of (containers and sidecars together) and (any init container with the sidecars
 * started before it), Pod-level requests in their place, plus overhead. `missing` stands in for what a container leaves out.
 * Source: component-helpers/resource/helpers.go, PodRequests.
 */
export function podRequestList(pod: Pod, missing?: ResourceList): ResourceList {
  const total = setPodLevel(aggregate(pod.spec, requestsIn(pod, missing)), pod.spec.resources?.requests)
  accumulate(total, pod.spec.overhead)
  return total
}

/** What the containers of a spec ask for together, without Pod-level requests and overhead. */
export const containerRequestList = (spec: Draft<PodSpec>): ResourceList =>
  aggregate(spec, (container) => container.resources?.requests)

/** Limits as quantities, counted as requests are. Source: component-helpers/resource/helpers.go, PodLimits. */
export function podLimitList(pod: Pod): ResourceList {
  const limits = setPodLevel(
    aggregate(pod.spec, (container) => container.resources?.limits),
    pod.spec.resources?.limits,
  )
  // Overhead adds to a limit, it does not make one.
  for (const [name, amount] of Object.entries(pod.spec.overhead ?? {})) {
    const limit = limits[name]
    if (limit !== undefined) limits[name] = addQuantities(limit, amount)
  }
  return limits
}

/** Which of a container's amounts are counted. */
type AmountsOf = (container: Draft<Container>) => ResourceList | undefined

/** While a resize is under way, a container holds the most of what it has, was promised and asks for. */
function requestsIn(pod: Pod, missing: ResourceList | undefined): AmountsOf {
  const statuses = new Map(
    [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
      .filter((status) => status.resources !== undefined)
      .map((status) => [status.name, status]),
  )
  const infeasible = pod.status?.conditions?.some(
    ({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible',
  )
  return (container) => {
    const status = statuses.get(container.name ?? '')
    let requests: ResourceList = container.resources?.requests ?? {}
    if (status !== undefined) {
      const held: Record<string, string> = infeasible === true ? {} : { ...requests }
      maximise(held, status.resources?.requests)
      maximise(held, status.allocatedResources)
      requests = held
    }
    return missing === undefined ? requests : { ...missing, ...requests }
  }
}

function aggregate(spec: Draft<PodSpec>, pick: AmountsOf): Record<string, string> {
  const sum: Record<string, string> = {}
  for (const container of spec.containers ?? []) accumulate(sum, pick(container))
  const sidecars: Record<string, string> = {}
  const peak: Record<string, string> = {}
  for (const container of spec.initContainers ?? []) {
    const amounts = pick(container)
    if (container.restartPolicy === 'Always') {
      accumulate(sum, amounts)
      accumulate(sidecars, amounts)
      maximise(peak, sidecars)
    } else {
      const step = { ...sidecars }
      accumulate(step, amounts)
      maximise(peak, step)
    }
  }
  maximise(sum, peak)
  return sum
}

function setPodLevel(sum: Record<string, string>, podLevel: ResourceList | undefined): Record<string, string> {
  for (const [name, amount] of Object.entries(podLevel ?? {})) if (isPodLevelResource(name)) sum[name] = amount
  return sum
}

function accumulate(sum: Record<string, string>, amounts: ResourceList | undefined): void {
  if (amounts === undefined) return
  for (const name of Object.keys(amounts)) {
    const amount = amounts[name] ?? '0'
    const before = sum[name]
    sum[name] = before === undefined ? amount : addQuantities(before, amount)
  }
}

function maximise(most: Record<string, string>, amounts: ResourceList | undefined): void {
  if (amounts === undefined) return
  for (const name of Object.keys(amounts)) {
    const amount = amounts[name] ?? '0'
    const before = most[name]
    if (before === undefined || compareQuantities(amount, before) > 0) most[name] = amount
  }
}
