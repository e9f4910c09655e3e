/** A request's body: read up to its limit, decoded by its media type. */
import { isMap, isScalar, LineCounter, parseDocument, visit, YAMLParseError } from 'yaml'
import { badRequest, requestEntityTooLarge, type Status } from '../kubernetes/status.ts'
import { decodingProblem, nestingProblem, numberProblem, problemIn } from './body-limits.ts'
import { alike, duplicateFields, type Duplicates } from './duplicate-fields.ts'
import { goJsonProblem } from '../kubernetes/go-json.ts'
import { decodeEnvelope, isProtobuf } from './protobuf/messages.ts'
import { mediaType, OBJECT_TYPES, unsupportedMediaType } from './media-types.ts'

/** Source: apiserver/pkg/server/config.go, MaxRequestBodyBytes (v1.36). */
export const BODY_LIMIT_BYTES = 3 * 1024 * 1024

/** The whole body, or why it is not taken. */
export const readBody = async (request: AsyncIterable<Buffer>): Promise<Buffer | Status> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    // What comes after the limit is read and dropped, so that the client is told instead of cut off.
    if (length <= BODY_LIMIT_BYTES) chunks.push(chunk)
  }
  if (length > BODY_LIMIT_BYTES) return requestEntityTooLarge(`limit is ${BODY_LIMIT_BYTES}`)
  return Buffer.concat(chunks)
}

export interface DecodedBody {
  readonly value: unknown
  /** What to tell of members that it gives twice. */
  readonly duplicates?: Duplicates
  /** Why it is no JSON; `value` is then its text. */
  readonly problem?: string
}

/** What a write's body holds, or why it cannot be decoded. `wanted` is the kind that the resource takes. */
export const decodeObjectBody = (
  body: Buffer,
  contentType: string | undefined,
  wanted: string,
): DecodedBody | Status => {
  const type = mediaType(contentType)
  const unrecognized = (why: string): Status =>
    badRequest(`the object provided is unrecognized (must be of type ${wanted}): ${why} (${summary(body)})`)
  switch (type) {
    case '':
    case 'application/json': {
      const parsed = parseJson(body.toString())
      if ('problem' in parsed) return unrecognized(`couldn't get version/kind; json parse error: ${parsed.problem}`)
      const misfit = whatIsNoObject(parsed.value)
      if (misfit === undefined) return { ...parsed, duplicates: duplicatesIn(body.toString()) }
      return unrecognized(`couldn't get version/kind; json parse error: ${misfit}`)
    }
    case 'application/yaml': {
      try {
        return decodeYaml(body.toString())
      } catch (error) {
        return unrecognized(`couldn't get version/kind; json parse error: ${decodingProblem(error)}`)
      }
    }
    case 'application/vnd.kubernetes.protobuf':
      if (!isProtobuf(body)) {
        return unrecognized('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
      }
      try {
        return { value: decodeEnvelope(body) }
      } catch (error) {
        return unrecognized(decodingProblem(error))
      }
    default:
      return unsupportedMediaType(
        `the body of the request was in an unknown format - accepted media types include: ${OBJECT_TYPES.join(', ')}`,
      )
  }
}

/** Options in the body of a delete; undefined where there are none. */
export const decodeDeleteOptions = (
  body: Buffer,
  contentType: string | undefined,
): DecodedBody | Status | undefined => {
  if (body.length === 0) return undefined
  const type = mediaType(contentType)
  try {
    if (type === 'application/vnd.kubernetes.protobuf' && isProtobuf(body)) return { value: decodeEnvelope(body) }
    if (type === 'application/yaml') return decodeYaml(body.toString())
  } catch (error) {
    return badRequest(`couldn't get version/kind; json parse error: ${decodingProblem(error)}`)
  }
  const parsed = parseJson(body.toString())
  if ('problem' in parsed) return badRequest(`couldn't get version/kind; json parse error: ${parsed.problem}`)
  return parsed
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

const PATCHES: ReadonlyMap<string, PatchType> = new Map([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
  ['application/apply-patch+yaml', 'apply'],
])

export const patchTypeOf = (contentType: string | undefined): PatchType | Status =>
  PATCHES.get(mediaType(contentType)) ?? unsupportedMediaType('415: Unsupported Media Type', {})

/** A patch, or its text where it is none: the server says what is wrong with it once it has found the object. */
export const decodePatch = (body: Buffer, type: PatchType): DecodedBody => {
  const text = body.toString()
  if (type === 'apply') {
    try {
      return decodeYaml(text)
    } catch (error) {
      const deep = error instanceof RangeError ? parseJson(text) : undefined
      if (deep !== undefined && 'value' in deep) return { ...deep, duplicates: duplicatesIn(text) }
      return { value: text, problem: `error converting YAML to JSON: ${goYamlProblem(error)}` }
    }
  }
  const parsed = parseJson(text)
  return 'problem' in parsed
    ? { value: text, problem: parsed.problem }
    : { ...parsed, duplicates: type === 'json' ? duplicatesOfPatch(text, parsed.value) : duplicatesIn(text) }
}

/** YAML that gives a key twice counts: the last one stands. Source: sigs.k8s.io/yaml, UnmarshalStrict. */
const decodeYaml = (text: string): DecodedBody => {
  const lines = new LineCounter()
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, lineCounter: lines })
  const [error] = document.errors
  // The parser calls itself, and tells as a fault of the text what was too deep for it.
  if (error !== undefined) throw error.message.startsWith('Maximum call stack') ? new RangeError(error.message) : error
  const duplicates: string[] = []
  visit(document, {
    Map: (_key, node) => {
      if (!isMap(node)) return
      const seen = new Set<unknown>()
      for (const { key } of node.items) {
        if (!isScalar(key)) continue
        const { line } = lines.linePos(key.range?.[0] ?? 0)
        if (seen.has(key.value)) duplicates.push(`line ${line}: key ${JSON.stringify(key.value)} already set in map`)
        seen.add(key.value)
      }
    },
  })
  const value: unknown = document.toJS()
  const problem = problemIn(value)
  if (problem !== undefined) throw new Error(problem)
  // YAML has dates, sets and bytes; what goes into the log is JSON.
  const decoded = value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown)
  // Who is refused for them is told of all in one sentence.
  const refusals = duplicates.length === 0 ? [] : [`yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`]
  return { value: decoded, duplicates: { warnings: duplicates, refusals } }
}

/** Abridged: whatever is wrong with YAML is told in one of the ways of go-yaml. */
const goYamlProblem = (error: unknown): string => {
  const line = error instanceof YAMLParseError ? (error.linePos?.[0].line ?? 1) : 1
  return `yaml: line ${line}: did not find expected node content`
}

const duplicatesIn = (text: string): Duplicates =>
  alike(duplicateFields(text).map((path) => `duplicate field ${JSON.stringify(path)}`))

/** What a patch gives twice, and what it puts twice into the object. */
const duplicatesOfPatch = (text: string, patch: unknown): Duplicates => {
  const paths = duplicateFields(text)
  const operations = Array.isArray(patch) ? (patch as readonly { readonly path?: unknown }[]) : []
  const put = paths.flatMap((path) => {
    const [, index, rest] = /^\[(\d+)\]\.value\.(.*)$/.exec(path) ?? []
    const at = operations[Number(index)]?.path
    if (rest === undefined || typeof at !== 'string') return []
    return [`${at.split('/').slice(1).join('.')}.${rest}`]
  })
  return alike([
    ...paths.map((path) => `json patch duplicate field ${JSON.stringify(path)}`),
    ...put.map((path) => `duplicate field ${JSON.stringify(path)}`),
  ])
}

const parseJson = (text: string): { readonly value: unknown } | { readonly problem: string } => {
  const deep = nestingProblem(text)
  if (deep !== undefined) return { problem: deep }
  try {
    // Half a surrogate pair is no character to Go.
    const value: unknown = JSON.parse(text, /\\u[dD][89a-fA-F]/.test(text) ? wellFormed : undefined)
    const problem = numberProblem(text, value)
    return problem === undefined ? { value } : { problem }
  } catch {
    return { problem: goJsonProblem(text) }
  }
}

const wellFormed = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? Buffer.from(value).toString() : value

/** Source: apimachinery/pkg/runtime/serializer/json/meta.go, Interpret. */
const whatIsNoObject = (value: unknown): string | undefined => {
  const into =
    'Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined
  const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return `json: cannot unmarshal ${what} into ${into}`
}

const SUMMARY_BYTES = 30

/** Source: apiserver/pkg/endpoints/handlers/rest.go, summarizeData. */
const summary = (body: Buffer): string => {
  if (body.length === 0) return '<empty>'
  const long = body.length > SUMMARY_BYTES
  const shown = body.subarray(0, SUMMARY_BYTES)
  const text = body[0] === '{'.charCodeAt(0) ? shown.toString() : shown.toString('hex')
  return long ? `${text} ...` : text
}
