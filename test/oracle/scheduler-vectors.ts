/** The files of ../shared/oracles/scheduler: their shape, and what the API server makes of objects as they were submitted. */
import type { KubeSchedulerConfiguration } from '../../src/actors/scheduler/framework/configuration.ts'
import type { KindMap, Kind } from '../../src/kubernetes/kinds.ts'
import { podRequestList } from '../../src/kubernetes/resources.ts'
import type { Container } from '../../src/kubernetes/types/container.ts'
import type { LabelSelectorRequirement, ResourceList } from '../../src/kubernetes/types/meta.ts'
import type { Node } from '../../src/kubernetes/types/node.ts'
import type { Pod, PodSpec } from '../../src/kubernetes/types/pod.ts'
import type { CSINode } from '../../src/kubernetes/types/storage.ts'
import type { PodAffinityTerm, PriorityClass, TopologySpreadConstraint } from '../../src/kubernetes/types/scheduling.ts'

export interface Vector {
  readonly id: string
  readonly area: string
  readonly schedulerConfig: KubeSchedulerConfiguration
  readonly namespaces: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[]
  readonly objects: readonly (KindMap[Kind] & { readonly kind: Kind })[]
  readonly nodes: readonly Node[]
  readonly csiNodes?: readonly CSINode[]
  readonly boundPods: readonly Pod[]
  readonly steps: readonly Step[]
}

export interface ScheduleStep {
  readonly op: 'schedule'
  readonly pod: Pod
  readonly startTime?: string
  readonly holdVictims?: boolean
  readonly result: Result
}

export type Step =
  | ScheduleStep
  | { readonly op: 'createBound'; readonly pod: Pod }
  | { readonly op: 'deletePod'; readonly name: string }
  | { readonly op: 'addNode'; readonly node: Node }
  | { readonly op: 'deleteNode'; readonly name: string }
  | { readonly op: 'patchNode'; readonly name: string; readonly patch: unknown }
  | {
      readonly op: 'finishVictims'
      readonly result: { readonly removed: readonly string[]; readonly held: readonly Held[] }
    }

export interface Held {
  readonly pod: string
  readonly node: string
}

/** As in the files; every member is compared. */
export interface Result {
  readonly outcome: string
  readonly node?: string
  readonly evaluatedNodes?: number
  readonly feasibleNodes?: number
  readonly scores?: { readonly plugins: readonly string[]; readonly nodes: readonly (readonly (string | number)[])[] }
  readonly reason?: string
  readonly message?: string
  readonly nominatedNodeName?: string
  readonly victims?: readonly string[]
  readonly rounds?: unknown
  readonly finalMessage?: string
  readonly volumes?: Readonly<Record<string, { boundPV?: string; provisionedPV?: string; selectedNode?: string }>>
  readonly claims?: Readonly<Record<string, readonly unknown[]>>
  readonly hint?: string
}

let uids = 0
const nextUid = (): string => `uid-${String(++uids).padStart(6, '0')}`

const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'PersistentVolume',
  'StorageClass',
  'CSIDriver',
  'CSINode',
  'PriorityClass',
  'RuntimeClass',
  'DeviceClass',
  'ResourceSlice',
  'Namespace',
  'Node',
])

/** What every object gets at creation. */
export function created<O extends KindMap[Kind]>(object: O, kind: string): O {
  const namespace = CLUSTER_SCOPED.has(kind) ? undefined : (object.metadata.namespace ?? 'default')
  const metadata = { ...object.metadata, namespace, uid: nextUid(), resourceVersion: '', creationTimestamp: CREATED }
  return { ...object, kind, metadata }
}

const CREATED = '2026-01-01T00:00:00Z'

export const createdNode = (node: Node): Node => ({ ...created(node, 'Node'), spec: node.spec ?? {} })

/** A Pod as the API server stores it, as far as scheduling is concerned. */
export function createdPod(submitted: Pod, priorityClass: PriorityClass | undefined): Pod {
  const pod = created(submitted, 'Pod')
  const containers = pod.spec.containers.map((container) => defaultContainer(container, pod.spec))
  const initContainers = pod.spec.initContainers?.map((container) => defaultContainer(container, pod.spec))
  const spec: PodSpec = {
    schedulerName: 'default-scheduler',
    priority: priorityClass?.value,
    preemptionPolicy: priorityClass?.preemptionPolicy,
    ...pod.spec,
    containers,
    initContainers,
    affinity: mergedAffinity(pod),
    topologySpreadConstraints: pod.spec.topologySpreadConstraints?.map((constraint) =>
      mergedConstraint(pod, constraint),
    ),
  }
  const withContainers: Pod = { ...pod, spec, status: { phase: 'Pending', ...pod.status } }
  return { ...withContainers, spec: { ...spec, resources: podLevelResources(withContainers) } }
}

/** A limit without a request becomes the request; ports are TCP, and on the host's network the host's. */
function defaultContainer(container: Container, { hostNetwork }: PodSpec): Container {
  const { limits, requests, claims } = container.resources ?? {}
  const merged: ResourceList = { ...limits, ...requests }
  const ports = container.ports?.map((port) => ({
    ...port,
    protocol: port.protocol ?? 'TCP',
    hostPort: port.hostPort ?? (hostNetwork === true ? port.containerPort : undefined),
  }))
  const resources = limits === undefined && requests === undefined ? { claims } : { limits, requests: merged, claims }
  return { ...container, resources, ports }
}

/** Source: pkg/apis/core/v1/defaults.go, defaultPodRequests. */
function podLevelResources(pod: Pod): PodSpec['resources'] {
  const { resources } = pod.spec
  if (resources?.limits === undefined) return resources
  const requests: Record<string, string> = { ...resources.requests }
  const containers = podRequestList({ ...pod, spec: { ...pod.spec, resources: undefined, overhead: undefined } })
  const isSupported = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')
  for (const source of [containers, resources.limits]) {
    for (const [name, amount] of Object.entries(source)) if (isSupported(name)) requests[name] ??= amount
  }
  return { ...resources, requests }
}

function selectorWith(
  pod: Pod,
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
): LabelSelectorRequirement[] {
  return (keys ?? [])
    .filter((key) => pod.metadata.labels?.[key] !== undefined)
    .map((key) => ({ key, operator, values: [pod.metadata.labels?.[key] ?? ''] }))
}

function mergedTerm(pod: Pod, term: PodAffinityTerm): PodAffinityTerm {
  const more = [...selectorWith(pod, term.matchLabelKeys, 'In'), ...selectorWith(pod, term.mismatchLabelKeys, 'NotIn')]
  if (more.length === 0 || term.labelSelector === undefined) return term
  const matchExpressions = [...(term.labelSelector.matchExpressions ?? []), ...more]
  return { ...term, labelSelector: { ...term.labelSelector, matchExpressions } }
}

function mergedAffinity(pod: Pod): PodSpec['affinity'] {
  const { affinity } = pod.spec
  if (affinity === undefined) return undefined
  const merge = (side: NonNullable<typeof affinity>['podAffinity']) =>
    side === undefined
      ? undefined
      : {
          requiredDuringSchedulingIgnoredDuringExecution: side.requiredDuringSchedulingIgnoredDuringExecution?.map(
            (term) => mergedTerm(pod, term),
          ),
          preferredDuringSchedulingIgnoredDuringExecution: side.preferredDuringSchedulingIgnoredDuringExecution?.map(
            ({ weight, podAffinityTerm }) => ({ weight, podAffinityTerm: mergedTerm(pod, podAffinityTerm) }),
          ),
        }
  return { ...affinity, podAffinity: merge(affinity.podAffinity), podAntiAffinity: merge(affinity.podAntiAffinity) }
}

function mergedConstraint(pod: Pod, constraint: TopologySpreadConstraint): TopologySpreadConstraint {
  const more = selectorWith(pod, constraint.matchLabelKeys, 'In')
  if (more.length === 0 || constraint.labelSelector === undefined) return constraint
  const matchExpressions = [...(constraint.labelSelector.matchExpressions ?? []), ...more]
  return { ...constraint, labelSelector: { ...constraint.labelSelector, matchExpressions } }
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else if (value !== undefined) merged[key] = mergePatch(merged[key], value)
  }
  return merged
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
