/** Sends recorded HTTP exchanges to the API server actor: what a front end for HTTP does, as far as these recordings need it. */
import type { EventData } from '../../src/events/catalogue/index.ts'
import type { ApiObject } from '../../src/events/json.ts'
import { rowByResource, shownAs, type KindRow } from '../../src/kubernetes/registry.ts'
import type { Answered, ControlPlane } from '../scenarios/apiserver/control-plane.ts'
import type { Exchange } from './transcripts.ts'

type Call = Omit<EventData<'ApiRequested'>, 'request' | 'user'>
type Json = Record<string, unknown>

const PATCHES: Readonly<Record<string, Call['patchType']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
}

const SERVED_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'scale', 'binding', 'eviction', 'finalize'])

export interface Target {
  readonly row: KindRow
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

/** What a path names; undefined for what this server does not serve. */
export function targetOf(path: string): Target | undefined {
  const parts = (path.split('?')[0] ?? '').split('/').slice(1)
  const isGrouped = parts[0] === 'apis'
  const [group, version] = isGrouped ? [parts[1] ?? '', parts[2]] : ['', parts[1]]
  const rest = parts.slice(isGrouped ? 3 : 2)
  const own = rest[0] === 'namespaces' && (rest.length <= 2 || rest[2] === 'finalize' || rest[2] === 'status')
  const namespace = rest[0] === 'namespaces' && !own ? rest[1] : undefined
  const [resource = '', name, subresource] = namespace === undefined ? rest : rest.slice(2)
  if (subresource !== undefined && !SERVED_SUBRESOURCES.has(subresource)) return undefined
  const row = rowByResource(group, resource, version)
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
  const given = method === 'DELETE' ? ((body ?? {}) as Json) : {}
  const grace =
    given['gracePeriodSeconds'] ?? (query.has('gracePeriodSeconds') ? Number(text('gracePeriodSeconds')) : undefined)
  const policy =
    given['orphanDependents'] === true ? 'Orphan' : (given['propagationPolicy'] ?? text('propagationPolicy'))
  const dryRun = query.get('dryRun') === 'All' || Array.isArray(given['dryRun'])
  return {
    verb: verbOf(method, name),
    kind: row.kind,
    ...(row.conversion === undefined ? {} : { apiVersion: row.apiVersion }),
    namespace,
    name,
    subresource,
    patchType: PATCHES[headers?.['content-type'] ?? ''],
    body: method === 'DELETE' || method === 'GET' ? undefined : body,
    options: {
      resourceVersion: text('resourceVersion'),
      labelSelector: text('labelSelector'),
      fieldSelector: text('fieldSelector'),
      gracePeriodSeconds: grace as number | undefined,
      propagationPolicy: policy as 'Background' | undefined,
      preconditions: given['preconditions'] as { uid?: string } | undefined,
      dryRun,
      fieldValidation: (text('fieldValidation') ?? 'Warn') as 'Warn',
    },
  }
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
export function bodyOf(plane: ControlPlane, target: Target, answer: Answered): unknown {
  if (answer.status !== undefined) return answer.status
  const body = storedBodyOf(plane, target, answer)
  return body === undefined ? undefined : shownAs(target.row, body)
}

function storedBodyOf(plane: ControlPlane, target: Target, answer: Answered): ApiObject | undefined {
  const { row, namespace, name } = target
  if (answer.body !== undefined) return answer.body as ApiObject
  const revision = answer.revision ?? 0
  const shown = name ?? answer.name
  if (shown === undefined) return undefined
  const object = plane.objects.read(row.kind, namespace, shown, revision)
  if (object !== undefined) return object
  // The object went at this revision; it is shown as it last was, with the revision of its end.
  const last: ApiObject | undefined = plane.objects.read(row.kind, namespace, shown, revision - 1)
  return last && { ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } }
}
