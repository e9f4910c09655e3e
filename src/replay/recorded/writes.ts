import type { EventData } from '../../events/catalogue/index.ts'
import type { Micros } from '../../events/envelope.ts'
import { bareCustomRow } from '../../kubernetes/custom-resources/bare-row.ts'
import { isCustomKind, type CustomKind } from '../../kubernetes/kinds.ts'
import { rowByResource, type KindRow } from '../../kubernetes/registry.ts'
import { parseTime } from '../../kubernetes/time.ts'
import type { AuditLine } from './audit-line.ts'

type Requested = EventData<'ApiRequested'>
type Json = Readonly<Record<string, unknown>>

/** One write to the API, of a recording or of a run. */
export interface Write {
  /** Since the cluster's start. */
  readonly at: Micros
  readonly user: string
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'
  readonly row: KindRow
  readonly namespace: string | undefined
  /** Also of what was created under a generated name; empty for collections. */
  readonly name: string
  readonly subresource: string
  readonly body: unknown
  readonly code: number
}

/** A write that was recorded, with what it takes to make it again. */
export interface RecordedWrite extends Write {
  readonly auditID: string
  /** How long it took to answer. */
  readonly took: Micros
  readonly query: URLSearchParams
  readonly answer: unknown
  /** Why it was refused, if it was. */
  readonly message: string
  /** What the command that made it says, where it says so. */
  readonly patchType?: Requested['patchType']
}

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

/** The writes among audit lines, by the time at which they were received; those of kinds that are not served are left out. */
export const recordedWrites = (lines: readonly AuditLine[], start: Micros): readonly RecordedWrite[] => {
  const defined = definedRows(lines)
  return lines
    .flatMap((line): readonly RecordedWrite[] => {
      const { verb, objectRef = {}, responseStatus } = line
      const { apiGroup = '', resource = '' } = objectRef
      const row = rowByResource(apiGroup, resource) ?? defined.get(`${resource}.${apiGroup}`)
      if (row === undefined || !WRITES.has(verb)) return []
      const received = parseTime(line.requestReceivedTimestamp) ?? 0
      return [
        {
          at: received - start,
          took: (parseTime(line.stageTimestamp ?? '') ?? received) - received,
          user: line.user.username,
          verb: verb as Write['verb'],
          row,
          namespace: row.namespaced ? objectRef.namespace : undefined,
          name: objectRef.name ?? nameIn(line.responseObject) ?? nameIn(line.requestObject) ?? '',
          subresource: objectRef.subresource ?? '',
          body: line.requestObject,
          code: responseStatus?.code ?? 0,
          auditID: line.auditID,
          query: new URL(line.requestURI, 'https://api').searchParams,
          answer: line.responseObject,
          message: responseStatus?.message ?? '',
        },
      ]
    })
    .sort((a, b) => a.at - b.at)
}

/** The kinds that definitions among the lines define, by their names. */
const definedRows = (lines: readonly AuditLine[]): ReadonlyMap<string, KindRow> => {
  const rows = new Map<CustomKind, KindRow>()
  for (const { objectRef, responseObject } of lines) {
    if (objectRef?.resource !== 'customresourcedefinitions' || !isRecord(responseObject)) continue
    const { spec } = responseObject
    const { name } = metadataOf(responseObject)
    if (typeof name !== 'string' || !isCustomKind(name) || !isRecord(spec)) continue
    rows.set(name, { ...bareCustomRow(name), namespaced: spec['scope'] === 'Namespaced' })
  }
  return rows
}

const nameIn = (object: unknown): string | undefined => {
  const { name } = metadataOf(object) as { readonly name?: unknown }
  return typeof name === 'string' && name !== '' ? name : undefined
}

export const metadataOf = (object: unknown): Json =>
  isRecord(object) && isRecord(object['metadata']) ? object['metadata'] : {}

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Which object a write is about: `pods/status default/web-1`. */
export const targetOf = ({ row, subresource, namespace, name }: Write): string =>
  `${row.resource}${subresource === '' ? '' : `/${subresource}`} ${namespace === undefined ? '' : `${namespace}/`}${name}`

/**
 * What kind of patch a body is: an audit line does not say. An apply names `force` or bears the whole object; `kubectl` patches
 * scales and custom resources by merge and everything else, unless told otherwise, strategically.
 * Source: facts of the recordings' README; kubectl/pkg/cmd.
 */
export const patchTypeOf = ({
  row,
  body,
  query,
  subresource,
  answer,
  patchType,
}: RecordedWrite): Requested['patchType'] => {
  if (patchType !== undefined) return patchType
  if (Array.isArray(body)) return 'json'
  if (query.has('force') || isApplied(answer, query.get('fieldManager'))) return 'apply'
  return subresource === 'scale' || isCustomKind(row.kind) ? 'merge' : 'strategic'
}

const isApplied = (answer: unknown, manager: string | null): boolean => {
  const { managedFields } = metadataOf(answer) as { readonly managedFields?: unknown }
  if (manager === null || !Array.isArray(managedFields)) return false
  return managedFields.some((one) => isRecord(one) && one['manager'] === manager && one['operation'] === 'Apply')
}
