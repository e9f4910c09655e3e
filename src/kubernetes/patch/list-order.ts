/**
 * In which order the items of a merged list stand: what the patch names as it names it, among what only the server has.
 *
 * Source: strategicpatch/patch.go, normalizeElementOrder and mergeSortedSlice (v1.36).
 */
import { PatchRefusal, type Item } from './directives.ts'
import { goText, isObject } from './json.ts'

/** What identifies an item: its merge key's value, or itself. */
const identity = (item: Item, mergeKey: string | undefined): unknown =>
  mergeKey !== undefined && isObject(item) ? item[mergeKey] : item

/** `merged`, sorted by `patchOrder` and `serverOrder`; an item that only the server has keeps its place as far as it can. */
export function orderMerged(
  merged: readonly Item[],
  patchOrder: readonly Item[],
  serverOrder: readonly Item[],
  mergeKey: string | undefined,
): Item[] {
  const inPatch = positions(patchOrder, mergeKey)
  const inServer = positions(serverOrder, mergeKey)
  const at = (index: ReadonlyMap<unknown, number>, item: Item): number | undefined =>
    index.get(identity(item, mergeKey))
  const byPosition = (index: ReadonlyMap<unknown, number>) => (a: Item, b: Item) =>
    (at(index, a) ?? 0) - (at(index, b) ?? 0)

  const patchItems = merged.filter((item) => at(inPatch, item) !== undefined).sort(byPosition(inPatch))
  const serverItems = merged.filter((item) => at(inPatch, item) === undefined).sort(byPosition(inServer))
  const all: Item[] = []
  let i = 0
  let j = 0
  while (i < serverItems.length || j < patchItems.length) {
    const server = at(inServer, serverItems[i])
    const patched = at(inServer, patchItems[j])
    const serverFirst = server !== undefined && patched !== undefined && server < patched
    if (j >= patchItems.length || (i < serverItems.length && serverFirst)) {
      all.push(serverItems[i])
      i += 1
    } else {
      all.push(patchItems[j])
      j += 1
    }
  }
  return all
}

/** Of several items with one identity, the first place counts. */
function positions(items: readonly Item[], mergeKey: string | undefined): ReadonlyMap<unknown, number> {
  const index = new Map<unknown, number>()
  for (const [i, item] of items.entries()) {
    const key = identity(item, mergeKey)
    if (!index.has(key)) index.set(key, i)
  }
  return index
}

/** The items of a patch must stand in the order that the patch itself asks for. */
export function checkPatchOrder(change: readonly Item[], order: readonly Item[], mergeKey: string | undefined): void {
  const kept = change.filter((item) => !(isObject(item) && '$patch' in item))
  let found = 0
  for (const wanted of order) {
    if (found < kept.length && identity(kept[found], mergeKey) === identity(wanted, mergeKey)) found += 1
  }
  if (found === kept.length) return
  throw new PatchRefusal(
    `The order in patch list:\n${goText(change)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
  )
}
