import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../../kubernetes/draft.ts'
import type { Rule } from './rules.ts'
import type { Write } from './writes.ts'
import { isRecord } from './writes.ts'

/** Members of metadata that two servers never agree on, or that nobody asked for. */
const METADATA = new Set(['namespace', 'resourceVersion', 'managedFields', 'creationTimestamp', 'selfLink'])
/** A time of the recording or of the run. */
const TIME = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
/** The volume of a Pod's token has a drawn name. */
const TOKEN_VOLUME = /^kube-api-access-[a-z0-9]{5}$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * A body in the form in which two servers' bodies are compared: times, uids, addresses that were chosen and versions are
 * blanked, and what is empty is left out, because writers differ in whether they spell it. `without` one of the rules, to see
 * what hangs on it.
 */
export const normalForm = (value: unknown, drawn: DrawnNames = NO_NAMES, without?: Rule): unknown => {
  if (typeof value === 'string') return textForm(value, drawn, without)
  if (Array.isArray(value)) {
    return value
      .filter((item) => without === 'foreign' || !isForeign(item))
      .map((item) => normalForm(item, drawn, without))
  }
  if (!isRecord(value)) return value
  const members: Record<string, unknown> = {}
  for (const key of Object.keys(value).toSorted()) {
    if (key === 'kind' || key === 'apiVersion' || (without !== 'addresses' && CHOSEN.has(key))) continue
    if (without !== 'versions' && key === 'resourceVersion') continue
    const isMetadata = key === 'metadata' && without !== 'versions'
    const member = normalForm(isMetadata ? ownMetadata(value[key]) : value[key], drawn, without)
    if (member === undefined || (without !== 'empty' && isEmpty(member))) continue
    const isSorted = without !== 'unordered' && UNORDERED.has(key) && Array.isArray(member)
    members[key] = isSorted ? sorted(member) : member
  }
  return members
}

const textForm = (text: string, drawn: DrawnNames, without: Rule | undefined): string => {
  if (without !== 'times' && TIME.test(text)) return '<time>'
  if (text.startsWith('-----BEGIN ')) return '<pem>'
  if (without !== 'uids' && UUID.test(text)) return '<uid>'
  return drawn(without === 'names' ? text : text.replace(TOKEN_VOLUME, 'kube-api-access-'))
}

/** A text in which the names that were drawn for Pods are blanked: `web-7c9f-x2x4z` is `web-7c9f-*`. */
export type DrawnNames = (text: string) => string

const NO_NAMES: DrawnNames = (text) => text

/** Pods of one owner are alike, so what was drawn for which of them says nothing. `bases` are what they were drawn behind. */
export const drawnNames = (bases: ReadonlySet<string>, without?: Rule): DrawnNames => {
  if (bases.size === 0 || without === 'drawn') return NO_NAMES
  const known = [...bases].map((base) => base.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`\\b(${known.join('|')})[a-z0-9]{5}\\b`, 'g')
  return (text) => text.replace(pattern, '$1*')
}

/** What the Pods among some writes were named behind. */
export const basesIn = (writes: readonly Write[]): readonly string[] =>
  writes.flatMap(({ verb, row, subresource, body }) => {
    if (verb !== 'create' || row.kind !== 'Pod' || subresource !== '' || !isRecord(body)) return []
    const { generateName } = (body['metadata'] ?? {}) as { readonly generateName?: unknown }
    return typeof generateName === 'string' && generateName !== '' ? [generateName] : []
  })

/**
 * Lists whose order means nothing: conditions are a map by type; endpoints come out of one of Go's maps, or, where all Pods share an
 * address, are sorted by their uids.
 */
const UNORDERED: ReadonlySet<string> = new Set(['conditions', 'endpoints', 'addresses', 'notReadyAddresses'])

const sorted = (items: readonly unknown[]): readonly unknown[] =>
  items
    .map((item) => ({ item, text: JSON.stringify(item) }))
    .toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ item }) => item)

/** What the recorded build mounts into each Pod beside what upstream's does. */
const isForeign = (item: unknown): boolean =>
  isRecord(item) && isRecord(item['configMap']) && item['configMap']['name'] === 'openshift-service-ca.crt'

/** Chosen by a server, each for itself. */
const CHOSEN = new Set([
  'reportingInstance',
  'clusterIP',
  'clusterIPs',
  'nodePort',
  'podIP',
  'podIPs',
  'hostIP',
  'hostIPs',
  'containerID',
])

const ownMetadata = (value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !METADATA.has(key))) : value

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0)

/** A v1 Event's name ends in a number of its writer's clock. */
export const nameForm = ({ row, name }: Write, without?: Rule): string =>
  // An address is drawn, unless it was asked for.
  without === 'names'
    ? name
    : row.kind === 'IPAddress'
      ? ''
      : row.kind === 'Event'
        ? name.replace(/\.[0-9a-f]+$/, '')
        : name

/** What a write asks for, as one line of text. An audit log shows creates and updates with their defaults filled in. */
export const contentOf = (
  { verb, row, subresource, body }: Write,
  drawn: DrawnNames = NO_NAMES,
  without?: Rule,
): string => {
  if (verb === 'delete' || verb === 'deletecollection') return ''
  const { strategy } = row
  const isWhole = (verb === 'create' || verb === 'update') && (subresource === '' || subresource === 'status')
  const isFilled = isWhole && without !== 'defaults'
  const given = isFilled && strategy !== undefined && isRecord(body) ? strategy.defaults(withMetadata(body)) : body
  const form = normalForm(given, drawn, without)
  return (
    JSON.stringify(
      (row.kind === 'Event' || row.kind === 'IPAddress') && isRecord(form) ? { ...form, metadata: undefined } : form,
    ) ?? ''
  )
}

const withMetadata = (body: Readonly<Record<string, unknown>>): Draft<ApiObject> => ({ metadata: {}, ...body })
