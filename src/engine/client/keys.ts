import type { ApiObject } from '../../events/json.ts'

/** Key of an object in a queue. */
export const keyOf = (object: ApiObject): string => keyFor(object.metadata.namespace, object.metadata.name)

export const keyFor = (namespace: string | undefined, name: string): string =>
  namespace === undefined ? name : `${namespace}/${name}`

/** The two halves of a key; a cluster-scoped object has no namespace. */
export const splitKey = (key: string): { readonly namespace: string | undefined; readonly name: string } => {
  const slash = key.indexOf('/')
  return slash < 0
    ? { namespace: undefined, name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
