/**
 * The shapes of upstream's scheduler_perf: what lies in the cluster before, what each measured Pod asks for, and the least
 * throughput that upstream's CI demands. Source: test/integration/scheduler_perf/config/performance-config.yaml.
 */
import type { PodAffinityTerm, TopologySpreadConstraint } from '../src/kubernetes/types/scheduling.ts'
import type { PodSpec } from '../src/kubernetes/types/pod.ts'

export const ZONE = 'topology.kubernetes.io/zone'
export const HOSTNAME = 'kubernetes.io/hostname'

/** What happens beside the measured Pods. */
export type Disturbance =
  /** Every so many decisions a Pod of high priority has to preempt. */
  | 'preemptors'
  /** Each measured Pod has to preempt. */
  | 'preempting'
  /** Every so many decisions a Pod comes that fits nowhere. */
  | 'misfits'
  /** Every so many decisions a node, a Service and a Pod that fits nowhere come anew. */
  | 'churn'
  /** Ten thousand Pods are gated, and Pods on nodes go, one per decision. */
  | 'gates'

export interface Shape {
  readonly name: string
  /** Pods per second at 5,000 nodes. */
  readonly threshold: number
  /** Of each measured Pod. */
  readonly spec: Partial<PodSpec>
  readonly labels?: Readonly<Record<string, string>>
  /** Pods that lie there before, per node; like the measured ones unless `plain`. */
  readonly before: number
  readonly plain?: boolean
  /** In how many namespaces the Pods before lie, for so many nodes; default 1. */
  readonly namespaces?: (nodes: number) => number
  /** Most Pods that can be bound, per node. */
  readonly room?: number
  readonly zones: number
  readonly disturbance?: Disturbance
  readonly volumes?: true
}

const BLUE = { color: 'blue' }
const GREEN = { color: 'green' }
/** Upstream has Pods before in sched-0 and measures in sched-1. */
const BOTH = { namespaces: ['sched-0', 'sched-1'] }
const BY_LABEL = { namespaceSelector: { matchLabels: { team: 'devops' } } }

const term = (
  labels: Readonly<Record<string, string>>,
  topologyKey: string,
  where: Partial<PodAffinityTerm>,
): PodAffinityTerm => ({
  labelSelector: { matchLabels: labels },
  topologyKey,
  ...where,
})
const must = (one: PodAffinityTerm) => ({ requiredDuringSchedulingIgnoredDuringExecution: [one] })
const should = (one: PodAffinityTerm) => ({
  preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: one }],
})
const spread = (whenUnsatisfiable: TopologySpreadConstraint['whenUnsatisfiable']): Partial<PodSpec> => ({
  topologySpreadConstraints: [
    { maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable, labelSelector: { matchLabels: BLUE } },
  ],
})

const many = (nodes: number): number => Math.max(2, Math.floor(nodes / 50))
const blue = { labels: BLUE, before: 1, zones: 1 }
const green = { labels: GREEN, zones: 1 }

export const SHAPES: readonly Shape[] = [
  { name: 'basic', threshold: 270, spec: {}, before: 0.2, zones: 3 },
  {
    name: 'node affinity',
    ...{ threshold: 220, before: 1, zones: 1 },
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: ['zone-0', 'zone-1'] }] }],
          },
        },
      },
    },
  },
  { name: 'pod affinity', threshold: 35, ...blue, spec: { affinity: { podAffinity: must(term(BLUE, ZONE, BOTH)) } } },
  {
    name: 'pod affinity, namespace selector',
    ...{ threshold: 35, ...blue, namespaces: many },
    spec: { affinity: { podAffinity: must(term(BLUE, ZONE, BY_LABEL)) } },
  },
  {
    name: 'pod anti-affinity',
    ...{ threshold: 60, ...green, before: 0.2, room: 0.6 },
    spec: { affinity: { podAntiAffinity: must(term(GREEN, HOSTNAME, BOTH)) } },
  },
  {
    name: 'pod anti-affinity, namespace selector',
    ...{ threshold: 24, ...green, before: 0.66, room: 0.3, namespaces: many },
    spec: { affinity: { podAntiAffinity: must(term(GREEN, HOSTNAME, BY_LABEL)) } },
  },
  {
    name: 'preferred pod affinity',
    threshold: 90,
    ...blue,
    spec: { affinity: { podAffinity: should(term(BLUE, HOSTNAME, BOTH)) } },
  },
  {
    name: 'preferred pod affinity, namespace selector',
    ...{ threshold: 90, ...blue, namespaces: many },
    spec: { affinity: { podAffinity: should(term(BLUE, HOSTNAME, BY_LABEL)) } },
  },
  {
    name: 'preferred pod anti-affinity',
    ...{ threshold: 90, ...green, before: 1 },
    spec: { affinity: { podAntiAffinity: should(term(GREEN, HOSTNAME, BOTH)) } },
  },
  {
    name: 'preferred pod anti-affinity, namespace selector',
    ...{ threshold: 55, ...green, before: 0.8, namespaces: many },
    spec: { affinity: { podAntiAffinity: should(term(GREEN, HOSTNAME, BY_LABEL)) } },
  },
  {
    name: 'spread, hard',
    threshold: 85,
    labels: BLUE,
    before: 1,
    plain: true,
    zones: 3,
    spec: spread('DoNotSchedule'),
  },
  {
    name: 'spread, soft',
    threshold: 125,
    labels: BLUE,
    before: 1,
    plain: true,
    zones: 3,
    spec: spread('ScheduleAnyway'),
  },
  {
    name: 'preemption',
    threshold: 160,
    spec: {},
    before: 4,
    plain: true,
    zones: 1,
    room: 0.3,
    disturbance: 'preemptors',
  },
  {
    name: 'preemption by every Pod',
    threshold: 160,
    spec: {},
    before: 4,
    plain: true,
    zones: 1,
    room: 0.2,
    disturbance: 'preempting',
  },
  { name: 'churn', threshold: 265, spec: {}, before: 0, zones: 1, disturbance: 'churn' },
  { name: 'unschedulable', threshold: 140, spec: {}, before: 4, plain: true, zones: 1, disturbance: 'misfits' },
  { name: 'gated', threshold: 130, spec: {}, before: 2, plain: true, zones: 1, disturbance: 'gates' },
  {
    name: 'daemonset',
    ...{ threshold: 390, before: 0, zones: 1 },
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-0'] }] }],
          },
        },
      },
    },
  },
  { name: 'volumes', threshold: 48, spec: {}, before: 0.2, zones: 3, volumes: true },
]
