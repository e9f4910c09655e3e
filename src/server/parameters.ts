/** The query of a request as options of the API. Source: apimachinery/pkg/conversion/queryparams; apis/meta/v1/validation (v1.36). */
import type { EventData } from '../events/catalogue/index.ts'
import { managerFromUserAgent, validateManager, type WriteOptionsKind } from '../kubernetes/apply/manager-name.ts'
import { badRequest, invalid, type Status } from '../kubernetes/status.ts'
import { FieldErrors } from '../kubernetes/validation/field-error.ts'
import type { PatchType } from './body.ts'

export type ApiOptions = NonNullable<EventData<'ApiRequested'>['options']>

const FIELD_VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn']

/** Anything counts as true but these. Source: apimachinery/pkg/runtime/conversion.go, Convert_Slice_string_To_bool. */
export const flag = (query: URLSearchParams, name: string): boolean => {
  const value = query.get(name)
  return value !== null && value !== '0' && value.toLowerCase() !== 'false'
}

const integer = (query: URLSearchParams, name: string): number | undefined | Status => {
  const text = query.get(name)
  if (text === null) return undefined
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text)
  return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
}

const given = (query: URLSearchParams, name: string): string | undefined => {
  const text = query.get(name)
  return text === null || text === '' ? undefined : text
}

/** Leaves out what is undefined, so that the log shows only what was asked. */
const compact = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T

export interface ListParameters {
  readonly options: ApiOptions
  readonly watch: boolean
  readonly bookmarks: boolean
  readonly sendInitialEvents: boolean | undefined
  readonly timeoutSeconds: number | undefined
}

export const listParameters = (query: URLSearchParams): ListParameters | Status => {
  const limit = integer(query, 'limit')
  const timeoutSeconds = integer(query, 'timeoutSeconds')
  for (const one of [limit, timeoutSeconds]) if (typeof one === 'object') return one
  return {
    options: compact({
      labelSelector: given(query, 'labelSelector'),
      fieldSelector: given(query, 'fieldSelector'),
      resourceVersion: given(query, 'resourceVersion'),
      resourceVersionMatch: given(query, 'resourceVersionMatch'),
      limit: limit as number | undefined,
      continue: given(query, 'continue'),
    }),
    watch: flag(query, 'watch'),
    bookmarks: flag(query, 'allowWatchBookmarks'),
    sendInitialEvents: query.has('sendInitialEvents') ? flag(query, 'sendInitialEvents') : undefined,
    timeoutSeconds: timeoutSeconds as number | undefined,
  }
}

/** What the query of a write says, or the Status that refuses it. The manager is the client's program where none is named. */
export const writeOptions = (
  query: URLSearchParams,
  kind: WriteOptionsKind,
  userAgent: string,
  patchType?: PatchType,
): ApiOptions | Status => {
  const errors = new FieldErrors()
  const manager = query.get('fieldManager') ?? ''
  const validation = query.get('fieldValidation') ?? ''
  const force = query.has('force') ? flag(query, 'force') : undefined
  const isPatch = kind === 'PatchOptions'
  validateManager(kind, manager, { isApply: patchType === 'apply', force: isPatch ? force : undefined }, errors)
  const dryRun = checkDryRun(query.getAll('dryRun'), errors)
  if (!FIELD_VALIDATIONS.includes(validation)) errors.unsupported('fieldValidation', validation, FIELD_VALIDATIONS)
  if (errors.list.length > 0) return invalid({ group: 'meta.k8s.io', kind }, '', errors.list)
  return compact({
    dryRun: dryRun || undefined,
    fieldManager: manager || managerFromUserAgent(userAgent) || undefined,
    fieldValidation: (validation === '' ? 'Warn' : validation) as ApiOptions['fieldValidation'],
    force: patchType === 'apply' ? force : undefined,
  })
}

const checkDryRun = (values: readonly string[], errors: FieldErrors): boolean => {
  const bad = values.some((value) => value !== 'All')
  if (bad) errors.unsupported('dryRun', values, ['All'])
  return values.length > 0
}

/** A delete's options as its body would say them, where the query says them; undefined where it says nothing. */
export const deleteBody = (query: URLSearchParams): Readonly<Record<string, unknown>> | Status | undefined => {
  const gracePeriodSeconds = integer(query, 'gracePeriodSeconds')
  if (typeof gracePeriodSeconds === 'object') return gracePeriodSeconds
  const dryRun = query.getAll('dryRun')
  const body = compact({
    gracePeriodSeconds,
    propagationPolicy: given(query, 'propagationPolicy'),
    orphanDependents: query.has('orphanDependents') ? flag(query, 'orphanDependents') : undefined,
    dryRun: dryRun.length > 0 ? dryRun : undefined,
  })
  return Object.keys(body).length === 0 ? undefined : body
}
