/** What a custom kind's key tells without its definition. */
import type { KindRow } from '../kind-rows/row.ts'
import { customResourceOf, type CustomKind } from '../kinds.ts'

const rows = new Map<CustomKind, KindRow>()

/** Group and resource; no version, nothing served. Who needs more finds the definition: see rows.ts. */
export function bareCustomRow(kind: CustomKind): KindRow {
  let row = rows.get(kind)
  if (row === undefined) rows.set(kind, (row = makeRow(kind)))
  return row
}

function makeRow(kind: CustomKind): KindRow {
  const { group, resource } = customResourceOf(kind)
  return {
    kind,
    objectKind: kind,
    group,
    version: '',
    apiVersion: `${group}/`,
    resource,
    singular: '',
    shortNames: [],
    categories: [],
    namespaced: true,
    subresources: [],
    storagePrefix: `${group}/${resource}`,
    others: [],
  }
}
