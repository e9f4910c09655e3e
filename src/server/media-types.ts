/** Which form an answer takes, by the Accept header. Source: apiserver/pkg/endpoints/handlers/negotiation (v1.36). */
import type { MetaVersion } from '../kubernetes/metadata-only.ts'
import type { Status } from '../kubernetes/status.ts'

export type Encoding = 'json' | 'yaml' | 'protobuf'

/** A form other than the object's own. */
export type Transform = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'

export interface Accepted {
  readonly encoding: Encoding
  readonly transform: Transform | undefined
  /** `v1` or `v1beta1`; with a transform only. */
  readonly transformVersion: MetaVersion
  readonly pretty: boolean
}

interface Clause {
  readonly type: string
  readonly subtype: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

export const OBJECT_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const
export const STREAM_TYPES = [
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
] as const
export const LIST_TYPES = [...OBJECT_TYPES, ...STREAM_TYPES] as const

/** An Accept header's clauses, best first. Source: munnerz/goautoneg, ParseAccept. */
export const acceptClauses = (header: string): readonly Clause[] =>
  header
    .split(',')
    .flatMap((text): readonly Clause[] => {
      const [range = '', ...rest] = text.split(';').map((part) => part.trim())
      const [type = '', subtype = ''] = range.split('/')
      const parameters = new Map<string, string>()
      for (const part of rest) {
        const [name = '', value = ''] = part.split('=')
        parameters.set(name.trim(), value.trim())
      }
      const quality = Number(parameters.get('q') ?? 1)
      parameters.delete('q')
      return range === '' ? [] : [{ type, subtype, parameters, quality: Number.isNaN(quality) ? 1 : quality }]
    })
    .toSorted(
      (a, b) =>
        b.quality - a.quality ||
        Number(a.type === '*') - Number(b.type === '*') ||
        Number(a.subtype === '*') - Number(b.subtype === '*'),
    )

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['json', 'json'],
  ['yaml', 'yaml'],
  ['vnd.kubernetes.protobuf', 'protobuf'],
])

const encodingOf = ({ type, subtype }: Clause): Encoding | undefined => {
  if (type === '*' && subtype === '*') return 'json'
  if (type !== 'application') return undefined
  return subtype === '*' ? 'json' : ENCODINGS.get(subtype)
}

/** The forms in which an object can be had; a resource whose answers are no objects of its kind has none. */
export const TRANSFORMS: ReadonlySet<string> = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'])
export const NO_TRANSFORMS: ReadonlySet<string> = new Set()

const transformOf = (
  clause: Clause,
  allowed: ReadonlySet<string>,
): Pick<Accepted, 'transform' | 'transformVersion'> | undefined => {
  const as = clause.parameters.get('as') ?? ''
  const version = clause.parameters.get('v') ?? ''
  const group = clause.parameters.get('g') ?? ''
  if (as === '' && version === '' && group === '') return { transform: undefined, transformVersion: 'v1' }
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1') || !allowed.has(as)) return undefined
  return { transform: as as Transform, transformVersion: version }
}

/** What may be had in protobuf: everything, or, of custom resources, their metadata alone. */
export type InProtobuf = 'all' | 'metadata' | 'nothing'

/**
 * What is answered to an Accept header, or the Status that refuses it. Empty stands for anything. What is best in the header and
 * can be had is taken. Tables are never in protobuf.
 */
export const negotiate = (
  header: string,
  allowed: ReadonlySet<string>,
  inProtobuf: InProtobuf = 'nothing',
): Accepted | Status => {
  for (const clause of acceptClauses(header === '' ? '*/*' : header)) {
    const encoding = encodingOf(clause)
    const form = encoding === undefined ? undefined : transformOf(clause, allowed)
    if (encoding === undefined || form === undefined) continue
    if (encoding === 'protobuf' && !isInProtobuf(form.transform, inProtobuf)) continue
    return { encoding, ...form, pretty: clause.parameters.get('pretty') === '1' }
  }
  return notAcceptable(`only the following media types are accepted: ${OBJECT_TYPES.join(', ')}`)
}

/** Source: apiserver/pkg/endpoints/handlers/rest.go, AllowsMediaTypeTransform (v1.36). */
const isInProtobuf = (transform: Transform | undefined, inProtobuf: InProtobuf): boolean =>
  transform === undefined ? inProtobuf === 'all' : transform !== 'Table' && inProtobuf !== 'nothing'

/**
 * Whether a route that produces some types can be chosen at all, parameters aside.
 * Source: emicklei/go-restful/route.go, matchesAccept.
 */
export const unacceptable = (header: string, produces: readonly string[]): Status | undefined => {
  const wanted = (header === '' ? '*/*' : header).split(',').map((part) => (part.split(';')[0] ?? '').trim())
  const found = wanted.some((one) => one === '*/*' || produces.some((type) => type.split(';')[0] === one))
  if (found) return undefined
  return notAcceptable(`406: Not Acceptable\n\nAvailable representations: ${produces.join(', ')}`, {})
}

export const notAcceptable = (message: string, details?: Status['details']): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason: 'NotAcceptable',
  ...(details === undefined ? {} : { details }),
  code: 406,
})

export const unsupportedMediaType = (message: string, details?: Status['details']): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason: 'UnsupportedMediaType',
  ...(details === undefined ? {} : { details }),
  code: 415,
})

/** `application/json; charset=utf-8` is `application/json`; upper case is as good. */
export const mediaType = (header: string | undefined): string =>
  (header ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
