import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../../kubernetes/draft.ts'
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
 * blanked, and what is empty is left out, because writers differ in whether they spell it.
 */
export const normalForm = (value: unknown): unknown => {
  if (typeof value === 'string') {
    if (TIME.test(value)) return '<time>'
    if (value.startsWith('-----BEGIN ')) return '<pem>'
    return UUID.test(value) ? '<uid>' : value.replace(TOKEN_VOLUME, 'kube-api-access-')
  }
  if (Array.isArray(value)) return value.filter((item) => !isForeign(item)).map(normalForm)
  if (!isRecord(value)) return value
  const members: Record<string, unknown> = {}
  for (const key of Object.keys(value).toSorted()) {
    if (key === 'kind' || key === 'apiVersion' || BLANKED.has(key)) continue
    const member = key === 'metadata' ? metadata(value[key]) : normalForm(value[key])
    if (!isEmpty(member)) members[key] = member
  }
  return members
}

/** What the recorded build mounts into each Pod beside what upstream's does. */
const isForeign = (item: unknown): boolean =>
  isRecord(item) && isRecord(item['configMap']) && item['configMap']['name'] === 'openshift-service-ca.crt'

/** Chosen by a server, each for itself. */
const BLANKED = new Set([
  'reportingInstance',
  'resourceVersion',
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

const metadata = (value: unknown): unknown =>
  isRecord(value) ? normalForm(Object.fromEntries(Object.entries(value).filter(([key]) => !METADATA.has(key)))) : value

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0)

/** A v1 Event's name ends in a number of its writer's clock. */
export const nameForm = ({ row, name }: Write): string =>
  // An address is drawn, unless it was asked for.
  row.kind === 'IPAddress' ? '' : row.kind === 'Event' ? name.replace(/\.[0-9a-f]+$/, '') : name

/** What a write asks for, as one line of text. An audit log shows creates and updates with their defaults filled in. */
export const contentOf = ({ verb, row, subresource, body }: Write): string => {
  if (verb === 'delete' || verb === 'deletecollection') return ''
  const { strategy } = row
  const isWhole = (verb === 'create' || verb === 'update') && (subresource === '' || subresource === 'status')
  const given = isWhole && strategy !== undefined && isRecord(body) ? strategy.defaults(withMetadata(body)) : body
  const form = normalForm(given)
  return (
    JSON.stringify(
      (row.kind === 'Event' || row.kind === 'IPAddress') && isRecord(form) ? { ...form, metadata: undefined } : form,
    ) ?? ''
  )
}

const withMetadata = (body: Readonly<Record<string, unknown>>): Draft<ApiObject> => ({ metadata: {}, ...body })
