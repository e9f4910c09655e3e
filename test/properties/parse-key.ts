import type { ParseStorageKey } from '../../src/projections/objects/locate.ts'
export const parseKey: ParseStorageKey = (key) => {
  const p = key.split('/')
  if (p[2] === 'pods') return { kind: 'Pod', namespace: p[3], name: p[4] as string }
  if (p[2] === 'minions') return { kind: 'Node', namespace: undefined, name: p[3] as string }
  return undefined
}
