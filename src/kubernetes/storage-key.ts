/** Where the store keeps objects: `/registry/<prefix>/<namespace>/<name>`. Source: apiserver/pkg/registry/generic/registry/store.go. */
import { KIND_ROWS } from './kind-rows/kind-rows.ts'
import { customResourceOf, isCustomKind, type CustomKind, type Kind } from './kinds.ts'
import { kindRow } from './registry.ts'

const byPrefix = new Map(KIND_ROWS.map((one) => [one.storagePrefix, one]))

export interface ObjectKey {
  readonly kind: Kind
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string
  readonly name: string
}

const ROOT = '/registry/'

/** `/registry/pods/default/web`: where the store keeps an object. */
export function storageKey(kind: Kind, namespace: string | undefined, name: string): string {
  if (isCustomKind(kind)) {
    return namespace === undefined ? `${customPrefix(kind)}${name}` : `${customPrefix(kind)}${namespace}/${name}`
  }
  const { storagePrefix, namespaced } = kindRow(kind)
  return namespaced ? `${ROOT}${storagePrefix}/${namespace ?? ''}/${name}` : `${ROOT}${storagePrefix}/${name}`
}

/** The beginning that all keys of a kind have, or of a kind in one namespace. */
export function storagePrefixOf(kind: Kind, namespace?: string): string {
  if (isCustomKind(kind)) return namespace === undefined ? customPrefix(kind) : `${customPrefix(kind)}${namespace}/`
  const { storagePrefix } = kindRow(kind)
  return namespace === undefined ? `${ROOT}${storagePrefix}/` : `${ROOT}${storagePrefix}/${namespace}/`
}

/** The object that a key stands for; undefined for keys of other things. */
export function parseStorageKey(key: string): ObjectKey | undefined {
  if (!key.startsWith(ROOT)) return undefined
  let end = key.indexOf('/', ROOT.length)
  let found = byPrefix.get(key.slice(ROOT.length, end))
  if (found === undefined) {
    end = key.indexOf('/', end + 1)
    found = end < 0 ? undefined : byPrefix.get(key.slice(ROOT.length, end))
  }
  if (found === undefined || end < 0) return parseCustomKey(key)
  if (!found.namespaced) return { kind: found.kind, name: key.slice(end + 1) }
  const slash = key.indexOf('/', end + 1)
  return slash < 0 ? undefined : { kind: found.kind, namespace: key.slice(end + 1, slash), name: key.slice(slash + 1) }
}

/** `orders.shop.example.com` stand below `/registry/shop.example.com/orders/`. Source: apiextensions-apiserver, pkg/apiserver/customresource_handler.go. */
const customPrefix = (kind: CustomKind): string => {
  const { group, resource } = customResourceOf(kind)
  return `${ROOT}${group}/${resource}/`
}

const parseCustomKey = (key: string): ObjectKey | undefined => {
  const [group = '', resource = '', first, second, ...more] = key.slice(ROOT.length).split('/')
  if (!group.includes('.') || resource === '' || first === undefined || more.length > 0) return undefined
  const kind: CustomKind = `${resource}.${group}`
  return second === undefined ? { kind, name: first } : { kind, namespace: first, name: second }
}
