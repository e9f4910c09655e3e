import type { Kind } from '../kubernetes/kinds.ts'
import { rowByName } from '../kubernetes/registry.ts'

/** Names an object. */
export interface ObjectRef {
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly name: string
}

/** `namespace/name` of a Pod named as `web-1`, `shop/web-1` or as an object. @throws Error */
export const podKey = (text: string): string => {
  const parts = text.split('/')
  const [first = ''] = parts
  if (parts.length === 1 && first !== '') return `default/${first}`
  if (parts.length === 2 && rowByName(first)?.kind !== 'Pod') return text
  const { kind, namespace = 'default', name } = parseObjectRef(text)
  if (kind !== 'Pod') throw new Error(`"${text}" names no Pod: write NAME, NAMESPACE/NAME or pod/NAMESPACE/NAME`)
  return `${namespace}/${name}`
}

/** Reads `pod/web-1`, `pod/shop/web-1`, `node/node-1`; a namespaced kind without a namespace is in `default`. @throws Error */
export const parseObjectRef = (text: string): ObjectRef => {
  const [kindText = '', ...rest] = text.split('/')
  const row = rowByName(kindText)
  const name = rest.at(-1)
  if (row === undefined && name !== undefined)
    throw new Error(`"${text}" names no object: there is no kind "${kindText}"`)
  if (row === undefined || name === undefined || name === '' || rest.length > 2) {
    throw new Error(`"${text}" names no object: write KIND/NAME or KIND/NAMESPACE/NAME, e.g. pod/default/web-1`)
  }
  if (!row.namespaced) return { kind: row.kind, namespace: undefined, name }
  return { kind: row.kind, namespace: rest.length === 2 ? rest[0] : 'default', name }
}
