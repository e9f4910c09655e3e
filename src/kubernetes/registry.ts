/** The kinds by name, by path and by what their objects say they are: look-ups in kind-rows/. */
import type { ApiObject } from '../events/json.ts'
import { KIND_ROWS } from './kind-rows/kind-rows.ts'
import type { KindRow } from './kind-rows/row.ts'
import { bareCustomRow } from './custom-resources/bare-row.ts'
import { isCustomKind, type Kind, type KindMap } from './kinds.ts'
import type { Strategy } from './strategy/strategy.ts'

export type { KindRow } from './kind-rows/row.ts'

const byKind = new Map<string, KindRow>(KIND_ROWS.map((one) => [one.kind, one]))
/** Each kind in each of its versions, the stored one first. */
const IN_ALL_VERSIONS: readonly KindRow[] = KIND_ROWS.flatMap((one) => [one, ...one.others])
const byResource = new Map([...IN_ALL_VERSIONS].reverse().map((one) => [`${one.group}/${one.resource}`, one]))
const byPath = new Map(IN_ALL_VERSIONS.map((one) => [`${one.apiVersion}/${one.resource}`, one]))
const byApiVersion = new Map(IN_ALL_VERSIONS.map((one) => [`${one.apiVersion} ${one.kind}`, one]))

/** The kinds that the API serves, in the table's order, each once: in the version that is stored. */
export const SERVED_KINDS: readonly KindRow[] = KIND_ROWS.filter((one) => one.strategy !== undefined)

/** The kinds that the API serves, in every version: what discovery lists. */
export const SERVED_IN_ALL_VERSIONS: readonly KindRow[] = IN_ALL_VERSIONS.filter((one) => one.strategy !== undefined)

/** Of a custom kind only what its key says. */
export function kindRow(kind: Kind): KindRow {
  const found = byKind.get(kind) ?? (isCustomKind(kind) ? bareCustomRow(kind) : undefined)
  if (found === undefined) throw new RangeError(`the table of kinds has no row for ${kind}`)
  return found
}

/** What is special about writing a kind. Throws for a kind that isn't served. */
export function strategyOf<K extends Kind>(kind: K): Strategy<KindMap[K]> {
  const { strategy } = kindRow(kind)
  if (strategy === undefined) throw new RangeError(`${kind} is not served`)
  // The row was made with the strategy of its own kind: see `row`.
  return strategy as Strategy<ApiObject> & Strategy<KindMap[K]>
}

/** By group ('' for core) and plural, as a path names it, in the given or the first version. Only served kinds. */
export const rowByResource = (group: string, resource: string, version?: string): KindRow | undefined => {
  if (version === undefined) return served(byResource.get(`${group}/${resource}`))
  return served(byPath.get(group === '' ? `${version}/${resource}` : `${group}/${version}/${resource}`))
}

/** By what an object says it is. Only served kinds. */
export const rowByApiVersion = (apiVersion: string, kind: string): KindRow | undefined =>
  served(byApiVersion.get(`${apiVersion} ${kind}`))

/**
 * An object as a row's version shows it. Everything that is stored or answered is in the stored version; whoever shows it in
 * another one converts it with this. What is no object of the kind, as a Status or a Scale, stays as it is.
 */
export const shownAs = <O extends ApiObject>(one: KindRow, object: O): ApiObject =>
  one.conversion === undefined ||
  object.kind !== one.objectKind ||
  (object.apiVersion === one.apiVersion && one.custom === undefined)
    ? object
    : one.conversion.fromHub(object)

const served = (found: KindRow | undefined): KindRow | undefined => (found?.strategy === undefined ? undefined : found)

/** As people type it: `deploy`, `deployments`, `deployment`, `deployments.apps`, `Deployment`. Only served kinds. */
export function rowByName(name: string): KindRow | undefined {
  const lower = name.toLowerCase()
  const dot = lower.indexOf('.')
  const [resource, group] = dot < 0 ? [lower, undefined] : [lower.slice(0, dot), lower.slice(dot + 1)]
  return SERVED_KINDS.find(
    (one) =>
      (one.resource === resource || one.singular === resource || one.shortNames.includes(resource)) &&
      (group === undefined || one.group === group || `${one.version}.${one.group}` === group),
  )
}

/** `pods`, `deployments.apps`: as messages name a kind's resource. */
export const qualifiedResource = ({ group, resource }: KindRow): string =>
  group === '' ? resource : `${resource}.${group}`

/** Why objects of a kind cannot be selected by a field, in upstream's words; undefined if they can. */
export function fieldSelectorProblem(one: KindRow, field: string): string | undefined {
  if (field === 'metadata.name' || (field === 'metadata.namespace' && (one.namespaced || one.field === undefined)))
    return undefined
  if (one.field === undefined) {
    return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
  }
  const empty = {
    apiVersion: '',
    kind: '',
    metadata: { name: '', uid: '', resourceVersion: '', creationTimestamp: '' },
  }
  const probe = { ...empty, spec: {}, involvedObject: {} }
  if (one.field(probe, field) !== undefined) return undefined
  switch (one.kind) {
    // Source: pkg/apis/batch/v1/conversion.go, AddFieldLabelConversionsForJob.
    case 'Job':
      return `field label ${JSON.stringify(field)} not supported for Job`
    // Source: pkg/apis/resource/v1/conversion.go.
    case 'ResourceSlice':
      return `field label not supported for ${one.apiVersion}, Kind=${one.kind}: ${field}`
    default:
      return `field label not supported: ${field}`
  }
}

/** A field's text in an object, for a field selector. */
export function selectableField(one: KindRow, object: ApiObject, field: string): string | undefined {
  if (field === 'metadata.name') return object.metadata.name
  if (field === 'metadata.namespace') return object.metadata.namespace ?? ''
  return one.field?.(object, field)
}
