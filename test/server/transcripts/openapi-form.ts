/**
 * OpenAPI documents with everything left out that isn't required to be equal. This is the whole list:
 *
 * 1. `description`, wherever it is a text: those are upstream's sentences.
 * 2. `hash=…` in the index: it is a hash of a document with its sentences.
 * 3. The order of names in `required`, which is a set.
 * 4. The names of shared parameters (`#/parameters/limit-1NfNmdNH`): hashes of their sentences. A reference is compared as what it
 *    leads to, and the table of parameters as a set, as parameters that differ in their sentences alone become one.
 */
import { isMembers } from './translation.ts'

const SHARED = '#/parameters/'

export const openApiForm = (document: unknown): unknown => {
  const shared = isMembers(document) && isMembers(document['parameters']) ? document['parameters'] : undefined
  const form = formOf(document, shared ?? {}, '')
  return shared === undefined || !isMembers(form) ? form : { ...form, parameters: asSet(form['parameters']) }
}

const formOf = (value: unknown, shared: Readonly<Record<string, unknown>>, key: string): unknown => {
  if (typeof value === 'string')
    return key === 'serverRelativeURL' ? value.replace(/hash=[0-9A-F]+$/, 'hash=<hash>') : value
  if (Array.isArray(value)) {
    const items = value.map((item) => formOf(item, shared, ''))
    return key === 'required' ? items.toSorted() : items
  }
  if (!isMembers(value)) return value
  const { $ref: target } = value
  if (typeof target === 'string' && target.startsWith(SHARED)) {
    return { shared: formOf(shared[target.slice(SHARED.length)], shared, '') }
  }
  const members = Object.entries(value)
    .filter(([name, member]) => name !== 'description' || typeof member !== 'string')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, formOf(member, shared, name)]))
}

const asSet = (parameters: unknown): readonly string[] =>
  isMembers(parameters) ? [...new Set(Object.values(parameters).map((one) => JSON.stringify(one)))].toSorted() : []
