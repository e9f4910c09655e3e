import { createCluster, type Cluster } from '../../cluster.ts'
import { OUTSIDE, type LogEvent, type Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import { isServing, type Definition } from '../../kubernetes/custom-resources/definition.ts'
import { bareCustomRow } from '../../kubernetes/custom-resources/bare-row.ts'
import { isCustomKind } from '../../kubernetes/kinds.ts'
import { SERVED_KINDS, type KindRow } from '../../kubernetes/registry.ts'
import { isStatus } from '../../kubernetes/status.ts'
import { parseStorageKey } from '../../kubernetes/storage-key.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { Identities } from './identities.ts'
import { isInside } from './inside.ts'
import { IN_COMMON, OwnWrites } from './own-writes.ts'
import { outsideRequests, overVersion, type OutsideRequest, type Requested } from './outside.ts'
import { recordedBeginning, restartProcesses, slowDown } from './processes.ts'
import type { Incident } from './recording.ts'
import { StandIns } from './stand-ins.ts'
import { isRecord, metadataOf, type Write } from './writes.ts'

export interface Resimulation {
  readonly cluster: Cluster
  /** What the control plane wrote, in order. */
  readonly writes: readonly Write[]
  /** Requests from outside whose object never came to be. */
  readonly unmet: readonly OutsideRequest[]
  /** Requests from outside that were answered with another code than then. */
  readonly answeredOtherwise: readonly {
    readonly request: Requested
    readonly at: Micros
    readonly recorded: number
    readonly ours: number
  }[]
}

const ROWS: ReadonlyMap<string, KindRow> = new Map(SERVED_KINDS.map((row) => [row.kind, row]))
const rowByKind = (kind: string): KindRow | undefined =>
  ROWS.get(kind) ?? (isCustomKind(kind) ? bareCustomRow(kind) : undefined)

/** A request whose object is not there yet waits as long as this. */
const PATIENCE: Micros = seconds(10)
const LOOK: Micros = millis(1)
const API_SERVER = 'kube-apiserver/0'

/**
 * Lets our control plane live through a recorded incident: what came from outside comes at its time, objects get the names and
 * uids that they had, and everything else is what our components do.
 */
export const resimulate = (incident: Incident, seed = 1): Resimulation => {
  const writes: Write[] = []
  const standIns = new StandIns(incident.writes)
  const identities = new Identities(incident.writes)
  const cluster = createCluster({
    seed,
    startTime: incident.startTime,
    nodes: 0,
    dns: 0,
    useServiceAccountCredentials: true,
    metricsServer: servesMetrics(incident),
    identities,
    favourite: recordedNodes(incident),
    beginning: recordedBeginning(incident),
    sinks: [collector(writes, standIns), made(identities)],
  })
  const answeredOtherwise: { request: Requested; at: Micros; recorded: number; ours: number }[] = []
  const sent = new Map<number, OutsideRequest>()
  cluster.events$.subscribe((event) => {
    if (event.type !== 'ApiResponded') return
    const { request: number, code: ours } = event.data
    const one = event.to === OUTSIDE ? sent.get(number) : undefined
    if (one?.code === undefined || one.code === ours) return
    answeredOtherwise.push({ request: one.request, at: one.at, recorded: one.code, ours })
  })
  slowDown(cluster, incident)
  restartProcesses(cluster, incident)
  const binding = new Bindings(incident, cluster)
  const unmet: OutsideRequest[] = []
  /** Behind one that waits, all others about the same object wait too. */
  let waiting: OutsideRequest[] = []
  const lookAgain = (): void => {
    const held = new Set<string>()
    waiting = waiting.filter((one) => {
      const object = objectOf(one.request)
      const request = here(one.request, standIns, cluster)
      if (!held.has(object) && isPossible(cluster, request) && cluster.now >= binding.due(one, request)) {
        sent.set(cluster.nextNumber, one)
        send(cluster, { ...one, request })
        return false
      }
      if (cluster.now - one.at < PATIENCE) {
        held.add(object)
        return true
      }
      unmet.push(one)
      return false
    })
  }
  const runTo = (at: Micros): void => {
    while (waiting.length > 0 && cluster.now < at) {
      cluster.run(Math.min(LOOK, at - cluster.now))
      lookAgain()
    }
    if (cluster.now < at) cluster.run(at - cluster.now)
  }
  for (const one of outsideRequests(incident)) {
    runTo(one.at)
    waiting.push(one)
    lookAgain()
  }
  runTo(incident.window.to)
  return { cluster, writes, unmet: [...unmet, ...waiting], answeredOtherwise }
}

/** Whether that cluster had a metrics API, which an autoscaler asks. */
const servesMetrics = ({ writes }: Incident): boolean =>
  writes.some(({ row, name, code }) => row.kind === 'APIService' && name === 'v1beta1.metrics.k8s.io' && code < 300)

/** Where each Pod went: among equally good nodes the real scheduler takes any. */
const recordedNodes = ({ writes }: Incident): ((uid: string) => string | undefined) => {
  const nodes = new Map<string, string>()
  for (const { row, subresource, body } of writes) {
    if (row.kind !== 'Pod' || subresource !== 'binding' || !isRecord(body)) continue
    const { target } = body
    const { uid } = metadataOf(body)
    if (isRecord(target) && typeof target['name'] === 'string' && typeof uid === 'string')
      nodes.set(uid, target['name'])
  }
  return (uid) => nodes.get(uid)
}

const objectOf = ({ kind, namespace, name, body }: Requested): string =>
  `${kind}/${namespace ?? ''}/${name ?? ''}${name === undefined ? JSON.stringify(body) : ''}`

/** A kubelet's first words about a Pod come as long after it got the Pod as they did then; later ones have other reasons. */
const FIRST: Micros = seconds(10)

/** When Pods were given to their kubelets, then and here. */
class Bindings {
  private readonly then = new Map<string, Micros>()
  private readonly here = new Map<string, Micros>()

  constructor({ writes }: Incident, cluster: Cluster) {
    for (const { row, subresource, code, namespace, name, at } of writes) {
      if (row.kind === 'Pod' && subresource === 'binding' && code < 300) this.then.set(`${namespace ?? ''}/${name}`, at)
    }
    cluster.events$.subscribe(({ type, data, at }) => {
      if (type !== 'RevisionCommitted' || data.object?.kind !== 'Pod') return
      const { metadata, spec } = data.object as Pod
      const place = `${metadata.namespace ?? ''}/${metadata.name}`
      if (spec.nodeName !== undefined && !this.here.has(place)) this.here.set(place, at)
    })
  }

  /** When a recorded request is due, which is about one of our Pods here. */
  due({ at, request }: OutsideRequest, { namespace = '', name = '' }: Requested): Micros {
    if (request.kind !== 'Pod' || !request.user.startsWith(NODE_USER)) return at
    const then = this.then.get(`${namespace}/${request.name ?? ''}`)
    const here = this.here.get(`${namespace}/${name}`)
    if (then === undefined || here === undefined || at < then || at > then + FIRST) return at
    return Math.max(at, here + (at - then))
  }
}

/** A request about a Pod, about the Pod that stands in for it; what its kubelet says, the kubelet says on whose node it is. */
const here = (request: Requested, standIns: StandIns, cluster: Cluster): Requested => {
  const { kind, namespace, name, body, options = {} } = request
  if (kind !== 'Pod' || name === undefined) return request
  const ours = standIns.ours(name)
  const node = cluster.get('Pod', namespace, ours)?.spec.nodeName
  const isKubelet = request.user.startsWith(NODE_USER)
  const user = isKubelet && node !== undefined ? `${NODE_USER}${node}` : request.user
  if (ours === name) return user === request.user ? request : { ...request, user }
  const { preconditions: _uid, ...rest } = options
  return { ...request, user, name: ours, body: withoutUid(body), options: rest }
}

const NODE_USER = 'system:node:'

const withoutUid = (body: unknown): unknown => {
  if (!isRecord(body) || !isRecord(body['metadata'])) return body
  const { uid: _uid, name: _name, ...metadata } = body['metadata']
  return { ...body, metadata }
}

/** Whether the object that a request is about is as far as it was when the request was recorded. */
const isPossible = (cluster: Cluster, { verb, kind, namespace, name, subresource, user }: Requested): boolean => {
  const row = rowByKind(kind)
  if (row === undefined) return true
  if (verb === 'deletecollection') return true
  // A custom kind is served a little after it is defined.
  if (isCustomKind(kind) && !isServed(cluster, kind)) return false
  if (verb === 'create' && subresource === undefined) {
    return namespace === undefined || cluster.get('Namespace', undefined, namespace) !== undefined
  }
  const object = cluster.get(row.kind, namespace, name ?? '')
  if (object === undefined) return verb === 'patch' && subresource === undefined && kind !== 'Pod'
  if (kind === 'Pod' && verb === 'delete' && user.startsWith(NODE_USER)) {
    return object.metadata.deletionTimestamp !== undefined
  }
  return (
    kind !== 'Pod' ||
    !user.startsWith(NODE_USER) ||
    cluster.get('Pod', namespace, name ?? '')?.spec.nodeName !== undefined
  )
}

const isServed = (cluster: Cluster, kind: string): boolean => {
  const definition = cluster.get('CustomResourceDefinition', undefined, kind) as Definition | undefined
  return definition !== undefined && isServing(definition)
}

const send = (cluster: Cluster, { request, code }: OutsideRequest): void => {
  const row = rowByKind(request.kind)
  const current = row === undefined ? undefined : cluster.get(row.kind, request.namespace, request.name ?? '')
  // Who was refused for a version that was too old is refused again.
  const version = code === 409 ? '1' : current?.metadata.resourceVersion
  const data = { request: cluster.nextNumber, ...request, body: overVersion(request.body, version) }
  cluster.send({ type: 'ApiRequested', data, to: API_SERVER })
}

/** Collects the writes of the control plane as they are answered, and those that an API server makes by itself. */
const collector = (writes: Write[], standIns: StandIns): ((event: LogEvent) => void) => {
  const asked = new Map<string, Omit<Write, 'code'>>()
  const own = new OwnWrites(rowByKind)
  /** Requests about what the API server itself writes too: the kind by the request. */
  const counted = new Map<string, string>()
  const told = (event: LogEvent & { readonly type: 'ApiRequested' }): void => {
    const { data, at, by } = event
    if (data.verb === 'get' || data.verb === 'list') return
    if (IN_COMMON.has(data.kind)) counted.set(`${by} ${data.request}`, data.kind)
    if (!isInside(data.user)) return
    const row = rowByKind(data.kind)
    if (row === undefined) return
    const { verb, user, namespace, name = '', subresource = '', body, options } = data
    const isDelete = verb === 'delete' || verb === 'deletecollection'
    const write = { at, user, verb, row, namespace, name, subresource, body: isDelete ? options : body }
    standIns.chosen(write)
    asked.set(`${by} ${data.request}`, asRecorded(write, standIns))
  }
  return (event) => {
    if (event.type === 'ApiRequested') return told(event)
    if (event.type === 'RevisionCommitted') {
      const write = own.take(event, new Set(counted.values()))
      if (write !== undefined) writes.push(write)
      return
    }
    if (event.type !== 'ApiResponded') return
    const key = `${event.to} ${event.data.request}`
    counted.delete(key)
    const write = asked.get(key)
    if (write === undefined) return
    asked.delete(key)
    const { code, name = '' } = event.data
    writes.push({ ...write, name: write.name === '' ? name : write.name, code })
  }
}

/** Tells the register of names what has been made and what has been refused. */
const made = (identities: Identities): ((event: LogEvent) => void) => {
  const creations = new Map<string, { readonly kind: string; readonly namespace: string | undefined }>()
  return (event) => {
    if (event.type === 'RevisionCommitted' && event.data.object !== undefined) {
      const { kind } = parseStorageKey(event.data.key) ?? event.data.object
      identities.made(kind, event.data.object)
    }
    if (event.type !== 'ApiRequested' && event.type !== 'ApiResponded') return
    const key =
      event.type === 'ApiRequested' ? `${event.by} ${event.data.request}` : `${event.to} ${event.data.request}`
    if (event.type === 'ApiRequested') {
      const { verb, kind, namespace, body } = event.data
      if (verb === 'create' && 'generateName' in metadataOf(body)) creations.set(key, { kind, namespace })
      return
    }
    const creation = creations.get(key)
    creations.delete(key)
    const name = isStatus(event.data.status) ? event.data.status.details?.name : undefined
    if (creation !== undefined && event.data.code >= 400 && name !== undefined) {
      identities.refused(creation.kind, creation.namespace, name)
    }
  }
}

/** One of our writes, about the Pods that ours stand in for. */
const asRecorded = (write: Omit<Write, 'code'>, standIns: StandIns): Omit<Write, 'code'> => {
  if (!standIns.any) return write
  const text = JSON.stringify(write.body ?? null)
  const told = standIns.recordedText(text)
  return {
    ...write,
    name: write.row.kind === 'Event' ? standIns.recordedText(write.name) : standIns.recorded(write.name),
    body: told === text ? write.body : (JSON.parse(told) as unknown),
  }
}
