/**
 * Decisions per second of processor time of the scheduler's core with all default plugins, over the shapes of upstream's
 * scheduler_perf: a Pod is seen, decided, assumed and seen bound. Beside each figure stands what upstream's CI demands of
 * the real scheduler at 5,000 nodes, and what one look at one node costs.
 */
import { SchedulerCore } from '../src/actors/scheduler/core.ts'
import { createRandom } from '../src/engine/kernel/random.ts'
import type { Node } from '../src/kubernetes/types/node.ts'
import type { Pod, PodSpec } from '../src/kubernetes/types/pod.ts'
import type { Volume } from '../src/kubernetes/types/volume.ts'
import { MemoryView } from '../test/oracle/scheduler-view.ts'
import type { Figure } from './measure.ts'
import { HOSTNAME, SHAPES, ZONE, type Shape } from './scheduler-shapes.ts'

export interface SchedulerFigure extends Figure {
  readonly nodes: number
  /** Pods per second that upstream's CI demands at 5,000 nodes, and how many times that we are. */
  readonly threshold: number
  readonly ratio: number
  /** Microseconds of processor time per node that a decision looked at. */
  readonly microsPerNode: number
}

/** Upstream disturbs every 200 ms; at a few hundred Pods per second that is about so many decisions. */
const DISTURB_EVERY = 50
const GATED = 10_000
const CSI_DRIVER = 'csi.example.com'

/** Nodes of four cores with four Pods of nearly one on each. */
const isTight = ({ disturbance }: Shape): boolean => disturbance === 'preemptors' || disturbance === 'preempting'

class Bench {
  evaluated = 0
  private readonly view = new MemoryView()
  private readonly core: SchedulerCore
  private readonly shape: Shape
  private readonly nodes: number
  /** Names of Pods bound since the last `clear`, with their namespaces. */
  private bound: (readonly [namespace: string, name: string])[] = []
  private readonly goers: string[] = []
  private pods = 0
  private decisions = 0
  private now = 0

  constructor(shape: Shape, nodes: number) {
    const random = createRandom(1, 'scheduler')
    this.shape = shape
    this.nodes = nodes
    this.core = new SchedulerCore({ view: this.view, below: (n) => random.below(n) })
    for (let i = 0; i < nodes; i++) this.core.observe(this.view.put('Node', this.node(i)), 0)
    if (shape.volumes === true) this.addStorage()
    const namespaces = shape.namespaces?.(nodes) ?? 1
    for (const name of [
      ...Array.from({ length: namespaces }, (_, i) => `sched-0${i === 0 ? '' : `-${i}`}`),
      'sched-1',
    ]) {
      const labels = { 'kubernetes.io/metadata.name': name, team: 'devops' }
      const metadata = { name, uid: name, labels, resourceVersion: '', creationTimestamp: '' }
      this.core.observe(this.view.put('Namespace', { apiVersion: 'v1', kind: 'Namespace', metadata }), 0)
    }
    for (let i = 0; i < nodes * shape.before; i++) {
      const namespace = i % namespaces === 0 ? 'sched-0' : `sched-0-${i % namespaces}`
      const spec = shape.plain === true ? { priority: 0 } : shape.spec
      const filler = isTight(shape) ? '900m' : '100m'
      const pod = this.pod(namespace, filler, { ...spec, nodeName: `node-${i % nodes}` })
      this.core.observe(this.view.put('Pod', pod), 0)
      if (shape.disturbance === 'gates') this.goers.push(pod.metadata.name)
    }
    for (let i = 0; i < (shape.disturbance === 'gates' ? GATED : 0); i++) {
      const gated = this.pod('sched-1', '100m', { schedulingGates: [{ name: 'bench' }] })
      this.core.observe(this.view.put('Pod', gated), 0)
    }
  }

  /** One measured Pod from its creation to its binding, and what happens beside it. */
  decide(): void {
    this.now += 1_000
    if (++this.decisions % DISTURB_EVERY === 0) this.disturb()
    if (this.shape.disturbance === 'preempting') {
      this.preempt()
      return
    }
    if (this.shape.disturbance === 'gates') this.remove('sched-0', this.goers.pop())
    const volumes = this.shape.volumes === true ? this.claimed(this.pods + 1) : undefined
    const made = this.pod('sched-1', '100m', { ...this.shape.spec, volumes })
    this.core.observe(this.view.put('Pod', made), this.now)
    this.takeAll()
  }

  /** Bound Pods go, so that the next pass finds what this one found. */
  clear(): void {
    for (const [namespace, name] of this.bound) this.remove(namespace, name)
    this.bound = []
    this.takeAll()
  }

  private takeAll(): void {
    for (let result = this.core.next(this.now); result !== undefined; result = this.core.next(this.now)) {
      this.evaluated += result.decision.evaluatedNodes
      if (result.kind === 'failure') {
        if (this.shape.disturbance === undefined) throw new Error(`no node: ${result.failure.message}`)
        continue
      }
      const { binding } = result
      this.core.preBind(binding)
      this.core.bind(binding)
      const { pod } = binding.queued.info
      this.core.observe(this.view.put('Pod', { ...pod, spec: { ...pod.spec, nodeName: binding.node } }), this.now)
      this.core.bound(binding)
      this.bound.push([pod.metadata.namespace ?? '', pod.metadata.name])
    }
  }

  private disturb(): void {
    switch (this.shape.disturbance) {
      case 'preemptors':
        this.preempt()
        return
      case 'misfits':
        this.core.observe(this.view.put('Pod', this.pod('sched-1', '900', { priority: 1000 })), this.now)
        return
      case 'churn': {
        const name = 'churn'
        const gone = this.view.delete('Node', undefined, name)
        if (gone !== undefined) this.core.observe(gone, this.now)
        this.core.observe(this.view.put('Node', this.node(name)), this.now)
        const metadata = { name, namespace: 'sched-1', uid: name, resourceVersion: '', creationTimestamp: '' }
        this.core.observe(this.view.put('Service', { apiVersion: 'v1', kind: 'Service', metadata, spec: {} }), this.now)
        this.core.observe(this.view.put('Pod', this.pod('sched-1', '900', { priority: 1000 })), this.now)
        return
      }
      case 'gates':
      case 'preempting':
      case undefined:
    }
  }

  /** The victims go at once, the preemptor gets its node, and four small Pods take its place again. */
  private preempt(): void {
    const created = this.pod('sched-1', '3', { priority: 1000 })
    this.core.observe(this.view.put('Pod', created), this.now)
    const result = this.core.next(this.now)
    if (result?.kind !== 'failure' || result.failure.preemption === undefined)
      throw new Error('it should have preempted')
    this.evaluated += result.decision.evaluatedNodes
    const { preemption } = result.failure
    this.core.preemptionDone(result.failure.queued.info, false)
    this.remove('sched-1', created.metadata.name)
    for (const { pod } of preemption.victims) {
      this.remove(pod.metadata.namespace ?? '', pod.metadata.name)
      const refill = this.pod('sched-0', '900m', { nodeName: preemption.node, priority: 0 })
      this.core.observe(this.view.put('Pod', refill), this.now)
    }
  }

  private remove(namespace: string, name: string | undefined): void {
    const change = name === undefined ? undefined : this.view.delete('Pod', namespace, name)
    if (change !== undefined) this.core.observe(change, this.now)
  }

  private pod(namespace: string, cpu: string, spec: Partial<PodSpec>): Pod {
    const name = `pod-${++this.pods}`
    const { labels } = this.shape
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, uid: name, labels, resourceVersion: '', creationTimestamp: '' },
      spec: {
        containers: [{ name: 'c', image: 'app:v1', resources: { requests: { cpu, memory: '100Mi' } } }],
        schedulerName: 'default-scheduler',
        ...spec,
      },
      status: { phase: 'Pending' },
    }
  }

  private node(which: number | string): Node {
    const name = typeof which === 'string' ? which : `node-${which}`
    const cpu = isTight(this.shape) ? '4' : this.shape.name === 'daemonset' ? '1000' : '64'
    const allocatable = { cpu, memory: '256Gi', pods: '100000' }
    const zone = `zone-${(typeof which === 'string' ? 0 : which) % this.shape.zones}`
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

  /** A driver on every node, with a limit of volumes. */
  private addStorage(): void {
    for (let i = 0; i < this.nodes; i++) {
      const name = `node-${i}`
      const metadata = { name, uid: `csi-${name}`, resourceVersion: '', creationTimestamp: '' }
      const drivers = [{ name: CSI_DRIVER, nodeID: name, allocatable: { count: 39 } }]
      const csi = { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata, spec: { drivers } } as const
      this.core.observe(this.view.put('CSINode', csi), 0)
    }
  }

  /** A claim that is bound to a volume of its own, as SchedulingCSIPVs has it. */
  private claimed(n: number): Volume[] {
    const name = `claim-${n}`
    const common = { uid: name, resourceVersion: '', creationTimestamp: '' }
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { ...common, name },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        csi: { driver: CSI_DRIVER, volumeHandle: name },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'sched-1', name, uid: name },
      },
      status: { phase: 'Bound' },
    } as const
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...{ ...common, name, namespace: 'sched-1' },
        annotations: { 'pv.kubernetes.io/bind-completed': 'yes' },
      },
      spec: { accessModes: ['ReadWriteOnce'], volumeName: name, resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Bound' },
    } as const
    this.core.observe(this.view.put('PersistentVolume', volume), this.now)
    this.core.observe(this.view.put('PersistentVolumeClaim', claim), this.now)
    return [{ name: 'data', persistentVolumeClaim: { claimName: name } }]
  }
}

const PASSES = 5
const DECISIONS = 1_000

/** Seconds of processor time: other work on the machine does not count. */
const cpuSeconds = (action: () => void): number => {
  const before = process.cpuUsage()
  action()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

const measure = (shape: Shape, nodes: number, passes: number, most: number): SchedulerFigure => {
  const bench = new Bench(shape, nodes)
  const decisions = Math.max(10, Math.min(most, Math.floor(nodes * (shape.room ?? Infinity))))
  const rates: number[] = []
  let micros = 0
  // The first pass warms up.
  for (let pass = 0; pass <= passes; pass++) {
    bench.evaluated = 0
    const taken = cpuSeconds(() => {
      for (let i = 0; i < decisions; i++) bench.decide()
    })
    bench.clear()
    if (pass === 0 && passes > 0) continue
    rates.push(decisions / taken)
    micros = (taken * 1e6) / Math.max(1, bench.evaluated)
  }
  rates.sort((a, b) => a - b)
  const value = Math.round(rates[Math.floor(rates.length / 2)] ?? 0)
  const ratio = Math.round((value / shape.threshold) * 10) / 10
  const microsPerNode = Math.round(micros * 1000) / 1000
  return {
    ...{ name: `scheduler: ${shape.name}, ${nodes} nodes`, unit: 'decisions/s', runs: rates.length, value, nodes },
    ...{ min: Math.round(rates[0] ?? 0), max: Math.round(rates.at(-1) ?? 0) },
    ...{ threshold: shape.threshold, ratio, microsPerNode },
    note: `${microsPerNode} µs per node; upstream demands ${shape.threshold}: ${ratio}x`,
  }
}

export const benchScheduler = (smoke: boolean, shapes: readonly Shape[] = SHAPES): readonly SchedulerFigure[] =>
  shapes.flatMap((shape) =>
    (smoke ? [100] : [100, 1_000, 5_000]).map((nodes) =>
      measure(shape, nodes, smoke ? 1 : PASSES, smoke ? 200 : DECISIONS),
    ),
  )
