import type { Micros } from '../../../events/envelope.ts'
import { podPriority } from '../../../kubernetes/pods.ts'
import { podRequests, type Resources } from '../../../kubernetes/resources.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { preferredTerms, requiredTerms, type AffinityTerm } from './affinity-term.ts'

/** A port that a Pod takes on its node. */
export interface HostPort {
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

/** `namespace/name`. */
export const podKey = (pod: Pod): string => `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`

/**
 * A Pod with everything that scheduling asks of it again and again, worked out once per version of the Pod.
 * Source: pkg/scheduler/framework/types.go, PodInfo (v1.36).
 */
export class PodInfo {
  readonly pod: Pod
  readonly uid: string
  readonly namespace: string
  readonly priority: number
  /** On its way out. */
  readonly terminating: boolean
  readonly requests: Resources
  /** As `requests`, with a default for containers that name none: what scores count as taken. */
  readonly nonZeroMilliCPU: number
  readonly nonZeroMemory: number
  readonly hostPorts: readonly HostPort[]
  readonly requiredAffinity: readonly AffinityTerm[]
  readonly requiredAntiAffinity: readonly AffinityTerm[]
  readonly preferredAffinity: readonly AffinityTerm[]
  readonly preferredAntiAffinity: readonly AffinityTerm[]
  private started: Micros | undefined = undefined

  /** @param previous another version of the Pod: what its spec says need not be worked out again */
  constructor(pod: Pod, previous?: PodInfo) {
    this.pod = pod
    this.uid = pod.metadata.uid
    this.namespace = pod.metadata.namespace ?? ''
    this.priority = podPriority(pod)
    this.terminating = pod.metadata.deletionTimestamp !== undefined
    const { requests, nonZeroMilliCPU, nonZeroMemory } = podRequests(pod)
    this.requests = requests
    this.nonZeroMilliCPU = nonZeroMilliCPU
    this.nonZeroMemory = nonZeroMemory
    const same = previous?.pod.spec === pod.spec ? previous : undefined
    this.hostPorts = same?.hostPorts ?? hostPorts(pod)
    const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? NO_AFFINITY
    this.requiredAffinity =
      same?.requiredAffinity ?? requiredTerms(pod, podAffinity?.requiredDuringSchedulingIgnoredDuringExecution)
    this.requiredAntiAffinity =
      same?.requiredAntiAffinity ?? requiredTerms(pod, podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution)
    this.preferredAffinity =
      same?.preferredAffinity ?? preferredTerms(pod, podAffinity?.preferredDuringSchedulingIgnoredDuringExecution)
    this.preferredAntiAffinity =
      same?.preferredAntiAffinity ??
      preferredTerms(pod, podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution)
  }

  /** Whether every sum, count and index that holds `other` would hold this version of it too. */
  countsAs(other: PodInfo): boolean {
    return (
      this.pod.spec === other.pod.spec &&
      this.requests === other.requests &&
      this.pod.metadata.labels === other.pod.metadata.labels &&
      this.terminating === other.terminating
    )
  }

  get key(): string {
    return podKey(this.pod)
  }

  get hasAffinity(): boolean {
    return (
      this.requiredAffinity.length +
        this.requiredAntiAffinity.length +
        this.preferredAffinity.length +
        this.preferredAntiAffinity.length >
      0
    )
  }

  /** When its kubelet took it; the end of time while no kubelet has. Source: pkg/scheduler/util/utils.go, GetPodStartTime. */
  get startTime(): Micros {
    if (this.started === undefined) {
      const text = this.pod.status?.startTime
      this.started = text === undefined ? NOT_STARTED : (parseTime(text) ?? NOT_STARTED)
    }
    return this.started
  }
}

const NOT_STARTED: Micros = Number.MAX_SAFE_INTEGER
const NO_AFFINITY: NonNullable<Pod['spec']['affinity']> = {}
const NO_PORTS: readonly HostPort[] = []

/** Of containers and sidecars. Source: pkg/scheduler/util/utils.go, GetHostPorts. */
function hostPorts(pod: Pod): readonly HostPort[] {
  let found: HostPort[] | undefined
  const take = (container: Container): void => {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort === undefined || hostPort <= 0) continue
      found ??= []
      found.push({
        ip: hostIP === undefined || hostIP === '' ? '0.0.0.0' : hostIP,
        protocol: protocol ?? 'TCP',
        port: hostPort,
      })
    }
  }
  for (const container of pod.spec.containers) take(container)
  for (const container of pod.spec.initContainers ?? []) if (container.restartPolicy === 'Always') take(container)
  return found ?? NO_PORTS
}
