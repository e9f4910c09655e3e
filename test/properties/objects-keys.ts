/** Storage keys of one simple form, so that these tests need nothing but the store. */
import type { Kind } from '../../src/kubernetes/kinds.ts'
import type { Location } from '../../src/projections/objects/locate.ts'

export const storageKey = (kind: Kind, namespace: string | undefined, name: string): string =>
  namespace === undefined ? `/registry/${kind}/${name}` : `/registry/${kind}/${namespace}/${name}`

export const parseKey = (key: string): Location | undefined => {
  const [, root, kind, ...rest] = key.split('/')
  const name = rest.at(-1)
  if (root !== 'registry' || kind === undefined || name === undefined) return undefined
  return { kind: kind as Kind, namespace: rest.length === 2 ? rest[0] : undefined, name }
}
