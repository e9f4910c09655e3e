import type { Kind } from '../kubernetes/kinds.ts'
import { rowByName } from '../kubernetes/registry.ts'

/** Names an object. */
export interface ObjectRef {
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly name: string
}

/** Reads `pod/web-1`, `pod/shop/web-1`, `node/node-1`; a namespaced kind without a namespace is in `default`. @throws Error */
export const parseObjectRef = (text: string): ObjectRef => {
  const [kindText = '', ...rest] = text.split('/')
  const row = rowByName(kindText)
  const name = rest.at(-1)
  if (row === undefined || name === undefined || name === '' || rest.length > 2) {
    throw new Error(`"${text}" names no object: write KIND/NAME or KIND/NAMESPACE/NAME, e.g. pod/default/web-1`)
  }
  if (!row.namespaced) return { kind: row.kind, namespace: undefined, name }
  return { kind: row.kind, namespace: rest.length === 2 ? rest[0] : 'default', name }
}
