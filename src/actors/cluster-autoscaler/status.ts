import type { World } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import type { Micros } from '../../events/envelope.ts'
import { microTime, rfc3339 } from '../../kubernetes/time.ts'
import type { Memory } from './memory.ts'
import type { NodeGroup } from './node-group.ts'
import type { Readiness } from './readiness.ts'

/** Source: cluster-autoscaler/config/flags/flags.go, status-config-map-name (v1.36). */
const NAME = 'cluster-autoscaler-status'
const NAMESPACE = 'kube-system'
/** Source: clusterstate/utils/status.go, ConfigMapLastUpdatedKey. */
const LAST_UPDATED = 'cluster-autoscaler.kubernetes.io/last-updated'

/** Since when each condition of the status has been as it is. */
export class Transitions {
  private readonly known = new Map<string, { status: string; since: Micros }>()

  since(condition: string, status: string, now: Micros): Micros {
    const before = this.known.get(condition)
    if (before?.status === status) return before.since
    this.known.set(condition, { status, since: now })
    return now
  }
}

/** Writes what the autoscaler believes and does. Source: clusterstate/utils/status.go, WriteStatusConfigMap (v1.36). */
export function* writeStatus(world: World<Memory>): Sync<void> {
  const { memory, now } = world
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME, namespace: NAMESPACE, annotations: { [LAST_UPDATED]: `${rfc3339(now)}` } },
    data: { status: statusText(world) },
  }
  const where = { kind: 'ConfigMap', namespace: NAMESPACE, name: NAME } as const
  const patched = yield* call({ ...where, verb: 'patch', patchType: 'merge', body })
  const answer =
    patched.ok || patched.code !== 404
      ? patched
      : yield* call({ kind: 'ConfigMap', namespace: NAMESPACE, verb: 'create', body })
  if (answer.ok && answer.object !== undefined) memory.statusMap = answer.object
}

/** Source: clusterstate/api/types.go, ClusterAutoscalerStatus, as YAML (v1.36). */
const statusText = ({ memory, now }: World<Memory>): string => {
  const { state, index, unneeded, transitions } = memory
  const section = (key: string, name: string, status: string, counts: readonly string[], depth: string): string[] => [
    `${depth}${name}:`,
    `${depth}  status: ${status}`,
    ...counts.map((line) => `${depth}  ${line}`),
    `${depth}  lastProbeTime: "${microTime(now)}"`,
    `${depth}  lastTransitionTime: "${rfc3339(transitions.since(`${key}/${name}`, status, now))}"`,
  ]
  const health = state.isHealthy ? 'Healthy' : 'Unhealthy'
  const isGrowing = index.groups.some(({ name }) => state.isScalingUp(name))
  const lines = [
    `time: "${microTime(now)}"`,
    'autoscalerStatus: Running',
    'clusterWide:',
    ...section('', 'health', health, nodeCounts(state.cluster), '  '),
    ...section('', 'scaleUp', isGrowing ? 'InProgress' : 'NoActivity', [], '  '),
    ...section(
      '',
      'scaleDown',
      unneeded.count > 0 ? 'CandidatesPresent' : 'NoCandidates',
      candidates(unneeded.count),
      '  ',
    ),
    'nodeGroups:',
  ]
  for (const group of index.groups) {
    const { name } = group
    const own = state.isGroupHealthy(group) ? 'Healthy' : 'Unhealthy'
    const growth = state.backoff.isBackedOff(name, now)
      ? 'Backoff'
      : state.isScalingUp(name)
        ? 'InProgress'
        : 'NoActivity'
    const going = unneeded.inGroup(name)
    lines.push(
      `- name: ${name}`,
      ...section(name, 'health', own, [...nodeCounts(state.of(name)), ...sizes(group)], '  '),
      ...section(name, 'scaleUp', growth, [], '  '),
      ...section(name, 'scaleDown', going > 0 ? 'CandidatesPresent' : 'NoCandidates', candidates(going), '  '),
    )
  }
  return `${lines.join('\n')}\n`
}

const nodeCounts = ({ registered, ready, notStarted, unready, deleted, unregistered, longUnregistered }: Readiness) => [
  'nodeCounts:',
  '  registered:',
  `    total: ${registered}`,
  `    ready: ${ready}`,
  `    notStarted: ${notStarted}`,
  ...(unready === 0 ? [] : [`    unready: { total: ${unready} }`]),
  ...(deleted === 0 ? [] : [`    beingDeleted: ${deleted}`]),
  `  longUnregistered: ${longUnregistered}`,
  `  unregistered: ${unregistered}`,
]

const sizes = ({ target, min, max }: NodeGroup): readonly string[] => [
  `cloudProviderTarget: ${target}`,
  `minSize: ${min}`,
  `maxSize: ${max}`,
]

const candidates = (count: number): readonly string[] => (count === 0 ? [] : [`candidates: ${count}`])
