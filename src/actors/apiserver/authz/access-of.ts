import { either } from 'fp-ts'
import type { EventData } from '../../../events/catalogue/index.ts'
import { parseFieldSelector, requiredValue } from '../../../kubernetes/field-selectors.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import { toPath, toResource, type Access } from '../authz.ts'

type Asked = EventData<'ApiRequested'>
type Watched = EventData<'WatchRequested'>

/** What a request for a resource asks to be allowed. Source: apiserver/pkg/endpoints/request/requestinfo.go, NewRequestInfo (v1.36). */
export function accessOf(
  { verb, namespace, name, subresource = '', options }: Asked,
  row: Pick<KindRow, 'group' | 'resource' | 'namespaced'>,
): Access {
  const { group, resource } = row
  const selected = name ?? ''
  if (selected === '' && options?.fieldSelector !== undefined) {
    return narrowed(verb, { group, resource, subresource }, namespaceOf(row, namespace, ''), options.fieldSelector)
  }
  return { verb, group, resource, subresource, namespace: namespaceOf(row, namespace, selected), name: selected }
}

export function accessOfWatch(
  { namespace, fieldSelector, nodeName }: Watched,
  row: Pick<KindRow, 'group' | 'resource' | 'namespaced'>,
): Access {
  const { group, resource } = row
  const what = { group, resource, subresource: '' }
  const access = narrowed('watch', what, namespaceOf(row, namespace, ''), fieldSelector ?? '')
  return nodeName === undefined ? access : { ...access, nodeName }
}

/** A namespace lies within itself. */
const namespaceOf = (
  row: Pick<KindRow, 'group' | 'resource' | 'namespaced'>,
  namespace: string | undefined,
  name: string,
): string => (row.namespaced ? (namespace ?? '') : row.group === '' && row.resource === 'namespaces' ? name : '')

/** What a selector fixes counts as asked for. */
const narrowed = (
  verb: string,
  what: Pick<Access, 'group' | 'resource' | 'subresource'>,
  namespace: string,
  fieldSelector: string,
): Access => {
  const terms = parseFieldSelector(fieldSelector)
  const required = (field: string): string | undefined =>
    either.isRight(terms) ? requiredValue(terms.right, field) : undefined
  const nodeName = required('spec.nodeName')
  const access = { verb, ...what, namespace, name: required('metadata.name') ?? '' }
  return nodeName === undefined ? access : { ...access, nodeName }
}

/** Verbs of paths that are no resources are the methods' names. */
const METHODS: Readonly<Record<Asked['verb'], string>> = {
  get: 'get',
  list: 'get',
  create: 'post',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
}

/** What a path asks to be allowed, of whatever kind, served or not. */
export function accessOfPath(verb: Asked['verb'], path: string): Access {
  const [place = '', query = ''] = path.split('?')
  const parts = place.split('/').filter((part) => part !== '')
  const prefix = parts[0] === 'apis' ? 3 : parts[0] === 'api' ? 2 : 0
  if (prefix === 0 || parts.length <= prefix) return toPath(METHODS[verb], place)
  const group = parts[0] === 'apis' ? (parts[1] ?? '') : ''
  const rest = parts.slice(prefix)
  const scoped = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize'
  const [resource = '', name = '', ...sub] = scoped ? rest.slice(2) : rest
  const own = !scoped && group === '' && resource === 'namespaces' ? name : ''
  const what = toResource(verbOf(verb, name, query), group, resource, scoped ? (rest[1] ?? '') : own, name)
  return { ...what, subresource: sub.join('/') }
}

const verbOf = (verb: Asked['verb'], name: string, query: string): string => {
  if (verb === 'get' && name === '') return /(^|&)watch=(1|true)/.test(query) ? 'watch' : 'list'
  if (verb === 'list' && /(^|&)watch=(1|true)/.test(query)) return 'watch'
  if (verb === 'list' && name !== '') return 'get'
  if (verb === 'delete' && name === '') return 'deletecollection'
  return verb
}
