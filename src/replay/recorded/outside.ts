import type { EventData } from '../../events/catalogue/index.ts'
import type { Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import { sameJson } from '../../kubernetes/hash.ts'
import { microTime, parseTime } from '../../kubernetes/time.ts'
import { isInside } from './inside.ts'
import type { Incident } from './recording.ts'
import { isRecord, metadataOf, patchTypeOf, type RecordedWrite } from './writes.ts'

export type Requested = Omit<EventData<'ApiRequested'>, 'request'>

/** One request from outside the control plane, as recorded or as what a recording leaves out must have been. */
export interface OutsideRequest {
  readonly at: Micros
  readonly request: Requested
  /** The answer that was recorded; undefined for what was not. */
  readonly code: number | undefined
}

/** What people, kubelets and scripts sent, in order of time; Leases of nodes, which audit logs leave out, are added. */
export const outsideRequests = (incident: Incident): readonly OutsideRequest[] =>
  [...behindWinners(incident.writes.filter(isOutside).map(outsideRequest)), ...nodeLeases(incident)].sort(
    (a, b) => a.at - b.at,
  )

/** Evictions that come within this time are decided in any order. */
const RACE: Micros = millis(20)

/** An eviction that a budget refused came behind the one at the same time that the budget let pass. */
const behindWinners = (requests: readonly OutsideRequest[]): readonly OutsideRequest[] => {
  const passed = requests.filter(({ request, code }) => request.subresource === 'eviction' && code === 201)
  return requests.map((one) => {
    if (one.request.subresource !== 'eviction' || one.code !== 429) return one
    const isRace = passed.some(({ at }) => at > one.at - RACE && at < one.at + RACE)
    return isRace ? { ...one, at: one.at + RACE } : one
  })
}

const isOutside = ({ user, row, subresource }: RecordedWrite): boolean =>
  !isInside(user) && row.kind !== 'Lease' && subresource !== 'token'

const outsideRequest = (write: RecordedWrite): OutsideRequest => {
  const { at, user, verb, row, namespace, name, subresource, body, code, query } = write
  const options = {
    ...(query.has('dryRun') ? { dryRun: true } : {}),
    ...(query.get('force') === 'true' ? { force: true } : {}),
    ...given('fieldManager', query.get('fieldManager')),
    ...given('labelSelector', query.get('labelSelector')),
    ...given('fieldSelector', query.get('fieldSelector')),
    ...(verb === 'delete' || verb === 'deletecollection' ? deleteOptions(body) : {}),
  }
  const request: Requested = {
    verb,
    kind: row.kind,
    user,
    ...given('namespace', namespace),
    ...(verb === 'deletecollection' ? {} : given('name', name)),
    ...(subresource === '' ? {} : { subresource }),
    ...(verb === 'patch' ? { patchType: patchTypeOf(write) } : {}),
    ...(verb === 'delete' || verb === 'deletecollection' ? {} : { body: row.kind === 'Job' ? asGiven(body) : body }),
    options,
  }
  return { at, request, code }
}

/** A Job without labels takes over those of its Pods, which an audit log shows as if they had been given. */
const asGiven = (body: unknown): unknown => {
  if (!isRecord(body) || !isRecord(body['spec'])) return body
  const { labels, ...metadata } = metadataOf(body)
  const isTakenOver = sameJson(labels, metadataOf(body['spec']['template'])['labels'])
  return isTakenOver ? { ...body, metadata } : body
}

const given = <K extends string, V>(key: K, value: V | null | undefined): { readonly [P in K]?: V } =>
  value === undefined || value === null || value === '' ? {} : ({ [key]: value } as { readonly [P in K]: V })

const POLICIES = ['Background', 'Foreground', 'Orphan'] as const

/** Versions in preconditions are those of another server. */
const deleteOptions = (body: unknown): Requested['options'] => {
  if (!isRecord(body)) return {}
  const { gracePeriodSeconds, propagationPolicy, preconditions } = body
  const uid = isRecord(preconditions) ? preconditions['uid'] : undefined
  const policy = POLICIES.find((one) => one === propagationPolicy)
  return {
    ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(typeof uid === 'string' ? { preconditions: { uid } } : {}),
  }
}

const RENEWAL: Micros = seconds(10)
const LEASES = 'kube-node-lease'

/** Each node renews its Lease from its registration until its process is killed, and again from the next start on. */
function* nodeLeases({ startTime, writes, infra, window }: Incident): Generator<OutsideRequest> {
  const start = parseTime(startTime) ?? 0
  for (const { at, user, name } of registrations(writes)) {
    let isFirst = true
    for (const [from, until] of lives(name, at, window.to, infra)) {
      for (let renewAt = from; renewAt < until; renewAt += RENEWAL) {
        yield { at: renewAt, request: leaseRequest(user, name, isFirst, start + renewAt), code: undefined }
        isFirst = false
      }
    }
  }
}

const registrations = (writes: readonly RecordedWrite[]): readonly RecordedWrite[] => {
  const seen = new Set<string>()
  return writes.filter(({ verb, row, subresource, code, user, name }) => {
    const isOne = verb === 'create' && row.kind === 'Node' && subresource === '' && code === 201 && !isInside(user)
    if (!isOne || seen.has(name)) return false
    seen.add(name)
    return true
  })
}

/** From when to when a node's process ran. */
function* lives(
  node: string,
  registered: Micros,
  end: Micros,
  infra: Incident['infra'],
): Generator<readonly [Micros, Micros]> {
  let from: Micros | undefined = registered
  for (const { at, action, node: about } of infra) {
    if (about !== node || at <= registered) continue
    if (from !== undefined && /-(kill|stop)$/.test(action)) {
      yield [from, at]
      from = undefined
    } else if (from === undefined && action.endsWith('-start')) from = at
  }
  if (from !== undefined) yield [from, end]
}

const leaseRequest = (user: string, node: string, isFirst: boolean, at: Micros): Requested => {
  const spec = { holderIdentity: node, leaseDurationSeconds: 40, renewTime: microTime(at) }
  const object = { kind: 'Lease', user, namespace: LEASES, name: node }
  return isFirst
    ? {
        ...object,
        verb: 'create',
        body: {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: node, namespace: LEASES },
          spec,
        },
      }
    : { ...object, verb: 'patch', patchType: 'merge', body: { spec } }
}

/** A body for this server: whoever wrote over the version that he had read writes over the one that is there now. */
export const overVersion = (body: unknown, resourceVersion: string | undefined): unknown => {
  if (!isRecord(body) || !('resourceVersion' in metadataOf(body))) return body
  const { resourceVersion: _recorded, managedFields: _fields, ...metadata } = metadataOf(body)
  return { ...body, metadata: resourceVersion === undefined ? metadata : { ...metadata, resourceVersion } }
}
