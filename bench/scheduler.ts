/**
 * Decisions per second of the scheduler's core with all default plugins: a Pod is seen, decided, assumed and seen bound.
 *
 * Run with `npx tsx bench/scheduler.ts [nodes ...]`.
 */
import { pathToFileURL } from 'node:url'
import { SchedulerCore } from '../src/actors/scheduler/core.ts'
import { createRandom } from '../src/engine/kernel/random.ts'
import type { Node } from '../src/kubernetes/types/node.ts'
import type { Pod, PodSpec } from '../src/kubernetes/types/pod.ts'
import { MemoryView } from '../test/oracle/scheduler-view.ts'
import { seconds } from './measure.ts'

export const SHAPES = ['basic', 'workload', 'affinity', 'spread', 'preemption'] as const
export type Shape = (typeof SHAPES)[number]

export interface SchedulerFigure {
  readonly name: string
  readonly value: number
  readonly unit: 'decisions/s'
  readonly nodes: number
  readonly decisions: number
}

const ZONES = 3
/** Pods that lie on each node before the first decision. */
const PODS_PER_NODE = 4
const LABELS = { app: 'bench' }
const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const selector = { matchLabels: LABELS }

/** What the Pods of a shape ask for. */
const SPECS: Readonly<Record<Shape, Partial<PodSpec>>> = {
  basic: {},
  workload: {},
  affinity: {
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: selector, topologyKey: ZONE }],
      },
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { labelSelector: selector, topologyKey: HOSTNAME } },
        ],
      },
    },
  },
  spread: {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector },
      { maxSkew: 1, topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: selector },
    ],
  },
  preemption: { priority: 1000 },
}

class Bench {
  private readonly view = new MemoryView()
  private readonly core: SchedulerCore
  private readonly shape: Shape
  private pods = 0
  private now = 0

  constructor(shape: Shape, nodes: number) {
    const random = createRandom(1, 'scheduler')
    this.shape = shape
    this.core = new SchedulerCore({ view: this.view, below: (n) => random.below(n) })
    if (shape === 'workload') {
      this.view.put('ReplicaSet', {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'bench', namespace: 'default', uid: 'rs', resourceVersion: '', creationTimestamp: '' },
        spec: { selector },
      })
    }
    const cpu = shape === 'preemption' ? String(PODS_PER_NODE) : '64'
    for (let i = 0; i < nodes; i++) this.core.observe(this.view.put('Node', node(i, cpu)), 0)
    for (let i = 0; i < nodes * PODS_PER_NODE; i++) {
      const filler = shape === 'preemption' ? '1' : '100m'
      this.core.observe(this.view.put('Pod', this.pod(filler, { nodeName: `node-${i % nodes}`, priority: 0 })), 0)
    }
  }

  /** One Pod, from its creation to its binding or to the deletion of its victims. */
  decide(): void {
    this.now += 1_000
    const request = this.shape === 'preemption' ? '2' : '100m'
    const created = this.view.put('Pod', this.pod(request, SPECS[this.shape]))
    this.core.observe(created, this.now)
    const result = this.core.next(this.now)
    if (result?.kind === 'binding') {
      const { binding } = result
      this.core.preBind(binding)
      this.core.bind(binding)
      const pod = created.after as Pod
      this.core.observe(this.view.put('Pod', { ...pod, spec: { ...pod.spec, nodeName: binding.node } }), this.now)
      this.core.bound(binding)
      return
    }
    if (this.shape !== 'preemption' || result?.failure.preemption === undefined) {
      throw new Error(`no node for ${created.name}: ${result?.failure.message ?? 'not tried'}`)
    }
    // The nomination stays and keeps the room; the victims and the waiting Pod go, so that all decisions are alike.
    for (const name of [...result.failure.preemption.victims.map(({ pod }) => pod.metadata.name), created.name]) {
      const change = this.view.delete('Pod', 'default', name)
      if (change !== undefined) this.core.observe(change, this.now)
    }
    for (const { key } of result.failure.preemption.victims) {
      const refill = this.pod('1', { nodeName: result.failure.preemption.node, priority: 0 })
      if (key !== '') this.core.observe(this.view.put('Pod', refill), this.now)
    }
  }

  private pod(cpu: string, spec: Partial<PodSpec>): Pod {
    const name = `pod-${++this.pods}`
    const ownerReferences =
      this.shape === 'workload'
        ? [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'bench', uid: 'rs', controller: true }]
        : undefined
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...{ name, namespace: 'default', uid: name, resourceVersion: '', creationTimestamp: '' },
        ...{ labels: LABELS, ownerReferences },
      },
      spec: {
        containers: [{ name: 'c', image: 'app:v1', resources: { requests: { cpu, memory: '100Mi' } } }],
        schedulerName: 'default-scheduler',
        ...spec,
      },
      status: { phase: 'Pending' },
    }
  }
}

const node = (i: number, cpu: string): Node => {
  const allocatable = { cpu, memory: '256Gi', pods: '1000' }
  const labels = { [HOSTNAME]: `node-${i}`, [ZONE]: `zone-${i % ZONES}` }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${i}`, uid: `node-${i}`, resourceVersion: '', creationTimestamp: '', labels },
    spec: {},
    status: { allocatable, capacity: allocatable },
  }
}

/** Decisions are measured in passes; the best counts, for other work on the machine only makes a pass slower. */
const PASSES = 3

export const benchScheduler = (
  sizes: readonly number[] = [100, 1_000, 5_000],
  shapes: readonly Shape[] = SHAPES,
): readonly SchedulerFigure[] =>
  shapes.flatMap((shape) =>
    sizes.map((nodes) => {
      const bench = new Bench(shape, nodes)
      const decisions = shape === 'preemption' ? 200 : 1_000
      const pass = (): number =>
        decisions /
        seconds(() => {
          for (let i = 0; i < decisions; i++) bench.decide()
        })
      const best = Math.max(...Array.from({ length: PASSES }, pass))
      return { name: `schedule ${shape}`, value: Math.round(best), unit: 'decisions/s', nodes, decisions }
    }),
  )

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const sizes = process.argv.slice(2).map(Number)
  for (const { name, nodes, value, unit } of benchScheduler(sizes.length === 0 ? undefined : sizes)) {
    console.log(`${name.padEnd(22)} ${String(nodes).padStart(5)} nodes ${String(value).padStart(8)} ${unit}`)
  }
}
