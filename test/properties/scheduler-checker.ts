/** A small cluster around the scheduler's core: random histories, and what must hold of their outcome. */
import fc from 'fast-check'
import { SchedulerCore, type SchedulerOptions } from '../../src/actors/scheduler/core.ts'
import type { Decision } from '../../src/actors/scheduler/decision.ts'
import { failure } from '../../src/actors/scheduler/framework/status.ts'
import { seconds } from '../../src/events/time.ts'
import { podRequests } from '../../src/kubernetes/resources.ts'
import type { Node } from '../../src/kubernetes/types/node.ts'
import type { Pod, PodSpec } from '../../src/kubernetes/types/pod.ts'
import type { Change } from '../../src/kubernetes/view.ts'
import { brokenPromises } from './scheduler-rules.ts'
import { MemoryView } from '../oracle/scheduler-view.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'
const ZONES = ['a', 'b', 'c'] as const
const APPS = ['web', 'db'] as const

const selector = (app: string) => ({ matchLabels: { app } })

/** One kind of placement wish each. */
const SPECS: readonly Partial<PodSpec>[] = [
  {},
  { priority: 100 },
  { affinity: { podAntiAffinity: required('web', HOSTNAME) } },
  { affinity: { podAntiAffinity: required('db', ZONE) } },
  { affinity: { podAffinity: required('web', ZONE) } },
  {
    affinity: {
      podAffinity: preferred('db', ZONE, 20),
      podAntiAffinity: preferred('web', HOSTNAME, 50),
    },
  },
  { topologySpreadConstraints: [spread(ZONE, 'DoNotSchedule'), spread(HOSTNAME, 'ScheduleAnyway')] },
  { topologySpreadConstraints: [{ ...spread(HOSTNAME, 'DoNotSchedule'), minDomains: 3, nodeTaintsPolicy: 'Honor' }] },
  { containers: [container(200, 8080)] },
  { nodeSelector: { [ZONE]: 'a' }, tolerations: [{ operator: 'Exists' }] },
]

function required(app: string, topologyKey: string) {
  return { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: selector(app), topologyKey }] }
}

function preferred(app: string, topologyKey: string, weight: number) {
  const podAffinityTerm = { labelSelector: selector(app), topologyKey }
  return { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm }] }
}

function spread(topologyKey: string, whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway') {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: selector('web') }
}

function container(milliCPU: number, hostPort?: number) {
  const ports = hostPort === undefined ? undefined : [{ containerPort: hostPort, hostPort, protocol: 'TCP' as const }]
  return { name: 'c', image: 'app:1', ports, resources: { requests: { cpu: `${milliCPU}m`, memory: '64Mi' } } }
}

export type Operation =
  | { readonly do: 'add node'; readonly zone: string; readonly cpu: number; readonly tainted: boolean }
  | { readonly do: 'remove node'; readonly which: number }
  | { readonly do: 'move node'; readonly which: number; readonly zone: string }
  | { readonly do: 'schedule'; readonly spec: number; readonly app: string; readonly milliCPU: number }
  | { readonly do: 'delete pod'; readonly which: number }
  | { readonly do: 'terminate pod'; readonly which: number }
  | { readonly do: 'report pod'; readonly which: number; readonly minute: number }

const which = fc.nat(100)
const zone = fc.constantFrom(...ZONES)

export const histories: fc.Arbitrary<readonly Operation[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('add node' as const),
        zone,
        cpu: fc.integer({ min: 1, max: 4 }),
        tainted: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove node' as const), which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('move node' as const), which, zone }) },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('schedule' as const),
        spec: fc.nat(SPECS.length - 1),
        app: fc.constantFrom(...APPS),
        milliCPU: fc.integer({ min: 50, max: 1500 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('delete pod' as const), which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('terminate pod' as const), which }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('report pod' as const), which, minute: fc.integer({ min: 10, max: 59 }) }),
    },
  ),
  { minLength: 5, maxLength: 60 },
)

/** How a cluster tells its scheduler of changes; a planted bug tells otherwise. */
export type Tell = (core: SchedulerCore, change: Change, now: number) => void

const faithful: Tell = (core, change, now) => core.observe(change, now)

export class SmallCluster {
  readonly view = new MemoryView()
  readonly core: SchedulerCore
  private readonly tell: Tell
  /** Promises that were broken at the moment of a binding, by what the scheduler saw. */
  readonly brokenPromises: string[] = []
  private named = 0
  private now = 0

  constructor(options: Partial<SchedulerOptions> = {}, tell: Tell = faithful) {
    this.tell = tell
    this.core = new SchedulerCore({ view: this.view, below: () => 0, explainedNodes: Infinity, ...options })
    this.view.put('Service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default', uid: 'service', resourceVersion: '', creationTimestamp: '' },
      spec: { selector: { app: 'web' } },
    })
  }

  run(history: readonly Operation[]): void {
    for (const operation of history) this.step(operation)
  }

  nodes(): readonly Node[] {
    return this.view.list('Node')
  }

  pods(): readonly Pod[] {
    return this.view.list('Pod')
  }

  /** What would be decided for a Pod of each kind; leaves nothing behind. */
  probe(): readonly Decision[] {
    return SPECS.flatMap((spec) =>
      APPS.map((app) => {
        const pod = this.pod(spec, app, 300, 'probe')
        const decision = this.decide(pod, false)
        this.remove('Pod', pod.metadata.name)
        return decision
      }),
    )
  }

  private step(operation: Operation): void {
    this.now += seconds(1)
    this.core.queue.flushBackoff(this.now)
    const nodes = this.nodes()
    const pods = this.pods()
    switch (operation.do) {
      case 'add node': {
        const name = `node-${++this.named}`
        this.put('Node', node(name, operation.zone, operation.cpu, operation.tainted))
        return
      }
      case 'remove node': {
        const gone = nodes[operation.which % Math.max(1, nodes.length)]
        if (gone !== undefined) this.remove('Node', gone.metadata.name)
        return
      }
      case 'move node': {
        const moved = nodes[operation.which % Math.max(1, nodes.length)]
        if (moved === undefined) return
        const labels = { ...moved.metadata.labels, [ZONE]: operation.zone }
        this.put('Node', { ...moved, metadata: { ...moved.metadata, labels } })
        return
      }
      case 'schedule': {
        const pod = this.pod(SPECS[operation.spec] ?? {}, operation.app, operation.milliCPU)
        if (this.decide(pod, true).outcome !== 'scheduled') this.remove('Pod', pod.metadata.name)
        return
      }
      case 'delete pod': {
        const gone = pods[operation.which % Math.max(1, pods.length)]
        if (gone !== undefined) this.remove('Pod', gone.metadata.name)
        return
      }
      case 'terminate pod': {
        const leaving = pods[operation.which % Math.max(1, pods.length)]
        if (leaving === undefined) return
        const metadata = { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' }
        this.put('Pod', { ...leaving, metadata })
        return
      }
      case 'report pod': {
        const reported = pods[operation.which % Math.max(1, pods.length)]
        if (reported === undefined) return
        const startTime = `2026-01-01T00:${operation.minute}:00Z`
        this.put('Pod', { ...reported, status: { ...reported.status, phase: 'Running', startTime } })
      }
    }
  }

  private decide(pod: Pod, bind: boolean): Decision {
    this.put('Pod', pod)
    const result = this.core.next(this.now)
    if (result === undefined) throw new Error(`${pod.metadata.name} was not tried`)
    if (result.kind === 'failure') return result.decision
    const { binding, decision } = result
    if (!bind) {
      this.core.bindingFailed(binding, failure('test', 'only asked'), this.now)
      return decision
    }
    const placed = this.pods().filter(({ spec }) => this.view.get('Node', undefined, spec.nodeName ?? '') !== undefined)
    for (const problem of brokenPromises({ nodes: this.nodes(), placed }, pod, binding.node)) {
      this.brokenPromises.push(`${pod.metadata.name} on ${binding.node}: ${problem}`)
    }
    this.core.bind(binding)
    this.put('Pod', { ...pod, spec: { ...pod.spec, nodeName: binding.node } })
    this.core.bound(binding)
    return decision
  }

  private put(kind: 'Pod' | 'Node', object: Pod | Node): void {
    const change = kind === 'Pod' ? this.view.put('Pod', object as Pod) : this.view.put('Node', object as Node)
    this.tell(this.core, change, this.now)
  }

  private remove(kind: 'Pod' | 'Node', name: string): void {
    const change = this.view.delete(kind, kind === 'Pod' ? 'default' : undefined, name)
    if (change !== undefined) this.tell(this.core, change, this.now)
  }

  private pod(spec: Partial<PodSpec>, app: string, milliCPU: number, prefix = 'pod'): Pod {
    const name = `${prefix}-${++this.named}`
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', uid: name, labels: { app }, resourceVersion: '', creationTimestamp: '' },
      spec: { containers: [container(milliCPU)], ...spec },
      status: { phase: 'Pending' },
    }
  }
}

function node(name: string, zoneName: string, cpu: number, tainted: boolean): Node {
  const allocatable = { cpu: String(cpu), memory: '4Gi', pods: '10' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...{ name, uid: name, resourceVersion: '', creationTimestamp: '' },
      labels: { [HOSTNAME]: name, [ZONE]: zoneName },
    },
    spec: tainted ? { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] } : {},
    status: { allocatable, capacity: allocatable },
  }
}

/** A cluster that shows the same, to a scheduler that has just come up. */
export function restarted(cluster: SmallCluster): SmallCluster {
  const copy = new SmallCluster()
  for (const each of cluster.nodes()) copy.core.observe(copy.view.put('Node', each), 0)
  for (const each of cluster.pods()) copy.core.observe(copy.view.put('Pod', each), 0)
  return copy
}

/** What of a decision does not depend on the order of nodes, which a restart may change. */
export function essence({ outcome, message, filtered, scores, feasibleNodes }: Decision): unknown {
  const rows = (scores?.nodes ?? []).map(({ node: name, scores: own }) => [name, ...own])
  const byName = rows.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
  const reasons = filtered.map(({ plugin, reasons: texts, nodes }) => `${plugin} ${texts.join()} ${nodes}`).toSorted()
  return { outcome, message, feasibleNodes, reasons, plugins: scores?.plugins, byName }
}

/** Rules that the Pods on nodes break, as sentences. */
export function broken(cluster: SmallCluster): readonly string[] {
  const problems: string[] = []
  const nodes = new Map(cluster.nodes().map((each) => [each.metadata.name, each]))
  const living = cluster.pods().filter(({ spec }) => nodes.has(spec.nodeName ?? ''))
  for (const [name, { status }] of nodes) {
    const own = living.filter(({ spec }) => spec.nodeName === name)
    const used = own.reduce((sum, pod) => sum + podRequests(pod).requests.milliCPU, 0)
    if (used > Number(status?.allocatable?.['cpu']) * 1000) problems.push(`${name} has ${used}m of cpu on it`)
    if (own.length > 10) problems.push(`${name} has ${own.length} Pods`)
    const ports = own.filter(({ spec }) => spec.containers[0]?.ports !== undefined)
    if (ports.length > 1) problems.push(`${name} has port 8080 taken ${ports.length} times`)
  }
  return problems
}
