import type { Micros } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import { millis } from '../../events/time.ts'
import type { RecordedWrite } from './writes.ts'
import { isRecord, metadataOf } from './writes.ts'

/** Gives new objects the names and uids that they had in a recording, in the order in which they got them there. */
export class Identities {
  private readonly names = new Map<string, Named[]>()
  private readonly uids = new Map<string, string[]>()
  /** By uid of a Pod: those that were made at the same time and stored before it. */
  private readonly before = new Map<string, readonly string[]>()
  private readonly stored = new Set<string>()
  /** Names that were given out, until their bearers are made. */
  private readonly lent = new Map<string, { readonly names: Named[]; readonly one: Named }>()

  constructor(writes: readonly RecordedWrite[]) {
    for (const { write, name } of inOrder(writes)) {
      const { row, namespace, body, answer } = write
      const place = `${row.kind}/${namespace ?? ''}/`
      const { generateName } = metadataOf(body)
      if (typeof generateName === 'string' && generateName !== '') {
        push(this.names, place + generateName, { name, node: pinOf(body), isMade: write.code === 201 })
      }
      const { uid } = metadataOf(answer)
      if (typeof uid === 'string' && write.code === 201) push(this.uids, place + name, uid)
    }
    for (const [uid, others] of racing(writes)) this.before.set(uid, others)
  }

  /** The next name that was generated from a base; undefined when the recording has no more. */
  name(kind: string, namespace: string | undefined, base: string, object: unknown): string | undefined {
    const names = this.names.get(`${kind}/${namespace ?? ''}/${base}`) ?? []
    const node = pinOf(object)
    const index = names.findIndex((candidate) => candidate.node === node)
    const [one] = names.splice(Math.max(index, 0), 1)
    if (one !== undefined) this.lent.set(`${kind}/${namespace ?? ''}/${one.name}`, { names, one })
    return one?.name
  }

  /** An object was not made. Where one was made then, its name is for the next that is, behind those that were refused too. */
  refused(kind: string, namespace: string | undefined, name: string): void {
    const key = `${kind}/${namespace ?? ''}/${name}`
    const { names, one } = this.lent.get(key) ?? {}
    this.lent.delete(key)
    if (names === undefined || one?.isMade !== true) return
    const next = names.findIndex(({ isMade }) => isMade)
    names.splice(next < 0 ? names.length : next, 0, one)
  }

  /** The uid of the next object of a name: the same one until an object has it, because a create may be refused. */
  uid(kind: string, namespace: string | undefined, name: string): string | undefined {
    return this.uids.get(`${kind}/${namespace ?? ''}/${name}`)?.[0]
  }

  /**
   * Whether a Pod that is to be made raced to the store with one that was there first then and is not here yet: who is first is
   * chance, and gets the emptier node.
   */
  comesBehind(kind: string, namespace: string | undefined, name: string): boolean {
    const uid = kind === 'Pod' ? this.uid(kind, namespace, name) : undefined
    return this.before.get(uid ?? '')?.some((other) => !this.stored.has(other)) ?? false
  }

  /** An object has been written. */
  made(kind: string, { metadata: { namespace, name, uid } }: ApiObject): void {
    if (kind === 'Pod') this.stored.add(uid)
    this.lent.delete(`${kind}/${namespace ?? ''}/${name}`)
    const uids = this.uids.get(`${kind}/${namespace ?? ''}/${name}`)
    if (uids?.[0] === uid) uids.shift()
  }
}

/** Pods that were made at the same time, by who was stored before whom. */
function* racing(writes: readonly RecordedWrite[]): Generator<readonly [string, readonly string[]]> {
  const pods = writes.flatMap(({ row, verb, subresource, code, at, answer }) => {
    const { uid, resourceVersion } = metadataOf(answer)
    const isMade = row.kind === 'Pod' && verb === 'create' && subresource === '' && code === 201
    return isMade && typeof uid === 'string' ? [{ uid, at, revision: Number(resourceVersion ?? 0) }] : []
  })
  for (const { uid, at, revision } of pods) {
    const others = pods.filter((one) => one.revision < revision && Math.abs(one.at - at) <= TOGETHER)
    if (others.length > 0) yield [uid, others.map((one) => one.uid)]
  }
}

interface Creation {
  readonly write: RecordedWrite
  readonly name: string
}

/**
 * Of creates that came together, the store says which was first; those that were refused had used up a name too, and in our
 * order they come behind what came with them and was still let in.
 */
const inOrder = (writes: readonly RecordedWrite[]): readonly Creation[] => {
  const creations = writes.flatMap((write): readonly (Creation & { readonly revision: number | undefined })[] => {
    const isApply = write.verb === 'patch' && write.code === 201
    if ((write.verb !== 'create' && !isApply) || write.subresource !== '') return []
    const { name, resourceVersion } = metadataOf(write.answer)
    if (write.code === 201 && typeof name === 'string') return [{ write, name, revision: Number(resourceVersion ?? 0) }]
    const refused = /^[a-z]+(?:\.[a-z0-9.]+)? "([^"]+)" is forbidden/.exec(write.message)?.[1]
    return refused === undefined ? [] : [{ write, name: refused, revision: undefined }]
  })
  const made = creations.filter(({ revision }) => revision !== undefined)
  const placeOf = ({ write, revision }: (typeof creations)[number]): number =>
    revision ??
    made.reduce((most, one) => (one.write.at <= write.at + TOGETHER ? Math.max(most, one.revision ?? 0) : most), 0) +
      0.5
  return creations.map((one) => ({ ...one, place: placeOf(one) })).toSorted((a, b) => a.place - b.place)
}

/** Creates that one pass of a controller makes at once come within this time. */
const TOGETHER: Micros = millis(30)

/** A name that was generated, and the node that its bearer was made for, if any. */
interface Named {
  readonly name: string
  readonly node: string | undefined
  /** Whether its bearer came to be. */
  readonly isMade: boolean
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
