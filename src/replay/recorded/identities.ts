import type { RecordedWrite } from './writes.ts'
import { metadataOf } from './writes.ts'

/** Gives new objects the names and uids that they had in a recording, in the order in which they got them there. */
export class Identities {
  private readonly names = new Map<string, string[]>()
  private readonly uids = new Map<string, string[]>()

  constructor(writes: readonly RecordedWrite[]) {
    for (const { verb, subresource, code, row, namespace, body, answer } of writes.toSorted(byRevision)) {
      const isApply = verb === 'patch' && code === 201
      if ((verb !== 'create' && !isApply) || subresource !== '' || code !== 201) continue
      const { name, uid } = metadataOf(answer)
      if (typeof name !== 'string' || typeof uid !== 'string') continue
      const { generateName } = metadataOf(body)
      const place = `${row.kind}/${namespace ?? ''}/`
      if (typeof generateName === 'string' && generateName !== '') push(this.names, place + generateName, name)
      push(this.uids, place + name, uid)
    }
  }

  /** The next name that was generated from a base; undefined when the recording has no more. */
  name(kind: string, namespace: string | undefined, base: string): string | undefined {
    return this.names.get(`${kind}/${namespace ?? ''}/${base}`)?.shift()
  }

  /** The uid of the next object of a name. */
  uid(kind: string, namespace: string | undefined, name: string): string | undefined {
    return this.uids.get(`${kind}/${namespace ?? ''}/${name}`)?.shift()
  }
}

/** Of requests that came together, the store says which was first. */
const byRevision = (a: RecordedWrite, b: RecordedWrite): number => revisionOf(a) - revisionOf(b)

const revisionOf = ({ answer }: RecordedWrite): number => Number(metadataOf(answer)['resourceVersion'] ?? 0)

const push = (map: Map<string, string[]>, key: string, value: string): void => {
  const known = map.get(key)
  if (known === undefined) map.set(key, [value])
  else known.push(value)
}
