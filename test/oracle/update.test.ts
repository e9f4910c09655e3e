/**
 * Goal: a PUT and every type of PATCH lead to the object, or to the refusal, that the real API server gives.
 * Method: follow the recorded exchanges of served kinds; what an answer last showed of an object is where the next change
 * starts. Patch, decode, default, prepare and validate; compare the whole object but for managed fields and revision, or the
 * whole Status. Left out, and counted: refusals that the request handlers, the store and the allocators give.
 */
import { either } from 'fp-ts'
import { expect } from 'vitest'
import type { ApiObject } from '../../src/events/json.ts'
import type { KindRow } from '../../src/kubernetes/kind-rows/row.ts'
import { patchObject, PATCH_TYPES } from '../../src/kubernetes/patch/patch.ts'
import { readObject, type ReadObject } from '../../src/kubernetes/read-object.ts'
import { shownAs } from '../../src/kubernetes/registry.ts'
import { invalid } from '../../src/kubernetes/status.ts'
import type { Status } from '../../src/kubernetes/types/meta.ts'
import { type Exchange, exchangesOf, oracleTest, targetOf } from './transcripts.ts'
import { equal } from './equal.ts'

type Json = Record<string, unknown>

const THEMES = ['patch', 'updates', 'lifecycle', 'strict', 'crud', 'tables']

/** Refusals of others, and what only a running server knows. */
const ELSEWHERE = [
  'based on URL',
  'on the URL',
  'namespace of the provided object',
  'Operation cannot be fulfilled',
  'strconv.ParseUint',
  'error decoding patch: unexpected',
  'error decoding patch: invalid character',
  'unexpected end of JSON input',
  "invalid character 's'",
  'is not configured for dual-stack',
  'failed to allocate',
  'metadata.resourceVersion: Invalid value: 0',
]

interface Step {
  readonly exchange: Exchange
  readonly row: KindRow
  readonly before: ApiObject
}

/** The changes of one theme, each with the object it starts from. */
function stepsOf(theme: string): readonly Step[] {
  const seen = new Map<string, ApiObject>()
  const steps: Step[] = []
  for (const exchange of exchangesOf(theme)) {
    const { method, path, headers } = exchange.request
    const [place = '', query = ''] = path.split('?')
    const { row } = targetOf(place.slice(0, place.lastIndexOf('/'))) ?? {}
    const before = seen.get(place)
    const changes = method === 'PUT' || (method === 'PATCH' && PATCH_TYPES.has(headers?.['content-type'] ?? ''))
    if (changes && row !== undefined && before !== undefined && isReplayed(exchange))
      steps.push({ exchange, row, before })
    remember(exchange, place, query, seen)
    // Which objects went is not in the answer.
    if (method === 'DELETE' && targetOf(place) !== undefined) seen.clear()
  }
  return steps
}

function isReplayed({ request, response }: Exchange): boolean {
  const message = String(response.body?.['message'] ?? '')
  return (
    request.bodyText === undefined &&
    response.code !== 404 &&
    response.code !== 415 &&
    !ELSEWHERE.some((words) => message.includes(words))
  )
}

function remember({ request, response }: Exchange, place: string, query: string, seen: Map<string, ApiObject>): void {
  const { body } = response
  if (
    response.code >= 300 ||
    query.includes('dryRun') ||
    body?.['metadata'] === undefined ||
    /^(Status|Table|PartialObjectMetadata|.*List)$/.test(String(body['kind']))
  )
    return
  if (request.method === 'DELETE' && !seen.has(place)) return
  const { name } = body['metadata'] as { readonly name?: string }
  if (request.method === 'POST' && name !== undefined) seen.set(`${place}/${name}`, body as unknown as ApiObject)
  else if (/\/(status|scale)$/.test(place) && body['kind'] !== 'Scale')
    seen.set(place.slice(0, place.lastIndexOf('/')), body as unknown as ApiObject)
  else if (seen.has(place) || request.method === 'GET') seen.set(place, body as unknown as ApiObject)
}

function answer({ exchange, row, before: shown }: Step): unknown {
  const before = (row.conversion?.toHub(shown) ?? shown) as ApiObject
  const read = readChange(exchange, row, before)
  if (either.isLeft(read)) return read.left
  const { strategy } = row
  if (strategy === undefined) throw new Error('only served kinds are replayed')
  const ready = withTolerations(strategy.defaults(withServerMetadata(read.right, before)), before)
  const next = strategy.prepareForUpdate(ready, before)
  const errors = strategy.validateUpdate(next, before)
  if (errors.length > 0) return invalid(row, before.metadata.name, errors)
  const { generation } = before.metadata
  const bumped = strategy.bumpsGeneration(next, before) ? (generation ?? 0) + 1 : generation
  const metadata = { ...next.metadata, ...(bumped === undefined ? {} : { generation: bumped }) }
  return shownAs(row, { ...next, metadata } as ApiObject)
}

/** As the plugin DefaultTolerationSeconds does, which every Pod in these recordings has met before. */
function withTolerations(object: ReadObject['object'], before: ApiObject): ReadObject['object'] {
  const { spec } = object as { readonly spec?: Json }
  const { spec: old } = before as unknown as { readonly spec?: Json }
  if (before.kind !== 'Pod' || spec === undefined || spec['tolerations'] !== undefined) return object
  return { ...object, spec: { ...spec, tolerations: old?.['tolerations'] } } as ReadObject['object']
}

function readChange(exchange: Exchange, row: KindRow, before: ApiObject): either.Either<Status, ReadObject> {
  const { method, headers, path, body } = exchange.request
  const validation = /fieldValidation=(Ignore|Warn|Strict)/.exec(path)?.[1] as 'Ignore' | 'Warn' | 'Strict' | undefined
  if (method === 'PUT') return readObject(row, body as Json, validation)
  const type = PATCH_TYPES.get(headers?.['content-type'] ?? '')
  if (type === undefined) throw new Error('stepsOf lets only patches through')
  return patchObject(row, before, type, body, validation)
}

/** As the handler does: what a change leaves out of the server's metadata stays. Source: rest/update.go, BeforeUpdate. */
function withServerMetadata({ object }: ReadObject, before: ApiObject): ReadObject['object'] {
  const { uid, creationTimestamp, resourceVersion, generation, deletionTimestamp, deletionGracePeriodSeconds } =
    before.metadata
  const own = object.metadata
  return {
    ...object,
    metadata: {
      ...own,
      namespace: own?.namespace ?? before.metadata.namespace,
      uid: own?.uid === undefined || own.uid === '' ? uid : own.uid,
      creationTimestamp,
      resourceVersion: own?.resourceVersion ?? resourceVersion,
      ...(generation === undefined ? {} : { generation }),
      ...(deletionTimestamp === undefined
        ? {}
        : { deletionTimestamp: own?.deletionTimestamp ?? deletionTimestamp, deletionGracePeriodSeconds }),
    },
  }
}

/** Without what a change of revision changes, and without upstream's diff of its internal structures. */
function comparable(answer: unknown, before: ApiObject): unknown {
  const copy = JSON.parse(JSON.stringify(answer ?? null)) as Json
  const meta = (copy['metadata'] ?? {}) as Json
  delete meta['managedFields']
  delete meta['resourceVersion']
  delete meta['selfLink']
  withoutAllocated((copy['spec'] ?? {}) as Json, before)
  if (copy['kind'] !== 'Status') return withoutEmpty(copy)
  const status = copy as { message?: string; details?: { causes?: { message?: string }[] } }
  status.message = shorten(status.message)
  for (const cause of status.details?.causes ?? []) cause.message = shorten(cause.message)
  return status
}

/** A node port or an address that the Service gets with this change. */
function withoutAllocated(spec: Json, before: ApiObject): void {
  if (before.kind !== 'Service') return
  for (const port of (spec['ports'] ?? []) as Json[]) delete port['nodePort']
  const { spec: old } = before as unknown as { readonly spec: Json }
  if (old['clusterIP'] === undefined) for (const field of ['clusterIP', 'clusterIPs']) delete spec[field]
}

/** The patched object stands in the message, in an order of its own, or as a Go structure; a diff runs to the end. */
const shorten = (message: string | undefined): string | undefined =>
  message
    ?.replace(/\n@@[^]*$/, '')
    .replace(/Invalid value: "\{[^]*\}": /, 'Invalid value: ')
    .replace(/Invalid value: \{"(?:Volumes|containers)"[^]*\}: /, 'Invalid value: ')

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([, member]) => member !== null && !(Array.isArray(member) && member.length === 0),
  )
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutEmpty(member)]))
}

oracleTest('changes of served kinds end as on the real server', () => {
  const steps = THEMES.flatMap(stepsOf)
  const different = steps.flatMap((step) => {
    const actual = comparable(answer(step), step.before)
    const expected = comparable(step.exchange.response.body, step.before)
    return equal(actual, expected) ? [] : [{ case: `${step.exchange.seq} ${step.exchange.case}`, actual, expected }]
  })
  console.log(`update: ${steps.length - different.length} of ${steps.length} equal`)
  expect(steps.length).toBeGreaterThan(100)
  expect(different).toEqual([])
})
