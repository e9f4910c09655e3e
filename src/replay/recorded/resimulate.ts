import { createCluster, type Cluster } from '../../cluster.ts'
import type { ProcessRef } from '../../cluster/fault.ts'
import type { LogEvent, Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import { SERVED_KINDS, type KindRow } from '../../kubernetes/registry.ts'
import { parseStorageKey } from '../../kubernetes/storage-key.ts'
import { Identities } from './identities.ts'
import { isInside } from './inside.ts'
import { outsideRequests, overVersion, type OutsideRequest, type Requested } from './outside.ts'
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
const rowByKind = (kind: string): KindRow | undefined => ROWS.get(kind)

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
    identities,
    favourite: recordedNodes(incident),
    sinks: [collector(writes, standIns), made(identities)],
  })
  const answeredOtherwise: { request: Requested; at: Micros; recorded: number; ours: number }[] = []
  const sent = new Map<number, OutsideRequest>()
  cluster.events$.subscribe((event) => {
    if (event.type !== 'ApiResponded') return
    const { request: number, code: ours } = event.data
    const one = event.to === 'outside' ? sent.get(number) : undefined
    if (one?.code === undefined || one.code === ours) return
    answeredOtherwise.push({ request: one.request, at: one.at, recorded: one.code, ours })
  })
  killProcesses(cluster, incident)
  const unmet: OutsideRequest[] = []
  /** Behind one that waits, all others about the same object wait too. */
  let waiting: OutsideRequest[] = []
  const lookAgain = (): void => {
    const held = new Set<string>()
    waiting = waiting.filter((one) => {
      const object = objectOf(one.request)
      const request = here(one.request, standIns)
      if (!held.has(object) && isPossible(cluster, request)) {
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

/** A request about a Pod, about the Pod that stands in for it. */
const here = (request: Requested, standIns: StandIns): Requested => {
  const { kind, name, body, options = {} } = request
  if (kind !== 'Pod' || name === undefined || standIns.ours(name) === name) return request
  const { preconditions: _uid, ...rest } = options
  return { ...request, name: standIns.ours(name), body: withoutUid(body), options: rest }
}

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
  if (verb === 'create' && subresource === undefined) {
    return namespace === undefined || cluster.get('Namespace', undefined, namespace) !== undefined
  }
  const object = cluster.get(row.kind, namespace, name ?? '')
  if (object === undefined) return verb === 'patch' && subresource === undefined && kind !== 'Pod'
  if (kind === 'Pod' && verb === 'delete' && user.startsWith('system:node:')) {
    return object.metadata.deletionTimestamp !== undefined
  }
  return (
    kind !== 'Pod' ||
    !user.startsWith('system:node:') ||
    cluster.get('Pod', namespace, name ?? '')?.spec.nodeName !== undefined
  )
}

const send = (cluster: Cluster, { request, code }: OutsideRequest): void => {
  const row = rowByKind(request.kind)
  const current = row === undefined ? undefined : cluster.get(row.kind, request.namespace, request.name ?? '')
  // Who was refused for a version that was too old is refused again.
  const version = code === 409 ? '1' : current?.metadata.resourceVersion
  const data = { request: cluster.nextNumber, ...request, body: overVersion(request.body, version) }
  cluster.send({ type: 'ApiRequested', data, to: API_SERVER })
}

const PROGRAMS: Readonly<Record<string, ProcessRef>> = {
  'controller-manager': 'kube-controller-manager/0',
  scheduler: 'kube-scheduler/0',
  apiserver: API_SERVER,
  etcd: 'etcd/1',
}

const killProcesses = (cluster: Cluster, { infra }: Incident): void => {
  for (const [index, { at, action }] of infra.entries()) {
    const [, program = '', what] = /^(.*)-(kill|stop)$/.exec(action) ?? []
    const process = PROGRAMS[program]
    if (process === undefined || what === undefined) continue
    const back = infra.slice(index).find((later) => later.action === `${program}-start`)
    cluster.inject({ kind: 'kill', process }, { at, ...(back === undefined ? {} : { for: back.at - at }) })
  }
}

/** Collects the writes of the control plane as they are answered, and those that an API server makes by itself. */
const collector = (writes: Write[], standIns: StandIns): ((event: LogEvent) => void) => {
  const asked = new Map<string, Omit<Write, 'code'>>()
  /** Writes of quotas that somebody has asked for. */
  const quotas = new Set<string>()
  const told = (event: LogEvent & { readonly type: 'ApiRequested' }): void => {
    const { data, at, by } = event
    if (data.verb === 'get' || data.verb === 'list') return
    if (data.kind === 'ResourceQuota') quotas.add(`${by} ${data.request}`)
    if (!isInside(data.user)) return
    const row = rowByKind(data.kind)
    if (row === undefined) return
    const { verb, user, namespace, name = '', subresource = '', body, options } = data
    const isDelete = verb === 'delete' || verb === 'deletecollection'
    const write = { at, user, verb, row, namespace, name, subresource, body: isDelete ? options : body }
    standIns.taken(write)
    asked.set(`${by} ${data.request}`, asRecorded(write, standIns))
  }
  return (event) => {
    if (event.type === 'ApiRequested') return told(event)
    if (event.type === 'RevisionCommitted') {
      const write = ownWrite(event, quotas.size > 0)
      if (write !== undefined) writes.push(write)
      return
    }
    if (event.type !== 'ApiResponded') return
    const key = `${event.to} ${event.data.request}`
    quotas.delete(key)
    const write = asked.get(key)
    if (write === undefined) return
    asked.delete(key)
    const { code, name = '' } = event.data
    writes.push({ ...write, name: write.name === '' ? name : write.name, code })
  }
}

/**
 * Upstream's API server writes addresses of Services and what quotas have been charged through its own API, so an audit log shows
 * it; ours writes them to the store.
 */
const ownWrite = (
  { at, data }: LogEvent & { readonly type: 'RevisionCommitted' },
  isQuotaAskedFor: boolean,
): Write | undefined => {
  const place = parseStorageKey(data.key)
  const row = place === undefined ? undefined : rowByKind(place.kind)
  if (place === undefined || row === undefined) return undefined
  const { name, namespace } = place
  const write = { at, user: 'system:apiserver', row, namespace, name, body: data.object ?? {}, code: 201 }
  if (place.kind === 'IPAddress') return { ...write, verb: data.deleted ? 'delete' : 'create', subresource: '' }
  if (place.kind !== 'ResourceQuota' || isQuotaAskedFor || data.deleted) return undefined
  return { ...write, verb: 'update', subresource: 'status' }
}

const made =
  (identities: Identities) =>
  (event: LogEvent): void => {
    if (event.type === 'RevisionCommitted' && event.data.object !== undefined) identities.made(event.data.object)
  }

/** One of our writes, about the Pods that ours stand in for. */
const asRecorded = (write: Omit<Write, 'code'>, standIns: StandIns): Omit<Write, 'code'> => {
  const text = JSON.stringify(write.body ?? null)
  const told = standIns.recordedText(text)
  return {
    ...write,
    name: write.row.kind === 'Event' ? standIns.recordedText(write.name) : standIns.recorded(write.name),
    body: told === text ? write.body : (JSON.parse(told) as unknown),
  }
}
