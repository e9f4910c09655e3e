/**
 * How a vector reaches a scheduler. One feed drives the core directly; another may drive a whole cluster. Neither knows
 * what is expected.
 */
import { SchedulerCore } from '../../src/actors/scheduler/core.ts'
import type { Decision } from '../../src/actors/scheduler/decision.ts'
import type { Binding, Failure } from '../../src/actors/scheduler/cycle.ts'
import type { ApiWrite } from '../../src/actors/scheduler/framework/plugin.ts'
import type { PodInfo } from '../../src/actors/scheduler/framework/pod-info.ts'
import type { Micros } from '../../src/events/envelope.ts'
import { millis, seconds } from '../../src/events/time.ts'
import type { Kind, KindMap } from '../../src/kubernetes/kinds.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../src/kubernetes/types/storage.ts'
import type { Pod } from '../../src/kubernetes/types/pod.ts'
import type { Change } from '../../src/kubernetes/view.ts'
import { MemoryView } from './scheduler-view.ts'
import { created, createdNode, createdPod, mergePatch, type Vector } from './scheduler-vectors.ts'

/** How long a Pod is waited for. */
const PATIENCE: Micros = seconds(12)

/** An attempt without a node, as the Pod's condition tells it. */
export interface Refusal {
  readonly reason: string
  readonly message: string
  /** The node that the Pod was nominated to with it. */
  readonly nominated: string | undefined
}

/** Everything that one Pod went through until it was bound or given up. */
export interface Course {
  readonly decisions: readonly Decision[]
  readonly failures: readonly Refusal[]
  /** Victims that were deleted, by round. */
  readonly victims: readonly (readonly string[])[]
  readonly node: string | undefined
}

export interface Feed {
  /** Creates a Pod and waits for its decision. Held victims stay, terminating, and so does the Pod. */
  schedule(pod: Pod, hold: boolean): Course
  create(kind: Kind, object: KindMap[Kind]): void
  patch(kind: Kind, name: string, patch: unknown, namespace?: string, subresource?: string): void
  remove(kind: Kind, name: string, namespace?: string): void
  readonly get: <K extends Kind>(kind: K, name: string, namespace?: string) => KindMap[K] | undefined
  /** Whether victims stay, terminating, until `finishVictims`. */
  readonly isHolding: boolean
  /** Removes every terminating Pod, then waits for those who waited for it. */
  finishVictims(): { removed: readonly string[]; held: readonly { pod: string; node: string }[] }
}

export class BareFeed implements Feed {
  readonly core: SchedulerCore
  private readonly view = new MemoryView()
  private now: Micros = 0
  isHolding = false
  /** Victims that have been marked and are about to be gone. */
  private readonly leaving: PodInfo[] = []
  /** Pods of this run by uid. */
  private readonly courses = new Map<
    string,
    { decisions: Decision[]; failures: Refusal[]; victims: string[][]; node: string | undefined }
  >()

  constructor(vector: Vector) {
    this.core = new SchedulerCore({
      configuration: vector.schedulerConfig,
      view: this.view,
      below: () => 0,
      explainedNodes: Infinity,
    })
    for (const { name, labels } of [...vector.namespaces, { name: 'kube-system', labels: {} }]) {
      const withName = { ...labels, 'kubernetes.io/metadata.name': name }
      this.create('Namespace', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: withName, uid: '', resourceVersion: '', creationTimestamp: '' },
      })
    }
    for (const object of vector.objects) this.create(object.kind, object)
    for (const node of vector.nodes) this.create('Node', node)
    for (const node of vector.csiNodes ?? []) this.create('CSINode', node)
    for (const pod of vector.boundPods) this.create('Pod', pod)
    this.drain()
  }

  create(kind: Kind, object: KindMap[Kind]): void {
    if (kind === 'Pod') this.createPod(object as Pod)
    else if (kind === 'Node') this.put(kind, createdNode(object as KindMap['Node']))
    else if (kind === 'PersistentVolume') this.put(kind, this.withClaimUid(created(object as PersistentVolume, kind)))
    else this.put(kind, created(object, kind))
  }

  patch(kind: Kind, name: string, patch: unknown, namespace?: string): void {
    const object = this.view.get(kind, namespace, name)
    if (object !== undefined) this.put(kind, mergePatch(object, patch) as KindMap[typeof kind])
  }

  remove(kind: Kind, name: string, namespace?: string): void {
    const change = this.view.delete(kind, namespace, name)
    if (change !== undefined) this.core.observe(change, this.now)
  }

  readonly get = <K extends Kind>(kind: K, name: string, namespace?: string): KindMap[K] | undefined =>
    this.view.get(kind, namespace, name)

  schedule(pod: Pod, hold: boolean): Course {
    this.now += millis(10)
    this.isHolding = this.isHolding || hold
    const { uid } = this.createPod(pod).metadata
    this.drain()
    if (this.isHolding) return this.courseOf(uid)
    const deadline = this.now + PATIENCE
    const isWaiting = (): boolean => {
      const { node, victims } = this.courseOf(uid)
      return node === undefined && victims.length > 0
    }
    while (isWaiting() && this.now < deadline) this.wait()
    return this.courseOf(uid)
  }

  finishVictims(): { removed: readonly string[]; held: readonly { pod: string; node: string }[] } {
    const pending = this.view.list('Pod').filter(({ spec, status }) => !spec.nodeName && status?.nominatedNodeName)
    const removed = this.leaving.map(({ key }) => key).sort()
    this.isHolding = false
    const deadline = this.now + PATIENCE
    const unbound = (): boolean => pending.some(({ metadata }) => this.courseOf(metadata.uid).node === undefined)
    this.drain()
    while (unbound() && this.now < deadline) this.wait()
    const held = pending.map(({ metadata }) => ({
      pod: `${metadata.namespace ?? ''}/${metadata.name}`,
      node: this.courseOf(metadata.uid).node ?? '',
    }))
    return { removed, held: held.sort((a, b) => (a.pod < b.pod ? -1 : 1)) }
  }

  private createPod(pod: Pod): Pod {
    const priorityClass = this.view.get('PriorityClass', undefined, pod.spec.priorityClassName ?? '')
    return this.put('Pod', createdPod(pod, priorityClass))
  }

  private wait(): void {
    this.now += seconds(1)
    this.core.queue.flushBackoff(this.now)
    this.drain()
  }

  private put<K extends Kind>(kind: K, object: KindMap[K]): KindMap[K] {
    const change: Change = this.view.put(kind, object)
    this.core.observe(change, this.now)
    return change.after as KindMap[K]
  }

  private courseOf(uid: string) {
    let course = this.courses.get(uid)
    if (course === undefined) {
      course = { decisions: [], failures: [], victims: [], node: undefined }
      this.courses.set(uid, course)
    }
    return course
  }

  /** Decides until nothing more is to be decided; each victim that goes may wake somebody. */
  private drain(): void {
    this.decide()
    if (this.isHolding) return
    for (let victim = this.leaving.shift(); victim !== undefined; victim = this.leaving.shift()) {
      this.remove('Pod', victim.pod.metadata.name, victim.namespace)
      this.decide()
    }
  }

  private decide(): void {
    for (let result = this.core.next(this.now); result !== undefined; result = this.core.next(this.now)) {
      const course = this.courseOf(result.decision.uid)
      course.decisions.push(result.decision)
      if (result.kind === 'binding') this.bind(result.binding)
      else this.fail(result.failure)
    }
  }

  private bind(binding: Binding): void {
    const work = this.core.preBind(binding)
    if ('code' in work) throw new Error(`preBind: ${work.reasons.join()}`)
    for (const { writes, done } of work) {
      for (const write of writes) this.write(write)
      this.bindVolumes(binding)
      const state = done?.(this.view) ?? 'done'
      if (state !== 'done') throw new Error(`preBind is not done: ${JSON.stringify(state)}`)
    }
    this.core.bind(binding)
    const { pod, uid } = binding.queued.info
    const seen = this.view.get('Pod', pod.metadata.namespace, pod.metadata.name)
    if (seen === undefined) throw new Error('the bound Pod exists')
    this.courseOf(uid).node = binding.node
    const status = { ...seen.status, nominatedNodeName: undefined }
    this.put('Pod', { ...seen, spec: { ...seen.spec, nodeName: binding.node }, status })
    this.core.bound(binding)
  }

  private fail(failure: Failure): void {
    const { info } = failure.queued
    const course = this.courseOf(info.uid)
    const { reason, message } = failure
    course.failures.push({ reason, message, nominated: failure.preemption?.node })
    const { preemption, nominatedNodeName } = failure
    for (const write of failure.writes) this.write(write)
    const told = this.view.get('Pod', info.pod.metadata.namespace, info.pod.metadata.name)?.status?.nominatedNodeName
    if (nominatedNodeName !== undefined && nominatedNodeName !== (told ?? '')) {
      this.patch('Pod', info.pod.metadata.name, { status: { nominatedNodeName } }, info.pod.metadata.namespace)
    }
    if (preemption === undefined) return
    for (const { metadata } of preemption.losesNomination) {
      this.patch('Pod', metadata.name, { status: { nominatedNodeName: null } }, metadata.namespace)
    }
    const victims = preemption.victims.filter(({ terminating }) => !terminating)
    course.victims.push(victims.map(({ key }) => key))
    // The last one is deleted when the Pod may be tried again, so that its end wakes the Pod.
    victims.forEach((victim, i) => {
      if (i === victims.length - 1) this.core.preemptionDone(info, false)
      this.terminate(victim)
    })
    if (victims.length === 0) this.core.preemptionDone(info, true)
    this.leaving.push(...victims)
  }

  /** What the API server does with a running Pod that is to be deleted: it is only marked. */
  private terminate({ pod }: PodInfo): void {
    const condition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }
    const conditions = [...(pod.status?.conditions ?? []), condition]
    const patch = { metadata: { deletionTimestamp: '2026-01-01T01:00:00Z' }, status: { conditions } }
    this.patch('Pod', pod.metadata.name, patch, pod.metadata.namespace)
  }

  private write({ kind, namespace, name, body }: ApiWrite): void {
    const { resourceVersion: _expected, ...metadata } = (body as { metadata?: Record<string, unknown> }).metadata ?? {}
    this.patch(kind, name, { ...(body as object), metadata }, namespace)
  }

  /** What the PersistentVolume controller and the provisioner do once the scheduler has chosen. */
  private bindVolumes({ queued, node }: Binding): void {
    const { namespace } = queued.info
    for (const { persistentVolumeClaim } of queued.info.pod.spec.volumes ?? []) {
      const claim = this.view.get('PersistentVolumeClaim', namespace, persistentVolumeClaim?.claimName ?? '')
      if (claim === undefined || (claim.spec.volumeName ?? '') !== '') continue
      const reserved = this.view.list('PersistentVolume').find(({ spec }) => spec.claimRef?.uid === claim.metadata.uid)
      const volume = reserved ?? this.provision(claim, node)
      if (volume === undefined) continue
      this.patch('PersistentVolume', volume.metadata.name, { status: { phase: 'Bound' } })
      const annotations = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' }
      const patch = {
        metadata: { annotations },
        spec: { volumeName: volume.metadata.name },
        status: { phase: 'Bound' },
      }
      this.patch('PersistentVolumeClaim', claim.metadata.name, patch, namespace)
    }
  }

  private provision(claim: PersistentVolumeClaim, nodeName: string): PersistentVolume | undefined {
    const volume = provisioned(claim, nodeName, this)
    return volume === undefined ? undefined : this.put('PersistentVolume', created(volume, 'PersistentVolume'))
  }

  private withClaimUid(volume: PersistentVolume): PersistentVolume {
    const { claimRef } = volume.spec
    if (claimRef?.name === undefined) return volume
    const claim = this.view.get('PersistentVolumeClaim', claimRef.namespace, claimRef.name)
    return claim === undefined
      ? volume
      : { ...volume, spec: { ...volume.spec, claimRef: { ...claimRef, uid: claim.metadata.uid } } }
  }
}

const ZONE = 'topology.kubernetes.io/zone'

/** What the recorder's provisioner made for a claim whose node was chosen; undefined while none is. */
export function provisioned(
  claim: PersistentVolumeClaim,
  nodeName: string,
  { get }: Pick<Feed, 'get'>,
): PersistentVolume | undefined {
  if (claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] === undefined) return undefined
  const { namespace = '', name, uid } = claim.metadata
  const zone = get('Node', nodeName)?.metadata.labels?.[ZONE]
  const driver = get('StorageClass', claim.spec.storageClassName ?? '')?.provisioner ?? ''
  const terms = [{ matchExpressions: [{ key: ZONE, operator: 'In' as const, values: [zone ?? ''] }] }]
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `dyn-${namespace}-${name}`, uid: '', resourceVersion: '', creationTimestamp: '' },
    spec: {
      capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '1Gi' },
      accessModes: claim.spec.accessModes,
      storageClassName: claim.spec.storageClassName,
      csi: { driver, volumeHandle: `dyn-${namespace}-${name}` },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      nodeAffinity: zone === undefined ? undefined : { required: { nodeSelectorTerms: terms } },
    },
    status: { phase: 'Bound' },
  }
}
