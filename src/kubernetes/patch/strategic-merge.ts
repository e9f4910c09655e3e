/**
 * Strategic merge patch: a merge patch that knows which lists are sets of named things.
 *
 * Items of a list with a merge key are merged one by one; `$patch: delete|replace` on an item or object, `$retainKeys`,
 * `$setElementOrder/<list>` and `$deleteFromPrimitiveList/<list>` direct it.
 * Source: apimachinery/pkg/util/strategicpatch/patch.go, mergeMap and below (v1.36); refusals in its words.
 */
import { either } from 'fp-ts'
import { definition, type Definition, type Field } from '../schema/reader.ts'
import { dropDirectives, dropNulls, PatchRefusal, type Item } from './directives.ts'
import { isObject, goKind, goText, type JsonObject } from './json.ts'
import { orderMerged, checkPatchOrder } from './list-order.ts'

const ORDER = '$setElementOrder/'
const DELETE_FROM = '$deleteFromPrimitiveList/'
const RETAIN_KEYS = '$retainKeys'
const DIRECTIVE = '$patch'

/** The object with the patch in it, or why that cannot be. Neither argument is changed. */
export function strategicMergePatch(
  original: JsonObject,
  patch: JsonObject,
  shape: Definition | undefined,
): either.Either<string, JsonObject> {
  try {
    return either.right(mergeObject(original, patch, shape))
  } catch (thrown) {
    if (thrown instanceof PatchRefusal) return either.left(thrown.message)
    throw thrown
  }
}

function mergeObject(original: JsonObject, patch: JsonObject, shape: Definition | undefined): JsonObject {
  const directive = patch[DIRECTIVE]
  if (directive === 'replace') {
    const { [DIRECTIVE]: _directive, ...rest } = patch
    return rest
  }
  if (directive === 'delete') return {}
  if (directive !== undefined) throw badDirective(directive, patch)

  const merged: Record<string, unknown> = retainKeys(original, patch)
  const done = new Set<string>([RETAIN_KEYS])
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(ORDER)) continue
    const name = key.slice(ORDER.length)
    mergeOrdered(merged, name, patch, shape)
    done.add(key).add(name)
  }
  for (const key of Object.keys(patch)) {
    if (done.has(key)) continue
    const deletes = key.startsWith(DELETE_FROM)
    mergeMember(merged, deletes ? key.slice(DELETE_FROM.length) : key, patch[key], deletes, shape)
  }
  return merged
}

const badDirective = (directive: unknown, patch: JsonObject): PatchRefusal =>
  new PatchRefusal(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`)

/** Only the named members of the original stay; the patch may not name others. */
function retainKeys(original: JsonObject, patch: JsonObject): Record<string, unknown> {
  const keys = patch[RETAIN_KEYS]
  if (keys === undefined) return { ...original }
  const retained: ReadonlySet<unknown> = new Set(Array.isArray(keys) ? keys : [])
  const isForeign = (key: string): boolean => patch[key] !== null && !key.startsWith('$') && !retained.has(key)
  if (!Array.isArray(keys) || Object.keys(patch).some(isForeign)) {
    throw new PatchRefusal('invalid patch format of retainKeys')
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => retained.has(key)))
}

function mergeMember(
  merged: Record<string, unknown>,
  key: string,
  change: unknown,
  deletes: boolean,
  shape: Definition | undefined,
): void {
  if (change === null) {
    delete merged[key]
    return
  }
  const old = merged[key]
  const bothObjects = isObject(old) && isObject(change)
  const bothLists = Array.isArray(old) && Array.isArray(change)
  if (!bothObjects && !bothLists) {
    if (old !== undefined && goKind(old) === goKind(change)) merged[key] = change
    else if (!deletes) merged[key] = dropDirectives(dropNulls(change))
    return
  }
  const field = shape?.fields.get(key)
  const inner = innerShape(field)
  if (isObject(old) && isObject(change)) {
    merged[key] = field?.patchStrategies.includes('replace') === true ? change : mergeObject(old, change, inner)
  } else if (Array.isArray(old) && Array.isArray(change)) {
    merged[key] = mergeList(old, change, field, deletes)
  }
}

/** The structure of an object, or of a list's items. */
function innerShape(field: Field | undefined): Definition | undefined {
  let type = field?.type
  while (type?.form === 'list' || type?.form === 'map') type = type.of
  return type?.form === 'ref' ? definition(type.name) : undefined
}

function mergeList(old: readonly Item[], change: readonly Item[], field: Field | undefined, deletes: boolean): Item[] {
  const isMerged = field?.patchStrategies.includes('merge') === true
  if (deletes) return old.filter((item) => !change.includes(item))
  if (!isMerged) return [...change]
  if (old.length === 0 && change.length === 0) return []
  if (elementType(old, change) !== 'map[string]interface {}') {
    const both = [...new Set([...old, ...change])]
    return orderMerged(both, change, old, undefined)
  }
  const { mergeKey } = field
  if (mergeKey === undefined) throw new PatchRefusal('cannot merge lists without merge key for type struct')
  const { kept, plain } = applyItemDirectives(old, change, mergeKey)
  const merged = [...kept]
  for (const item of plain) {
    const at = merged.findIndex((other) => isObject(other) && sameKey(other, item, mergeKey))
    const known = merged[at]
    if (isObject(known)) merged[at] = mergeObject(known, item, innerShape(field))
    else merged.push(dropDirectives(dropNulls(item)))
  }
  return orderMerged(merged, plain, kept, mergeKey)
}

const sameKey = (a: JsonObject, b: JsonObject, mergeKey: string): boolean => a[mergeKey] === b[mergeKey]

/** What of the old list stays, and the items of the patch that carry no directive. */
function applyItemDirectives(
  old: readonly Item[],
  change: readonly Item[],
  mergeKey: string,
): { kept: readonly Item[]; plain: readonly JsonObject[] } {
  let kept = old
  let replaces = false
  const plain: JsonObject[] = []
  for (const item of change) {
    if (!isObject(item)) throw badType('map[string]interface {}', item)
    const directive = item[DIRECTIVE]
    if (directive === undefined) {
      mergeKeyOf(item, mergeKey)
      plain.push(item)
    } else if (directive === 'delete') {
      mergeKeyOf(item, mergeKey)
      kept = kept.filter((other) => !(isObject(other) && sameKey(other, item, mergeKey)))
    } else if (directive === 'replace') replaces = true
    else if (directive === 'merge') throw new PatchRefusal('merging lists cannot yet be specified in the patch')
    else throw badDirective(directive, item)
  }
  return replaces ? { kept: plain, plain: [] } : { kept, plain }
}

function mergeKeyOf(item: JsonObject, mergeKey: string): unknown {
  const key = item[mergeKey]
  if (key !== undefined) return key
  throw new PatchRefusal(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`)
}

const badType = (wanted: string, found: unknown): PatchRefusal =>
  new PatchRefusal(`expected a ${wanted}, but received a ${found === null ? '%!s(<nil>)' : goTypeName(found)}`)

/** As Go's reflection names a decoded value's type. */
function goTypeName(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (isObject(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** The one type that all items of both lists have. Source: patch.go, sliceElementType. */
function elementType(old: readonly Item[], change: readonly Item[]): string {
  let type: string | undefined
  for (const item of [...old, ...change]) {
    const found = goTypeName(item)
    if (type === undefined && found === '[]interface {}') throw new PatchRefusal('lists of lists are not supported')
    if (type !== undefined && found !== type) {
      throw new PatchRefusal(`list element types are not identical: ${goText([old, change])}`)
    }
    type = found
  }
  if (type === undefined) throw new PatchRefusal('no elements in any of the given slices')
  return type
}

/** A list together with its `$setElementOrder`: merged, then what the patch names in the order it asks for. */
function mergeOrdered(
  merged: Record<string, unknown>,
  name: string,
  patch: JsonObject,
  shape: Definition | undefined,
): void {
  const order = listOrRefuse(patch[ORDER + name])
  const old = merged[name] === undefined ? undefined : listOrRefuse(merged[name])
  const change = patch[name] === undefined ? undefined : listOrRefuse(patch[name])
  if (old === undefined && change === undefined) return
  const field = shape?.fields.get(name)
  if (shape !== undefined && field === undefined) {
    const struct = shape.goName.slice(shape.goName.indexOf('.') + 1)
    throw new PatchRefusal(`unable to find api field in struct ${struct} for the json field ${JSON.stringify(name)}`)
  }
  const { mergeKey } = field ?? {}
  if (change !== undefined) checkPatchOrder(change, order, mergeKey)
  const all =
    change === undefined
      ? (old ?? [])
      : old === undefined
        ? change.map((item) => dropDirectives(dropNulls(item))).filter((item) => item !== undefined)
        : mergeList(old, change, field, false)
  elementType(old ?? [], change ?? [])
  if (mergeKey !== undefined) for (const item of all) if (isObject(item)) mergeKeyOf(item, mergeKey)
  merged[name] = orderMerged(all, order, old ?? [], mergeKey)
}

function listOrRefuse(value: unknown): readonly Item[] {
  if (Array.isArray(value)) return value
  throw badType('[]interface {}', value)
}
