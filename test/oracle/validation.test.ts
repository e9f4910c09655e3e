/**
 * Goal: what the real API server refuses is refused here with the same Status, and what it takes is taken.
 * Method: replay the recorded creates of the kinds that we serve through decoding, defaulting and validation. Left out, and
 * counted: answers of admission plugins, of the address and port allocators, and of the request handlers, which are no part
 * of validation.
 */
import { either } from 'fp-ts'
import { expect } from 'vitest'
import type { ApiObject } from '../../src/events/json.ts'
import type { Draft } from '../../src/kubernetes/draft.ts'
import { readObject } from '../../src/kubernetes/read-object.ts'
import type { KindRow } from '../../src/kubernetes/registry.ts'
import { invalid } from '../../src/kubernetes/status.ts'
import { type Exchange, exchangesOf, oracleTest, targetOf } from './transcripts.ts'

const UID = '00000000-0000-4000-8000-000000000000'
const UID_PATTERN = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/

/** Refusals that other parts of the API server give. */
const ELSEWHERE = [
  'failed to allocate',
  'not configured on this cluster',
  'not configured for dual-stack',
  'provided port is not in the valid range',
  'namespace of the provided object does not match',
  'resourceVersion should not be set',
  // What compiles CEL is no part of a strategy.
  'compilation failed: ERROR',
  'must evaluate to',
]

function answer(exchange: Exchange, row: KindRow, namespace: string | undefined): unknown {
  const json = exchange.request.body as Readonly<Record<string, unknown>>
  const read = readObject(row, json)
  if (either.isLeft(read)) return read.left
  const { strategy } = row
  const object = named(read.right.object, namespace, exchange)
  if (strategy === undefined) throw new Error('only served kinds are replayed')
  const ready = strategy.prepareForCreate(strategy.defaults(object))
  const errors = strategy.validate(ready)
  return errors.length === 0 ? undefined : invalid(row, ready.metadata?.name ?? '', errors)
}

/** As the request handler does before: the path's namespace, a uid, a generated name (here the recorded ones). */
function named(object: Draft<ApiObject>, namespace: string | undefined, exchange: Exchange): Draft<ApiObject> {
  const details = exchange.response.body?.['details'] as { readonly name?: string } | undefined
  const { name = object.metadata?.generateName === undefined ? '' : (details?.name ?? '') } = object.metadata ?? {}
  const [uid = UID] = UID_PATTERN.exec(String(exchange.response.body?.['message'] ?? '')) ?? []
  return { ...object, metadata: { ...object.metadata, uid, name, ...(namespace === undefined ? {} : { namespace }) } }
}

const isRefusal = (exchange: Exchange): boolean => exchange.response.code === 422 || exchange.response.code === 400

function isElsewhere(exchange: Exchange): boolean {
  if (!isRefusal(exchange) && exchange.response.code !== 201) return true
  const message = String(exchange.response.body?.['message'] ?? '')
  return ELSEWHERE.some((words) => message.includes(words))
}

oracleTest('creates of served kinds are refused and taken as by the real server', () => {
  const creates = exchangesOf('validation').flatMap((exchange) => {
    const found = exchange.request.method === 'POST' ? targetOf(exchange.request.path) : undefined
    return found === undefined || exchange.request.body === undefined ? [] : [{ exchange, ...found }]
  })
  const own = creates.filter(({ exchange }) => !isElsewhere(exchange))
  const different = own.filter(({ exchange, row, namespace }) => {
    const expected = isRefusal(exchange) ? exchange.response.body : undefined
    return JSON.stringify(answer(exchange, row, namespace)) !== JSON.stringify(expected)
  })
  const report = different.map(({ exchange, row, namespace }) => ({
    case: exchange.case,
    expected: isRefusal(exchange) ? exchange.response.body?.['message'] : 'created',
    actual: (answer(exchange, row, namespace) as { message?: string } | undefined)?.message ?? 'created',
  }))
  console.log(
    `validation: ${own.length - different.length} of ${own.length} equal, ${creates.length - own.length} left out`,
  )
  expect(creates.length).toBeGreaterThan(150)
  expect(report).toEqual([])
})
