/**
 * What a conversion webhook is asked, and whether what it answers can be taken.
 *
 * Source: apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go (v1.36).
 */
import type { ApiObject } from '../../events/json.ts'
import { goKind } from '../patch/json.ts'
import { goQuote } from '../validation/field-error.ts'
import { isJsonObject, type JsonObject } from './schema.ts'

const GROUP = 'apiextensions.k8s.io'
const KIND = 'ConversionReview'
const VERSIONS: ReadonlySet<string> = new Set(['v1', 'v1beta1'])

export interface ConversionReview {
  readonly apiVersion: string
  readonly kind: string
  readonly request: {
    readonly uid: string
    readonly desiredAPIVersion: string
    readonly objects: readonly ApiObject[]
  }
}

/** Undefined where the webhook speaks no version of reviews that is known. */
export function conversionReview(
  reviewVersions: readonly string[],
  request: ConversionReview['request'],
): ConversionReview | undefined {
  const version = reviewVersions.find((one) => VERSIONS.has(one))
  return version === undefined ? undefined : { apiVersion: `${GROUP}/${version}`, kind: KIND, request }
}

interface Answered {
  readonly apiVersion?: string
  readonly kind?: string
  readonly response?: {
    readonly uid?: string
    readonly result?: { readonly status?: string; readonly message?: string }
    readonly convertedObjects?: readonly unknown[] | null
  } | null
}

export type Converted = { readonly objects: readonly ApiObject[] } | { readonly problem: string }

/** The converted objects in the order of the review's, or what is wrong, as it follows `conversion webhook for … `. */
export function convertedObjects({ apiVersion, request }: ConversionReview, answer: unknown): Converted {
  const { uid, objects: originals, desiredAPIVersion } = request
  const { response, ...named } = (isJsonObject(answer) ? answer : {}) as Answered
  if (apiVersion === `${GROUP}/v1`) {
    if (named.apiVersion !== apiVersion || named.kind !== KIND) {
      const got = `${named.apiVersion ?? ''}, Kind=${named.kind ?? ''}`
      return failed(`expected webhook response of ${apiVersion}, Kind=${KIND}, got ${got}`)
    }
    if (response === undefined || response === null) return failed('no response provided')
    if (response.uid !== uid) return failed(`expected response.uid=${goQuote(uid)}, got ${goQuote(response.uid ?? '')}`)
  }
  if (response === undefined || response === null) return failed('no response provided')
  const { status = '', message = '' } = response.result ?? {}
  if (status !== 'Success') {
    return failed(message === '' ? `response.result.status was '${status}', not 'Success'` : message)
  }
  const given = response.convertedObjects ?? []
  if (given.length !== originals.length) {
    return { problem: `returned ${given.length} objects, expected ${originals.length}` }
  }
  const objects: ApiObject[] = []
  for (const [i, original] of originals.entries()) {
    const one = taken(original, given[i], desiredAPIVersion)
    if (typeof one === 'string') return { problem: `returned invalid ${one}` }
    objects.push(one)
  }
  return { objects }
}

type Texts = Readonly<Record<string, string>>

const failed = (why: string): Converted => ({ problem: `failed: ${why}` })

/** A converted object with the metadata of its original, of which a webhook may change labels and annotations; or what is wrong with it. */
function taken(original: ApiObject, given: unknown, wanted: string): ApiObject | string {
  const converted: JsonObject = isJsonObject(given) ? given : {}
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const [apiVersion, kind] = [text(converted['apiVersion']), text(converted['kind'])]
  if (apiVersion !== wanted) {
    return `object at index 0: invalid groupVersion (expected ${wanted}, received ${apiVersion})`
  }
  if (kind !== original.kind) return `object at index 0: invalid kind (expected ${original.kind}, received ${kind})`
  const metadata: JsonObject = isJsonObject(converted['metadata']) ? converted['metadata'] : {}
  for (const [member, called] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['uid', 'UID'],
  ] as const) {
    const [before, after] = [text(original.metadata[member]), text(metadata[member])]
    if (before !== after) return `object: must have the same ${called}: ${before} != ${after}`
  }
  if (!('metadata' in converted)) return 'metadata: missing metadata in converted object'
  const { labels: _labels, annotations: _annotations, ...kept } = original.metadata
  const restored: { labels?: Texts; annotations?: Texts } = {}
  for (const member of ['labels', 'annotations'] as const) {
    const texts = metadata[member]
    if (texts === undefined || texts === null) continue
    if (!isJsonObject(texts)) {
      return `metadata: invalid metadata.${member} of type ${goKind(texts)} in converted object`
    }
    for (const [key, value] of Object.entries(texts)) {
      if (typeof value === 'string') continue
      return `metadata: metadata.${member}[${key}] must be a string, but is ${goKind(value)} in converted object`
    }
    restored[member] = texts as Texts
  }
  const named = { apiVersion, kind, metadata: { ...kept, ...restored } }
  return { ...converted, ...named }
}
