import type { RecordedWrite } from './writes.ts'
import { isRecord, metadataOf } from './writes.ts'

/** Gives new objects the names and uids that they had in a recording, in the order in which they got them there. */
export class Identities {
  private readonly names = new Map<string, Named[]>()
  private readonly uids = new Map<string, string[]>()

  constructor(writes: readonly RecordedWrite[]) {
    for (const { verb, subresource, code, row, namespace, body, answer } of writes.toSorted(byRevision)) {
      const isApply = verb === 'patch' && code === 201
      if ((verb !== 'create' && !isApply) || subresource !== '' || code !== 201) continue
      const { name, uid } = metadataOf(answer)
      if (typeof name !== 'string' || typeof uid !== 'string') continue
      const { generateName } = metadataOf(body)
      const place = `${row.kind}/${namespace ?? ''}/`
      if (typeof generateName === 'string' && generateName !== '')
        push(this.names, place + generateName, { name, node: pinOf(body) })
      push(this.uids, place + name, uid)
    }
  }

  /** The next name that was generated from a base; undefined when the recording has no more. */
  name(kind: string, namespace: string | undefined, base: string, object: unknown): string | undefined {
    const names = this.names.get(`${kind}/${namespace ?? ''}/${base}`) ?? []
    const node = pinOf(object)
    const index = names.findIndex((one) => one.node === node)
    return names.splice(Math.max(index, 0), 1)[0]?.name
  }

  /** The uid of the next object of a name. */
  uid(kind: string, namespace: string | undefined, name: string): string | undefined {
    return this.uids.get(`${kind}/${namespace ?? ''}/${name}`)?.shift()
  }
}

/** Of requests that came together, the store says which was first. */
const byRevision = (a: RecordedWrite, b: RecordedWrite): number => revisionOf(a) - revisionOf(b)

const revisionOf = ({ answer }: RecordedWrite): number => Number(metadataOf(answer)['resourceVersion'] ?? 0)

/** A name that was generated, and the node that its bearer was made for, if any. */
interface Named {
  readonly name: string
  readonly node: string | undefined
}

/** A DaemonSet's Pod says by a field selector on which node it is to be. */
const pinOf = (object: unknown): string | undefined => {
  const path = [
    'spec',
    'affinity',
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  ]
  let value = object
  for (const key of path) value = isRecord(value) ? value[key] : undefined
  const term: unknown = Array.isArray(value) ? value[0] : undefined
  return isRecord(term) && term['matchFields'] !== undefined ? JSON.stringify(term['matchFields']) : undefined
}

const push = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const known = map.get(key)
  if (known === undefined) map.set(key, [value])
  else known.push(value)
}
