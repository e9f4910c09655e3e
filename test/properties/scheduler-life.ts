/** A cluster in which Pods wait until they fit, important ones make room, and time passes: for promises about the long run. */
import fc from 'fast-check'
import { SchedulerCore, type SchedulerOptions } from '../../src/actors/scheduler/core.ts'
import type { Preemption } from '../../src/actors/scheduler/framework/plugin.ts'
import { seconds } from '../../src/events/time.ts'
import type { Node } from '../../src/kubernetes/types/node.ts'
import type { Pod } from '../../src/kubernetes/types/pod.ts'
import type { PodDisruptionBudget } from '../../src/kubernetes/types/scheduling.ts'
import type { Change, View } from '../../src/kubernetes/view.ts'
import { MemoryView } from '../oracle/scheduler-view.ts'
import type { Tell } from './scheduler-checker.ts'

const HOSTNAME = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'
const APPS = ['web', 'db'] as const

export type Act =
  | { readonly do: 'add node'; readonly cpu: number; readonly zone: string }
  | { readonly do: 'remove node'; readonly which: number }
  | { readonly do: 'cordon'; readonly which: number }
  | { readonly do: 'uncordon'; readonly which: number }
  | {
      readonly do: 'create'
      readonly milliCPU: number
      readonly priority: number
      readonly app: string
      readonly apart: boolean
    }
  | { readonly do: 'delete'; readonly which: number }
  | { readonly do: 'wait'; readonly seconds: number }

const which = fc.nat(100)

/** @param apart whether some Pods avoid their like */
export const lives = (apart: boolean): fc.Arbitrary<readonly Act[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('add node' as const),
          cpu: fc.integer({ min: 1, max: 3 }),
          zone: fc.constantFrom('a', 'b'),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('remove node' as const), which }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('cordon' as const), which }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('uncordon' as const), which }) },
      {
        weight: 8,
        arbitrary: fc.record({
          do: fc.constant('create' as const),
          milliCPU: fc.integer({ min: 200, max: 2000 }),
          priority: fc.constantFrom(0, 0, 10, 20),
          app: fc.constantFrom(...APPS),
          apart: apart ? fc.boolean() : fc.constant(false),
        }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 12 }) }),
      },
    ),
    { minLength: 5, maxLength: 50 },
  )

/** What a preemption found: the scene before it, to be judged by others. */
export interface Told {
  readonly preemptor: Pod
  readonly preemption: Preemption
  readonly nodes: readonly Node[]
  /** On their nodes, and those for which room is kept. */
  readonly placed: readonly Pod[]
}

/** So many preemptions in one life are one that never ends. */
const ENDLESS = 500

export interface LifeOptions extends Partial<SchedulerOptions> {
  readonly tell?: Tell
  /** Pods of `db` may not be disturbed. */
  readonly budget?: boolean
  /** Whether somebody makes a new Pod in the place of each victim. */
  readonly owned?: boolean
  /** The view that the scheduler is given in place of the true one. */
  readonly shown?: (view: View) => View
}

export class LivingCluster {
  readonly view = new MemoryView()
  readonly core: SchedulerCore
  readonly preemptions: Told[] = []
  readonly decisions: string[] = []
  endless = false
  private readonly tell: Tell
  private readonly owned: boolean
  private named = 0
  private now = 0

  constructor({ tell, budget = false, owned = false, shown = (view) => view, ...options }: LifeOptions = {}) {
    this.owned = owned
    this.tell = tell ?? ((core, change, now) => core.observe(change, now))
    this.core = new SchedulerCore({ view: shown(this.view), below: () => 0, ...options })
    if (budget) this.put('PodDisruptionBudget', BUDGET)
  }

  live(life: readonly Act[]): void {
    for (const act of life) {
      this.act(act)
      this.decideAll()
    }
  }

  /** Lets so many seconds pass, as the queue's own clock does. */
  wait(count: number): void {
    for (let i = 0; i < count; i++) {
      this.now += seconds(1)
      this.core.queue.flushBackoff(this.now)
      if (this.now % seconds(30) === 0) this.core.queue.flushUnschedulable(this.now)
      this.decideAll()
    }
  }

  pending(): readonly Pod[] {
    return this.view.list('Pod').filter(({ spec }) => spec.nodeName === undefined)
  }

  placed(): readonly Pod[] {
    return this.view.list('Pod').filter(({ spec }) => spec.nodeName !== undefined)
  }

  /** Pods for which room is kept, as if they were there. */
  private promised(): readonly Pod[] {
    return this.pending().flatMap((pod) => {
      const nodeName = pod.status?.nominatedNodeName ?? ''
      return nodeName === '' ? [] : [{ ...pod, spec: { ...pod.spec, nodeName } }]
    })
  }

  /** Pods that wait although a scheduler that comes up now would place them at once, each taken alone. */
  overlooked(): readonly string[] {
    return this.pending().flatMap((pod) => {
      const fresh = new LivingCluster()
      for (const node of this.view.list('Node')) fresh.put('Node', node)
      for (const other of this.placed()) fresh.put('Pod', other)
      fresh.put('Pod', { ...pod, spec: { ...pod.spec, preemptionPolicy: 'Never' }, status: { phase: 'Pending' } })
      const result = fresh.core.next(0)
      return result?.kind === 'binding' ? [`${pod.metadata.name} would fit on ${result.binding.node}`] : []
    })
  }

  put(kind: 'Pod' | 'Node' | 'PodDisruptionBudget', object: Pod | Node | PodDisruptionBudget): void {
    const change =
      kind === 'Pod'
        ? this.view.put('Pod', object as Pod)
        : kind === 'Node'
          ? this.view.put('Node', object as Node)
          : this.view.put('PodDisruptionBudget', object as PodDisruptionBudget)
    this.show(change)
  }

  private act(act: Act): void {
    const nodes = this.view.list('Node')
    const pods = this.view.list('Pod')
    switch (act.do) {
      case 'add node':
        return this.put('Node', node(`node-${++this.named}`, act.zone, act.cpu))
      case 'remove node': {
        const gone = nodes[act.which % Math.max(1, nodes.length)]
        if (gone === undefined) return
        this.remove('Node', gone.metadata.name)
        // Its Pods go with it, as the Pod garbage collector sees to.
        for (const pod of pods) if (pod.spec.nodeName === gone.metadata.name) this.remove('Pod', pod.metadata.name)
        return
      }
      case 'cordon':
      case 'uncordon': {
        const chosen = nodes[act.which % Math.max(1, nodes.length)]
        if (chosen !== undefined)
          this.put('Node', { ...chosen, spec: act.do === 'cordon' ? { unschedulable: true } : {} })
        return
      }
      case 'create':
        return this.put('Pod', waitingPod(`pod-${++this.named}`, act))
      case 'delete': {
        const gone = pods[act.which % Math.max(1, pods.length)]
        if (gone !== undefined) this.remove('Pod', gone.metadata.name)
        return
      }
      case 'wait':
        this.wait(act.seconds)
    }
  }

  private decideAll(): void {
    for (let result = this.core.next(this.now); result !== undefined; result = this.core.next(this.now)) {
      const { decision } = result
      this.decisions.push(JSON.stringify(decision))
      const pod = this.view.get('Pod', 'default', decision.pod)
      if (pod === undefined || this.endless) return
      if (result.kind === 'binding') {
        this.core.bind(result.binding)
        this.put('Pod', { ...pod, spec: { ...pod.spec, nodeName: result.binding.node } })
        this.core.bound(result.binding)
        continue
      }
      const { preemption, nominatedNodeName, queued } = result.failure
      if (nominatedNodeName !== undefined) this.put('Pod', { ...pod, status: { ...pod.status, nominatedNodeName } })
      if (preemption === undefined) continue
      this.preemptions.push({
        preemptor: pod,
        preemption,
        nodes: this.view.list('Node'),
        placed: [...this.placed(), ...this.promised()],
      })
      if (this.preemptions.length > ENDLESS) this.endless = true
      this.core.preemptionDone(queued.info, false)
      for (const { pod: victim } of preemption.victims) {
        this.remove('Pod', victim.metadata.name)
        if (!this.owned) continue
        const name = `pod-${++this.named}`
        const spec = { ...victim.spec, nodeName: undefined }
        this.put('Pod', { ...victim, metadata: { ...victim.metadata, name, uid: name }, spec })
      }
    }
  }

  private remove(kind: 'Pod' | 'Node', name: string): void {
    const change = this.view.delete(kind, kind === 'Pod' ? 'default' : undefined, name)
    if (change !== undefined) this.show(change)
  }

  private show(change: Change): void {
    this.tell(this.core, change, this.now)
  }
}

const BUDGET: PodDisruptionBudget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'db', namespace: 'default', uid: 'pdb', resourceVersion: '', creationTimestamp: '' },
  spec: { selector: { matchLabels: { app: 'db' } } },
  status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
}

function node(name: string, zone: string, cpu: number): Node {
  const allocatable = { cpu: String(cpu), memory: '4Gi', pods: '10' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...{ name, uid: name, resourceVersion: '', creationTimestamp: '' },
      labels: { [HOSTNAME]: name, [ZONE]: zone },
    },
    spec: {},
    status: { allocatable, capacity: allocatable },
  }
}

function waitingPod(name: string, { milliCPU, priority, app, apart }: Extract<Act, { do: 'create' }>): Pod {
  const term = { labelSelector: { matchLabels: { app } }, topologyKey: HOSTNAME }
  const affinity = apart ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } : undefined
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, labels: { app }, resourceVersion: '', creationTimestamp: '' },
    spec: {
      ...{ priority, affinity },
      containers: [{ name: 'c', image: 'app:1', resources: { requests: { cpu: `${milliCPU}m`, memory: '64Mi' } } }],
    },
    status: { phase: 'Pending' },
  }
}

/** What is wrong with the preemptions of a life, as sentences. */
export function wrongPreemptions({ preemptions, endless }: LivingCluster): readonly string[] {
  const problems: string[] = endless ? ['preemption never ends'] : []
  for (const { preemptor, preemption, nodes, placed } of preemptions) {
    const name = preemptor.metadata.name
    for (const victim of preemption.victims) {
      if (victim.priority >= (preemptor.spec.priority ?? 0))
        problems.push(`${name} evicts ${victim.key}, as important as itself`)
    }
    const disturbed = preemption.victims.filter(({ pod }) => pod.metadata.labels?.['app'] === 'db')
    if (disturbed.length > 0 && canSpare(preemptor, nodes, placed)) {
      problems.push(`${name} breaks a budget on ${preemption.node} though another way was open`)
    }
  }
  return problems
}

/** Whether the Pod would fit somewhere if only less important Pods went that no budget protects. */
function canSpare(pod: Pod, nodes: readonly Node[], placed: readonly Pod[]): boolean {
  const staying = placed.filter(
    (other) =>
      other.metadata.uid !== pod.metadata.uid &&
      ((other.spec.priority ?? 0) >= (pod.spec.priority ?? 0) || other.metadata.labels?.['app'] === 'db'),
  )
  const fresh = new LivingCluster()
  for (const each of nodes) fresh.put('Node', each)
  for (const other of staying) fresh.put('Pod', other)
  fresh.put('Pod', { ...pod, spec: { ...pod.spec, preemptionPolicy: 'Never' }, status: { phase: 'Pending' } })
  return fresh.core.next(0)?.kind === 'binding'
}
