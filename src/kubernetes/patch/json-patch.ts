/** JSON patch: RFC 6902, with the liberties that the API server takes. Source: evanphx/json-patch; handlers/patch.go (v1.36). */
import { either } from 'fp-ts'
import { applyPatch, type Operation } from 'rfc6902'
import { cloneJson, isObject } from './json.ts'

/** Source: apiserver/pkg/endpoints/handlers/patch.go, maxJSONPatchOperations. */
export const MAX_JSON_PATCH_OPERATIONS = 10_000

/**
 * Characters that all copies of a patch may add. Source: apiserver/pkg/server/config.go, JSONPatchMaxCopyBytes.
 */
const MOST_COPIED = 3 * 1024 * 1024

/** The document with all operations applied, or which one could not be. Neither argument is changed. */
export function jsonPatch(document: unknown, operations: readonly unknown[]): either.Either<string, unknown> {
  let result = cloneJson(document)
  let copied = 0
  for (const [i, operation] of operations.entries()) {
    if (!isOperation(operation)) return either.left(`operation ${i} is not one of RFC 6902`)
    const ready = asTheServerReads(withoutNegativeIndices(operation, result), result)
    if (ready === undefined) continue
    // The whole document is no member of anything.
    if (ready.path === '' && ready.op !== 'test') {
      if (ready.op !== 'replace' && ready.op !== 'add') return either.left(`operation ${i} cannot be done on the whole`)
      result = cloneJson(ready.value)
      continue
    }
    if (ready.op === 'copy') {
      copied += (JSON.stringify(valueAt(result, ready.from)) ?? '').length
      if (copied > MOST_COPIED) return either.left(`operation ${i}: the copies are too large`)
    }
    const [problem] = applyPatch(result, [ready])
    if (problem !== null && problem !== undefined) return either.left(`operation ${i}: ${problem.message}`)
  }
  return either.right(result)
}

function isOperation(value: unknown): value is Operation {
  if (!isObject(value)) return false
  const isPointer = (text: unknown): boolean => typeof text === 'string' && (text === '' || text.startsWith('/'))
  if (!isPointer(value['path'])) return false
  switch (value['op']) {
    case 'add':
    case 'replace':
    case 'test':
      return 'value' in value
    case 'remove':
      return true
    case 'move':
    case 'copy':
      return isPointer(value['from'])
    default:
      return false
  }
}

/**
 * A member that isn't there is null: it can be replaced, copied and tested, only not removed or moved. Lists are strict.
 * Undefined for a test that holds.
 */
function asTheServerReads(operation: Operation, document: unknown): Operation | undefined {
  const missing = (pointer: string): boolean => {
    const cut = pointer.lastIndexOf('/')
    const parent = valueAt(document, pointer.slice(0, cut))
    return isObject(parent) && valueAt(document, pointer) === undefined
  }
  switch (operation.op) {
    case 'replace':
      return missing(operation.path) ? { ...operation, op: 'add' } : operation
    case 'copy':
      return missing(operation.from) ? { op: 'add', path: operation.path, value: null } : operation
    case 'test':
      return operation.value === null && missing(operation.path) ? undefined : operation
    default:
      return operation
  }
}

function valueAt(document: unknown, pointer: string): unknown {
  let at = document
  for (const token of pointer.split('/').slice(1)) {
    if (!Array.isArray(at) && !isObject(at)) return undefined
    at = Reflect.get(at, token.replaceAll('~1', '/').replaceAll('~0', '~'))
  }
  return at
}

/** The API server counts `-1` from the end of a list, beyond the RFC. */
function withoutNegativeIndices(operation: Operation, document: unknown): Operation {
  const path = resolve(
    operation.path,
    document,
    operation.op === 'add' || operation.op === 'move' || operation.op === 'copy',
  )
  if (operation.op !== 'move' && operation.op !== 'copy') return { ...operation, path }
  return { ...operation, path, from: resolve(operation.from, document, false) }
}

/** An insertion may come behind the last item. */
function resolve(pointer: string, document: unknown, inserts: boolean): string {
  if (!/\/-[1-9]/.test(pointer)) return pointer
  let at = document
  const tokens = pointer.split('/').slice(1)
  const resolved = tokens.map((token, i) => {
    let key = token
    if (Array.isArray(at) && /^-[1-9][0-9]*$/.test(token)) {
      key = String(at.length + (inserts && i === tokens.length - 1 ? 1 : 0) + Number(token))
    }
    at =
      Array.isArray(at) || isObject(at) ? Reflect.get(at, key.replaceAll('~1', '/').replaceAll('~0', '~')) : undefined
    return key
  })
  return `/${resolved.join('/')}`
}
