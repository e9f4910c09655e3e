/** What autoscalers must never do, checked with every event of a run. */
import type { LogEvent } from '../../src/events/envelope.ts'
import { controllerOf } from '../../src/kubernetes/owners.ts'
import { isActive } from '../../src/kubernetes/pods.ts'
import { milliValue, value } from '../../src/kubernetes/quantity.ts'
import type { Pod } from '../../src/kubernetes/types/pod.ts'

type Invariant = (event: LogEvent) => void

interface Group {
  readonly max: number
  readonly target: number
}

/** Nobody asks a cloud for more machines than a group may have, as the cloud told of the group last. */
export const noGroupAboveMaximum = (): Invariant => {
  const groups = new Map<string, Group>()
  return (event) => {
    if (event.type === 'CloudAnswered') {
      for (const { name, max, target } of event.data.groups ?? []) groups.set(name, { max, target })
    }
    if (event.type !== 'CloudRequested' || event.data.op !== 'increaseSize') return
    const group = groups.get(event.data.name)
    const wanted = (group?.target ?? 0) + (event.data.delta ?? 0)
    if (group === undefined || wanted > group.max) {
      throw new Error(`group ${event.data.name} is asked to have ${wanted} machines of at most ${group?.max ?? 0}`)
    }
  }
}

/** Nobody gives a machine back on which a Pod runs that would not come back elsewhere, or that is said to stay. */
export const noMachineRemovedUnderPods = (): Invariant => {
  const staying = new Map<string, string>()
  return (event) => {
    if (event.type === 'RevisionCommitted' && event.data.key.startsWith('/registry/pods/')) {
      const pod = event.data.object as Pod | undefined
      const stays =
        pod !== undefined &&
        isActive(pod) &&
        (controllerOf(pod) === undefined ||
          pod.metadata.annotations?.['cluster-autoscaler.kubernetes.io/safe-to-evict'] === 'false')
      if (stays && pod.spec.nodeName !== undefined) staying.set(event.data.key, pod.spec.nodeName)
      else staying.delete(event.data.key)
    }
    if (event.type !== 'CloudRequested' || event.data.op !== 'deleteInstances') return
    for (const [key, node] of staying) {
      if (event.data.instances?.includes(node) === true) throw new Error(`${node} is given back with ${key} on it`)
    }
  }
}

interface Recommended {
  readonly containerName: string
  readonly target: Readonly<Record<string, string>>
}

/** No container is recommended less than its share of a Pod's minimum: 25m and 250 MiB for all containers together. */
export const noRecommendationBelowMinimum = (): Invariant => (event) => {
  if (event.type !== 'ApiRequested' || event.data.kind !== 'verticalpodautoscalers.autoscaling.k8s.io') return
  const { status } = (event.data.body ?? {}) as {
    readonly status?: {
      readonly recommendation?: { readonly containerRecommendations?: readonly Recommended[] } | null
    }
  }
  const recommended = status?.recommendation?.containerRecommendations ?? []
  for (const { containerName, target } of recommended) {
    const leastCPU = Math.floor(25 / recommended.length)
    const leastMemory = Math.floor((250 * 1024 * 1024) / recommended.length)
    const { cpu, memory } = target
    if (cpu !== undefined && milliValue(cpu) < leastCPU) throw new Error(`${containerName} is recommended ${cpu}`)
    if (memory !== undefined && value(memory) < leastMemory) {
      throw new Error(`${containerName} is recommended ${memory} of memory`)
    }
  }
}

export const controllerInvariants = (): readonly Invariant[] => [
  noGroupAboveMaximum(),
  noMachineRemovedUnderPods(),
  noRecommendationBelowMinimum(),
]
