/** Sends recorded HTTP exchanges to the API server actor: what a front end for HTTP does, as far as these recordings need it. */
import type { EventData } from '../../src/events/catalogue/index.ts'
import type { ApiObject } from '../../src/events/json.ts'
import { kindRow, rowByResource, shownAs, type KindRow } from '../../src/kubernetes/registry.ts'
import { withNulls } from '../../src/kubernetes/schema/nulls.ts'
import { customRowByResource } from '../../src/kubernetes/custom-resources/rows.ts'
import type { View } from '../../src/kubernetes/view.ts'
import { listedAt } from '../../src/actors/apiserver/cache/page.ts'
import { isStatus } from '../../src/kubernetes/status.ts'
import type { Answered, ControlPlane } from '../scenarios/apiserver/control-plane.ts'
import type { Exchange } from './transcripts.ts'

type Call = Omit<EventData<'ApiRequested'>, 'request' | 'user'>
type Watch = Omit<EventData<'WatchRequested'>, 'watch'>
type Json = Record<string, unknown>

const PATCHES: Readonly<Record<string, Call['patchType']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
}

const SERVED_SUBRESOURCES: ReadonlySet<string> = new Set([
  'status',
  'scale',
  'binding',
  'eviction',
  'finalize',
  'approval',
  'ephemeralcontainers',
  'resize',
  'log',
  'exec',
  'attach',
  'portforward',
  'proxy',
])

export interface Target {
  readonly row: KindRow
  /** Where it is another one than the row's. */
  readonly kind?: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

/** What a path names; undefined for what this server does not serve. */
export function targetOf(path: string, view?: View): Target | undefined {
  const parts = (path.split('?')[0] ?? '').split('/').slice(1)
  const isGrouped = parts[0] === 'apis'
  const [group, version] = isGrouped ? [parts[1] ?? '', parts[2]] : ['', parts[1]]
  const rest = parts.slice(isGrouped ? 3 : 2)
  if (rest[0] === 'watch') rest.shift()
  const own = rest[0] === 'namespaces' && (rest.length <= 2 || rest[2] === 'finalize' || rest[2] === 'status')
  const namespace = rest[0] === 'namespaces' && !own ? rest[1] : undefined
  const [resource = '', name, subresource] = namespace === undefined ? rest : rest.slice(2)
  if (subresource !== undefined && !SERVED_SUBRESOURCES.has(subresource)) return undefined
  if (group === '' && resource === 'bindings') {
    return { row: kindRow('Pod'), kind: 'Binding', namespace, name, subresource }
  }
  const custom = view && customRowByResource(view, group ?? '', resource, version ?? '')
  const row = rowByResource(group, resource, version) ?? custom
  return row === undefined ? undefined : { row, namespace, name, subresource }
}

export function queryOf(path: string): URLSearchParams {
  return new URLSearchParams(path.split('?')[1] ?? '')
}

/** The call that an exchange stands for. */
export function callOf({ request }: Exchange, target: Target, body: unknown): Call {
  const { method, path, headers } = request
  const query = queryOf(path)
  const { row, namespace, name, subresource } = target
  const text = (key: string): string | undefined => query.get(key) ?? undefined
  const number = (key: string): number | undefined => (query.has(key) ? Number(query.get(key)) : undefined)
  const isDelete = method === 'DELETE'
  const given = method === 'GET' ? undefined : body
  return {
    verb: verbOf(method, name),
    kind: target.kind ?? row.kind,
    ...(row.conversion === undefined && row.custom === undefined ? {} : { apiVersion: row.apiVersion }),
    namespace,
    name,
    subresource,
    patchType: PATCHES[headers?.['content-type'] ?? ''],
    body: CONNECTIONS.has(subresource ?? '') ? { container: text('container') } : given,
    options: {
      resourceVersion: text('resourceVersion'),
      resourceVersionMatch: text('resourceVersionMatch'),
      labelSelector: text('labelSelector'),
      fieldSelector: text('fieldSelector'),
      limit: number('limit'),
      continue: text('continue'),
      gracePeriodSeconds: isDelete ? number('gracePeriodSeconds') : undefined,
      propagationPolicy: isDelete ? (text('propagationPolicy') as 'Background') : undefined,
      dryRun: query.get('dryRun') === 'All',
      fieldValidation: (text('fieldValidation') ?? 'Warn') as 'Warn',
    },
  }
}

const CONNECTIONS: ReadonlySet<string> = new Set(['log', 'exec', 'attach', 'portforward', 'proxy'])

const TRUE: ReadonlySet<string | null> = new Set(['', '1', 'true', 'maybe'])

export const isOldWatchPath = (path: string): boolean => /^\/(api|apis\/[^/]+)\/[^/]+\/watch\//.test(path)

/** The watch that an exchange stands for. */
export function watchOf({ request }: Exchange, { row, namespace, name }: Target): Watch {
  const query = queryOf(request.path)
  const text = (key: string): string | undefined => query.get(key) ?? undefined
  const timeout = text('timeoutSeconds')
  return {
    kind: row.kind,
    ...(row.custom === undefined ? {} : { apiVersion: row.apiVersion }),
    revision: 0,
    namespace,
    resourceVersion: text('resourceVersion') ?? '',
    resourceVersionMatch: text('resourceVersionMatch'),
    labelSelector: text('labelSelector'),
    fieldSelector: name === undefined ? text('fieldSelector') : `metadata.name=${name}`,
    continue: text('continue'),
    sendInitialEvents: query.has('sendInitialEvents') ? TRUE.has(query.get('sendInitialEvents')) : undefined,
    bookmarks: TRUE.has(query.get('allowWatchBookmarks')),
    timeoutSeconds: timeout === undefined ? undefined : Number(timeout),
  }
}

/** What a front end would send down a watch's stream, and whether the server has ended it. */
export function framesOf(plane: ControlPlane, row: KindRow, watch: number): readonly Json[] {
  const frames: Json[] = []
  for (const event of plane.events) {
    if (event.type === 'WatchEnded' && event.data.watch === watch && event.data.code !== 200) {
      frames.push({ type: 'ERROR', object: event.data.status })
    }
    if (event.type !== 'WatchPushed' || event.data.watch !== watch) continue
    const { revision, change, initialEventsEnd } = event.data
    if (change === 'BOOKMARK') {
      if (initialEventsEnd === undefined) continue
      const annotations = { 'k8s.io/initial-events-end': 'true' }
      const metadata = { resourceVersion: String(revision), creationTimestamp: null, annotations }
      frames.push({ type: change, object: { kind: row.objectKind, apiVersion: row.apiVersion, metadata } })
      continue
    }
    const written = plane.objects.written(revision)
    if (written === undefined) throw new Error(`revision ${revision} wrote something`)
    const object = change === 'DELETED' ? stamped(written.before, revision) : written.object
    frames.push({ type: change, object: object && shownAs(row, object) })
  }
  return frames
}

const verbOf = (method: string, name: string | undefined): Call['verb'] => {
  switch (method) {
    case 'GET':
      return name === undefined ? 'list' : 'get'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    default:
      return name === undefined ? 'deletecollection' : 'delete'
  }
}

/** The body that a front end would give out for an answer. */
export function bodyOf(plane: ControlPlane, target: Target, call: Call, answer: Answered): unknown {
  if (answer.status !== undefined) return answer.status
  if (answer.items !== undefined) return listOf(plane, target, call, answer)
  const body = storedBodyOf(plane, target, answer)
  if (body === undefined) return undefined
  const shown = shownAs(target.row, body)
  return withNulls(shown, shown.apiVersion, shown.kind)
}

function listOf(plane: ControlPlane, { row, namespace }: Target, { options }: Call, answer: Answered): unknown {
  const { revision = 0, event } = answer
  const page = listedAt(plane.objects.at(revision), row, { ...options, ...(namespace && { namespace }) }, revision)
  if (isStatus(page)) throw new Error('a list that was answered can be read')
  const { continue: token, remainingItemCount } = event.data
  const metadata = {
    resourceVersion: String(revision),
    ...(token === undefined ? {} : { continue: token }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  }
  if (row.custom !== undefined) {
    const items = page.items.map((item) => shownAs(row, item))
    return { kind: row.custom.listKind, apiVersion: row.apiVersion, metadata: { continue: '', ...metadata }, items }
  }
  const items = page.items.map((item) => {
    const { kind: _kind, apiVersion: _version, ...rest } = shownAs(row, item)
    return rest
  })
  return { kind: `${row.kind}List`, apiVersion: row.apiVersion, metadata, items }
}

function storedBodyOf(plane: ControlPlane, target: Target, answer: Answered): ApiObject | undefined {
  const { row, namespace, name } = target
  if (answer.body !== undefined) return answer.body as ApiObject
  const revision = answer.revision ?? 0
  const shown = name ?? answer.name
  if (shown === undefined) return undefined
  const object = plane.objects.read(row.kind, namespace, shown, revision)
  if (object !== undefined) return object
  return stamped(plane.objects.read(row.kind, namespace, shown, revision - 1), revision)
}

/** What went at this revision is shown as it last was, with the revision of its end. */
const stamped = (last: ApiObject | undefined, revision: number): ApiObject | undefined =>
  last && { ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } }
