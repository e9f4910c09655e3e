/**
 * Gives running containers what their Pod was granted.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, computePodResizeAction and doPodResizeAction (v1.36).
 */
import { cpuMillis, bytes } from '../../../kubernetes/quantity.ts'
import { withAllocation } from '../../../kubernetes/pod-allocation.ts'
import { podLimitList } from '../../../kubernetes/resources.ts'
import type { Container, ResourceRequirements } from '../../../kubernetes/types/container.ts'
import type { Quantity } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { RuntimeResult } from '../runtime/client.ts'
import { instanceOf, isRunning, type PodState, type RuntimeContainer } from '../runtime/pod-state.ts'
import type { ContainerUsage } from '../usage.ts'
import type { PodRecord } from './record.ts'
import { wait, type Work } from './work.ts'
import type { SyncWorld } from './world.ts'

type Resource = 'cpu' | 'memory'

/** A running container that has not what it was granted. */
export interface ContainerResize {
  readonly container: Container
  readonly instance: RuntimeContainer
  readonly has: ResourceRequirements
  /** What is to change; for each, whether it grows: by its limit, or by its request where only that is another. */
  readonly changes: ReadonlyMap<Resource, 'grows' | 'shrinks'>
  /** Its policy says that the change takes a restart. */
  readonly restarts: boolean
}

/** What running containers have, by name. Undefined for Pods that were never resized: they have what they came with. */
export type ActualResources = (container: string, instance: RuntimeContainer) => ResourceRequirements

const NOTHING: ResourceRequirements = {}

export const actualResources = (record: PodRecord): ActualResources | undefined => {
  const { allocation, admitted } = record
  if (allocation === admitted) return undefined
  return (name, { resources }) => resources ?? admitted.containers[name] ?? NOTHING
}

/** What one running container lacks or has too much of; undefined when nothing. */
export const resizeOf = (
  container: Container,
  instance: RuntimeContainer,
  actual: ActualResources | undefined,
): ContainerResize | undefined => {
  if (actual === undefined) return undefined
  const has = actual(container.name, instance)
  const changes = new Map<Resource, 'grows' | 'shrinks'>()
  let restarts = false
  for (const resource of ['memory', 'cpu'] as const) {
    const change =
      compare(resource, container.resources?.limits, has.limits) ??
      compare(resource, container.resources?.requests, has.requests)
    if (change === undefined) continue
    changes.set(resource, change)
    restarts ||=
      container.resizePolicy?.find(({ resourceName }) => resourceName === resource)?.restartPolicy === RESTART
  }
  return changes.size === 0 ? undefined : { container, instance, has, changes, restarts }
}

const RESTART = 'RestartContainer'

/** Amounts by resource; an absent one counts as nothing. */
type Amounts = ResourceRequirements['limits']

const compare = (resource: Resource, wanted: Amounts, has: Amounts): 'grows' | 'shrinks' | undefined => {
  const [to, from] = [amount(resource, wanted?.[resource]), amount(resource, has?.[resource])]
  return to === from ? undefined : to > from ? 'grows' : 'shrinks'
}

const amount = (resource: Resource, quantity: Quantity | undefined): number => {
  if (quantity === undefined) return 0
  return resource === 'cpu' ? cpuMillis(quantity) : bytes(quantity)
}

/** Whether some running container has not what it was granted. Source: IsPodResizeInProgress. */
export const isResizeInProgress = (record: PodRecord): boolean => {
  const actual = actualResources(record)
  if (actual === undefined) return false
  const { containers, initContainers = [] } = record.pod.spec
  return [...containers, ...initContainers].some((container) => {
    const instance = instanceOf(record.observed, container.name)
    return isRunning(instance) && resizeOf(container, instance, actual) !== undefined
  })
}

/** The Pod with what its containers have. What does not run has what it will be started with. */
export const actualPod = (record: PodRecord, state: PodState): Pod => {
  const { pod, allocation } = record
  const actual = actualResources(record)
  if (actual === undefined) return pod
  const containers: Record<string, ResourceRequirements> = { ...allocation.containers }
  for (const name of Object.keys(containers)) {
    const instance = instanceOf(state, name)
    if (isRunning(instance)) containers[name] = actual(name, instance)
  }
  return withAllocation(pod, { ...allocation, containers })
}

/**
 * Memory before processor time; of each, what shrinks before what grows. Gives why it failed; the rest is left to the next
 * sync then.
 */
export function* resizeContainers(
  record: PodRecord,
  world: SyncWorld,
  resizes: readonly ContainerResize[],
): Work<string | undefined> {
  const problem = yield* memoryInUse(record, world, resizes)
  if (problem !== undefined) return problem
  const given = new Map(resizes.map(({ instance, has }) => [instance.id, has]))
  for (const resource of ['memory', 'cpu'] as const) {
    for (const change of ['shrinks', 'grows'] as const) {
      for (const { container, instance, changes } of resizes) {
        if (changes.get(resource) !== change) continue
        const resources = withOne(given.get(instance.id) ?? NOTHING, container.resources ?? NOTHING, resource)
        const result = yield* wait<RuntimeResult<'ContainerResourcesUpdated'>>((resume) =>
          world.runtime.updateContainer({ uid: record.uid, container: instance.id, resources }, resume),
        )
        if (!result.ok) return result.message
        given.set(instance.id, resources)
      }
    }
  }
  return undefined
}

/** What a container has, with one resource as it was granted. */
const withOne = (
  has: ResourceRequirements,
  granted: ResourceRequirements,
  resource: Resource,
): ResourceRequirements => ({
  requests: replaced(has.requests, granted.requests, resource),
  limits: replaced(has.limits, granted.limits, resource),
})

const replaced = (has: Amounts, granted: Amounts, resource: Resource): NonNullable<Amounts> => {
  const { [resource]: _, ...others } = has ?? {}
  const amountOfIt = granted?.[resource]
  return amountOfIt === undefined ? others : { ...others, [resource]: amountOfIt }
}

/**
 * No memory limit is set below what is in use: the kernel would kill for it.
 * Source: kuberuntime_manager.go, validateMemoryResizeAction (v1.36): best effort, since usage goes on.
 */
function* memoryInUse(
  record: PodRecord,
  world: SyncWorld,
  resizes: readonly ContainerResize[],
): Work<string | undefined> {
  const shrinking = resizes.filter(({ container, has }) => {
    const limit = container.resources?.limits?.['memory']
    return limit !== undefined && compare('memory', { memory: limit }, has.limits) === 'shrinks'
  })
  if (shrinking.length === 0) return undefined
  const usage = yield* wait<readonly ContainerUsage[] | undefined>((resume) => world.usage.ask(resume))
  const { namespace = '', name } = record.pod.metadata
  const own = usage?.filter((one) => one.namespace === namespace && one.pod === name)
  const problems: string[] = []
  const check = (what: string, limit: number, used: number): void => {
    if (used >= limit) problems.push(`attempting to set ${what} memory limit (${limit}) below current usage (${used})`)
  }
  const [limit, current] = [podMemoryLimit(record.pod), podMemoryLimit(actualPod(record, record.observed))]
  if (own === undefined) problems.push('missing pod memory usage')
  else {
    if (limit !== undefined && (current === undefined || limit < current)) {
      check(
        'pod',
        limit,
        own.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      )
    }
    for (const { container, instance } of shrinking) {
      const used = own.find(({ task }) => task === instance.id)?.memoryBytes ?? 0
      check(`container "${container.name}"`, amount('memory', container.resources?.limits?.['memory']), used)
    }
  }
  if (problems.length === 0) return undefined
  const [first = ''] = problems
  return `cannot decrease memory limits: ${problems.length === 1 ? first : `[${problems.join(', ')}]`}`
}

/** Of the Pod's control group, which has one if all containers have, or the Pod itself. Source: pkg/kubelet/cm/helpers_linux.go, ResourceConfigForPod. */
const podMemoryLimit = (pod: Pod): number | undefined => {
  const { resources, containers, initContainers = [] } = pod.spec
  const all = [...containers, ...initContainers]
  const isDeclared =
    resources?.limits?.['memory'] !== undefined ||
    all.every((container) => container.resources?.limits?.['memory'] !== undefined)
  const limit = isDeclared ? podLimitList(pod)['memory'] : undefined
  return limit === undefined ? undefined : bytes(limit)
}
