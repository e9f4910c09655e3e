/** From a path to what it names: a resource of the API, or one of its subresources. */
import type { KindRow } from '../kubernetes/registry.ts'
import type { ResourceFact, SubresourceFact } from './discovery/facts.ts'
import type { ServedApi } from './discovery/served-api.ts'
import type { ResourcePath } from './request-info.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

export interface ResourceTarget {
  readonly fact: ResourceFact
  readonly subresource: SubresourceFact | undefined
  /** Undefined for what is served without being stored, as reviews. */
  readonly row: KindRow | undefined
  /** As the API server knows it. */
  readonly kind: string
  readonly apiVersion: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  /** What follows the subresource, as of a proxied path. */
  readonly rest: readonly string[]
}

/** Undefined for a path that nothing serves. */
export const targetOf = (path: ResourcePath, api: ServedApi): ResourceTarget | undefined => {
  const { group, version, resource, namespace, name } = path
  const fact = api.resource(group, version, resource)
  if (fact === undefined || resource === '' || name === '') return undefined
  // Objects of a namespace are named within it; what has no namespace is not found in one.
  if (fact.namespaced ? namespace === undefined && name !== undefined : namespace !== undefined) return undefined
  const subresource = fact.subresources.find((one) => one.name === path.subresource)
  if (path.subresource !== undefined && subresource === undefined) return undefined
  if (path.rest.length > 0 && path.subresource !== 'proxy') return undefined
  if (
    name !== undefined &&
    !fact.verbs.some((verb) => verb !== 'create' && verb !== 'list') &&
    subresource === undefined
  )
    return undefined
  const row = api.row(fact)
  const apiVersion = group === '' ? version : `${group}/${version}`
  // What another server answers for is known by its resource alone.
  const kind = fact.aggregated === true ? `${resource}.${group}` : (row?.kind ?? fact.kind)
  return { fact, subresource, row, kind, apiVersion, namespace, name, rest: path.rest }
}

/** What a method asks of a target; undefined if it is not allowed there. */
export const verbOf = (
  method: string,
  { fact, subresource, namespace, name }: ResourceTarget,
  watch: boolean,
): Verb | undefined => {
  const verb = verbOfMethod(method, name !== undefined, watch)
  if (verb === undefined || !(subresource ?? fact).verbs.includes(verb)) return undefined
  const inAllNamespaces = fact.namespaced && namespace === undefined
  return inAllNamespaces && (verb === 'create' || verb === 'deletecollection') ? undefined : verb
}

const verbOfMethod = (method: string, named: boolean, watch: boolean): Verb | undefined => {
  switch (method) {
    case 'GET':
      return named ? 'get' : watch ? 'watch' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return named ? 'update' : undefined
    case 'PATCH':
      return named ? 'patch' : undefined
    case 'DELETE':
      return named ? 'delete' : 'deletecollection'
    default:
      return undefined
  }
}

/** POST makes new names, except below a subresource of a name. */
export const takesName = (verb: Verb, { name, subresource }: ResourceTarget): boolean =>
  verb !== 'create' || (name !== undefined) === (subresource !== undefined)
