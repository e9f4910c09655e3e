/**
 * Vectors through a whole control plane: API server, etcd and kube-scheduler as actors, no controllers and no kubelets.
 * Objects come in through the API, statuses through subresources; what was decided is read from the log.
 */
import { createCluster, type Cluster } from '../../src/cluster.ts'
import { defineActor, type HostedActor } from '../../src/engine/actor.ts'
import type { EventData } from '../../src/events/catalogue/index.ts'
import type { LogEvent, Micros } from '../../src/events/envelope.ts'
import type { ApiObject, Json } from '../../src/events/json.ts'
import { millis, minutes, seconds } from '../../src/events/time.ts'
import { kindRow } from '../../src/kubernetes/registry.ts'
import type { Kind, KindMap } from '../../src/kubernetes/kinds.ts'
import { podCondition } from '../../src/kubernetes/pods.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../src/kubernetes/types/storage.ts'
import type { Node } from '../../src/kubernetes/types/node.ts'
import type { Pod } from '../../src/kubernetes/types/pod.ts'
import type { Decision } from '../../src/actors/scheduler/decision.ts'
import { provisioned, type Course, type Feed, type Refusal } from './scheduler-feed.ts'
import type { Vector } from './scheduler-vectors.ts'

type Call = NonNullable<EventData<'KubectlInvoked'>['call']>

/** How finely the cluster's time is cut while something is waited for. */
const SLICE: Micros = millis(2)
/** After an answer: the watch event has reached the scheduler. */
const SETTLE: Micros = millis(20)
/** As long as the recorder waited for a Pod whose victims are gone. */
const PATIENCE: Micros = seconds(12)
const SCHEDULER = 'kube-scheduler/0'
const FAST = { qps: 100_000, burst: 100_000 }

interface Running {
  readonly key: string
  readonly decisions: Decision[]
  readonly failures: Refusal[]
  readonly victims: string[][]
  node: string | undefined
}

/** An actor that does nothing: in the place of controllers. */
const idle: HostedActor = defineActor<undefined>({ start: () => undefined, receive: () => {} })

export class ClusterFeed implements Feed {
  readonly cluster: Cluster
  isHolding = false
  private readonly courses = new Map<string, Running>()
  private readonly answers = new Map<number, EventData<'KubectlAnswered'>>()
  /** Objects by key, as they were committed last. */
  private readonly seen = new Map<string, ApiObject>()
  private finished = 0
  private invoked = 0
  /** Pods on their way out, `namespace/name`. */
  private readonly leaving = new Set<string>()
  /** Claims for which a node or a volume was chosen and the storage is to do its part. */
  private readonly claims = new Set<string>()

  constructor(vector: Vector) {
    const { schedulerConfig } = vector
    this.cluster = createCluster({
      ...{ nodes: 0, seed: 1, schedulerRate: FAST, retain: 'none', history: 'all' },
      scheduler: { configuration: schedulerConfig, explain: 'all' },
      substitute: (id, actor) => (isController(id) ? idle : actor),
      invariants: [(event) => this.note(event)],
    })
    this.cluster.runUntil(() => this.leads, { within: minutes(1) })
    for (const { name, labels } of vector.namespaces) {
      if (this.get('Namespace', name) === undefined) this.create('Namespace', object('Namespace', { name, labels }))
      else this.patch('Namespace', name, { metadata: { labels } })
      this.addAccount(name)
    }
    if (!vector.namespaces.some(({ name }) => name === 'kube-system')) this.addAccount('kube-system')
    for (const each of vector.objects) this.create(each.kind, each)
    for (const node of vector.nodes) this.create('Node', node)
    for (const node of vector.csiNodes ?? []) this.create('CSINode', node)
    for (const pod of vector.boundPods) this.create('Pod', pod)
    this.wait(SETTLE)
  }

  private leads = false

  readonly get = <K extends Kind>(kind: K, name: string, namespace?: string): KindMap[K] | undefined =>
    this.cluster.get(kind, kindRow(kind).namespaced ? (namespace ?? 'default') : undefined, name)

  create(kind: Kind, given: KindMap[Kind]): void {
    const { status, ...rest } = given as ApiObject & { status?: Json }
    const { metadata } = rest
    const namespace = kindRow(kind).namespaced ? (metadata.namespace ?? 'default') : undefined
    const body = { ...rest, apiVersion: kindRow(kind).apiVersion, kind, metadata: { ...metadata, namespace } }
    const submitted: unknown =
      kind === 'PersistentVolume' ? this.withClaimUid(body as PersistentVolume & ApiObject) : body
    this.call({ verb: 'create', kind, namespace, name: metadata.name, body: submitted })
    if (kind === 'Node') this.untaint(metadata.name, given as Node)
    if (status !== undefined) this.patch(kind, metadata.name, { status }, namespace, 'status')
    this.wait(SETTLE)
  }

  patch(kind: Kind, name: string, patch: unknown, namespace?: string, subresource?: string): void {
    const status = subresource ?? (isStatusPatch(patch) ? 'status' : undefined)
    const own = kindRow(kind).namespaced ? (namespace ?? 'default') : undefined
    const body = patch as Json
    this.call({
      verb: 'patch',
      kind,
      namespace: own,
      name,
      patchType: 'merge',
      body,
      ...(status === undefined ? {} : { subresource: status }),
    })
    this.wait(SETTLE)
  }

  remove(kind: Kind, name: string, namespace?: string): void {
    if (this.get(kind, name, namespace) === undefined) return
    this.removeNow(kind, name, namespace)
    this.wait(SETTLE)
  }

  schedule(pod: Pod, hold: boolean): Course {
    this.isHolding = this.isHolding || hold
    const { name, namespace = 'default' } = pod.metadata
    this.create('Pod', pod)
    const key = `${namespace}/${name}`
    const course = this.courseOf(key)
    const deadline = this.cluster.now + PATIENCE
    const isOpen = (): boolean => {
      if (course.node !== undefined) return false
      // Its victims are being removed, or it waits for its next turn.
      if (course.victims.length > 0 && !this.isHolding) return true
      return course.failures.length === 0 && course.decisions.length > 0
    }
    while (isOpen() && this.cluster.now < deadline) this.proceed()
    this.wait(SETTLE)
    return course
  }

  finishVictims(): { removed: readonly string[]; held: readonly { pod: string; node: string }[] } {
    const pending = this.cluster
      .list('Pod')
      .filter(({ spec, status }) => !spec.nodeName && status?.nominatedNodeName)
      .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)
    const removed = [...this.leaving].sort()
    this.isHolding = false
    const deadline = this.cluster.now + PATIENCE
    const unbound = (): boolean => pending.some((key) => this.courseOf(key).node === undefined)
    while (this.leaving.size > 0 || (unbound() && this.cluster.now < deadline)) this.proceed()
    this.wait(SETTLE)
    const held = pending.map((pod) => ({ pod, node: this.courseOf(pod).node ?? '' }))
    return { removed, held: held.sort((a, b) => (a.pod < b.pod ? -1 : 1)) }
  }

  /** Lets a moment pass and does what the rest of a cluster would: victims go, volumes are bound. */
  private proceed(): void {
    this.wait(SLICE)
    if (!this.isHolding) {
      for (const key of [...this.leaving]) {
        const [namespace, name = ''] = key.split('/')
        this.removeNow('Pod', name, namespace)
        this.leaving.delete(key)
      }
    }
    for (const key of [...this.claims]) {
      const [namespace, name = ''] = key.split('/')
      this.claims.delete(key)
      this.bindVolume(namespace, name)
    }
  }

  private wait(duration: Micros): void {
    this.cluster.run(duration)
  }

  private removeNow(kind: Kind, name: string, namespace?: string): void {
    const own = kindRow(kind).namespaced ? (namespace ?? 'default') : undefined
    this.call({ verb: 'delete', kind, namespace: own, name, options: { gracePeriodSeconds: 0 } }, [404])
  }

  private call(call: Call, tolerated: readonly number[] = []): void {
    const number = ++this.invoked
    this.cluster.call(call)
    while (this.finished < number) this.wait(SLICE)
    const answer = this.answers.get(number)
    this.answers.delete(number)
    if (answer?.outcome === 'failed' && !tolerated.includes(answer.code)) {
      throw new Error(
        `${call.verb} ${call.kind} ${call.name ?? ''} ${call.subresource ?? ''}: ${answer.message ?? answer.code}`,
      )
    }
  }

  private courseOf(key: string): Running {
    let course = this.courses.get(key)
    if (course === undefined) {
      course = { key, decisions: [], failures: [], victims: [], node: undefined }
      this.courses.set(key, course)
    }
    return course
  }

  private note(event: LogEvent): void {
    switch (event.type) {
      case 'KubectlAnswered':
        this.answers.set(event.data.invocation, event.data)
        return
      case 'KubectlFinished':
        this.finished = Math.max(this.finished, event.data.invocation)
        return
      case 'LeaseAcquired':
        this.leads ||= event.by === SCHEDULER
        return
      case 'SchedulingAttempted': {
        const course = this.courseOf(`${event.data.namespace}/${event.data.pod}`)
        course.decisions.push(event.data)
        if (event.data.nominatedNode !== undefined) course.victims.push([])
        return
      }
      case 'RevisionCommitted': {
        const { key, object, deleted } = event.data
        const before = this.seen.get(key)
        const after = deleted || object === undefined ? undefined : (object as ApiObject)
        if (after === undefined) this.seen.delete(key)
        else this.seen.set(key, after)
        const kind = (after ?? before)?.kind
        if (kind === 'Pod') this.notePod(before as Pod | undefined, after as Pod | undefined)
        if (kind === 'PersistentVolumeClaim') this.noteClaim(after as PersistentVolumeClaim | undefined)
        if (kind === 'PersistentVolume') this.noteVolume(after as PersistentVolume | undefined)
      }
    }
  }

  private notePod(before: Pod | undefined, after: Pod | undefined): void {
    const key = keyOf(after ?? before)
    if (after === undefined) {
      this.leaving.delete(key)
      // A Pod that is held again under the same name begins anew.
      return
    }
    if (before === undefined) this.courses.delete(key)
    const course = this.courseOf(key)
    if (before?.spec.nodeName === undefined && after.spec.nodeName !== undefined) course.node = after.spec.nodeName
    const [was, is] = [before && podCondition(before, 'PodScheduled'), podCondition(after, 'PodScheduled')]
    if (is?.status === 'False' && (was?.reason !== is.reason || was?.message !== is.message)) {
      const nominated = after.status?.nominatedNodeName
      course.failures.push({ reason: is.reason ?? '', message: is.message ?? '', nominated })
    }
    if (before?.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined) {
      this.leaving.add(key)
      this.roundOf(key)?.push(key)
    }
  }

  /** The victims of the last attempt that named this one: the Pod may have been tried again before the last one goes. */
  private roundOf(victim: string): string[] | undefined {
    for (const { decisions, victims } of [...this.courses.values()].reverse()) {
      const round = decisions.filter(({ nominatedNode }) => nominatedNode !== undefined)
      const index = round.findLastIndex((decision) => decision.victims?.includes(victim))
      if (index >= 0) return victims[index]
    }
    return undefined
  }

  private noteClaim(claim: PersistentVolumeClaim | undefined): void {
    const chosen = claim?.metadata.annotations?.['volume.kubernetes.io/selected-node']
    if (claim !== undefined && chosen !== undefined && !claim.spec.volumeName) this.claims.add(keyOf(claim))
  }

  private noteVolume(volume: PersistentVolume | undefined): void {
    const { namespace, name } = volume?.spec.claimRef ?? {}
    if (name === undefined) return
    const claim = this.get('PersistentVolumeClaim', name, namespace)
    if (claim !== undefined && !claim.spec.volumeName && volume?.status?.phase !== 'Bound') {
      this.claims.add(keyOf(claim))
    }
  }

  /** What the PersistentVolume controller and the provisioner do once the scheduler has chosen. */
  private bindVolume(namespace: string | undefined, name: string): void {
    const claim = this.get('PersistentVolumeClaim', name, namespace)
    if (claim === undefined || (claim.spec.volumeName ?? '') !== '') return
    const reserved = this.cluster.list('PersistentVolume').find(({ spec }) => spec.claimRef?.uid === claim.metadata.uid)
    const chosen = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] ?? ''
    if (reserved === undefined) {
      const volume = provisioned(claim, chosen, this)
      if (volume !== undefined) this.create('PersistentVolume', volume)
    }
    const volume = reserved?.metadata.name ?? `dyn-${namespace ?? 'default'}-${name}`
    if (this.get('PersistentVolume', volume) === undefined) return
    this.patch('PersistentVolume', volume, { status: { phase: 'Bound' } }, undefined, 'status')
    const annotations = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' }
    this.patch('PersistentVolumeClaim', name, { metadata: { annotations }, spec: { volumeName: volume } }, namespace)
    this.patch('PersistentVolumeClaim', name, { status: { phase: 'Bound' } }, namespace, 'status')
  }

  /** TaintNodesByCondition was off where the vectors were recorded; here it taints every new node. */
  private untaint(name: string, { spec }: Node): void {
    this.patch('Node', name, { spec: { taints: spec?.taints ?? null } })
  }

  /** ServiceAccount was off there too. */
  private addAccount(namespace: string): void {
    if (this.get('ServiceAccount', 'default', namespace) !== undefined) return
    const account = { ...object('ServiceAccount', { name: 'default', namespace }), automountServiceAccountToken: false }
    this.create('ServiceAccount', account as KindMap['ServiceAccount'])
  }

  private withClaimUid(volume: PersistentVolume): PersistentVolume {
    const { claimRef } = volume.spec
    if (claimRef?.name === undefined) return volume
    const uid = this.get('PersistentVolumeClaim', claimRef.name, claimRef.namespace)?.metadata.uid
    return uid === undefined ? volume : { ...volume, spec: { ...volume.spec, claimRef: { ...claimRef, uid } } }
  }
}

const isController = (id: string): boolean => {
  const [name = '', index] = id.split('/')
  return index === '0' && /-controller(-manager)?$|^(garbage-collector|cronjob|podgc|namespace)/.test(name)
}

const keyOf = (object: ApiObject | undefined): string =>
  `${object?.metadata.namespace ?? ''}/${object?.metadata.name ?? ''}`

const object = (kind: Kind, metadata: Partial<ApiObject['metadata']>): KindMap[Kind] =>
  ({ apiVersion: kindRow(kind).apiVersion, kind, metadata }) as KindMap[Kind]

const isStatusPatch = (patch: unknown): boolean =>
  typeof patch === 'object' && patch !== null && Object.keys(patch).join() === 'status'
