/**
 * Goal: an object that is taken with a warning on the real API server is taken here with the same one, and no other.
 * Method: replay every recorded create of a served kind, in all themes; bodies that only a text could show (duplicate keys)
 * are left out.
 */
import { either } from 'fp-ts'
import { expect } from 'vitest'
import { readObject } from '../../src/kubernetes/read-object.ts'
import { exchangesOf, oracleTest, targetOf } from './transcripts.ts'

const THEMES = ['strict', 'crud', 'lifecycle', 'list', 'patch', 'subresources', 'tables', 'updates', 'validation']

oracleTest('creates are warned of as on the real server', () => {
  const creates = THEMES.flatMap(exchangesOf).flatMap((exchange) => {
    const { method, path, body } = exchange.request
    const found = method === 'POST' && exchange.response.code === 201 ? targetOf(path) : undefined
    return found === undefined || typeof body !== 'object' ? [] : [{ exchange, row: found.row }]
  })
  let warned = 0
  for (const { exchange, row } of creates) {
    const { path, body } = exchange.request
    const validation = path.includes('fieldValidation=Ignore') ? 'Ignore' : 'Warn'
    const read = readObject(row, body as Readonly<Record<string, unknown>>, validation)
    if (either.isLeft(read) || row.strategy === undefined) throw new Error(exchange.case)
    const object = row.strategy.defaults(read.right.object)
    const expected = ((exchange.response.headers?.['warning'] ?? []) as readonly string[]).map(
      (header) => JSON.parse(header.replace(/^299 - /, '')) as string,
    )
    const deprecated = row.deprecation === undefined ? [] : [row.deprecation]
    expect([...deprecated, ...read.right.warnings, ...(row.strategy.warnings?.(object) ?? [])], exchange.case).toEqual(
      expected,
    )
    if (expected.length > 0) warned += 1
  }
  console.log(`warnings: ${creates.length} of ${creates.length} equal, ${warned} of them with warnings`)
  expect(warned).toBeGreaterThan(10)
})
