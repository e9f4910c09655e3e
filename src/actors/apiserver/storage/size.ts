/** Around what a field costs beside its text: tag, length, separators. */
const PER_FIELD = 3

/** Sizes of objects met before: a new version of an object shares most of its parts with the old one. */
const known = new WeakMap<object, number>()

/**
 * About how many bytes a value takes when encoded: what etcd's quota and request limit count. An estimate, made in one walk
 * without writing anything. Values must not change afterwards.
 */
export const estimateSize = (value: unknown): number => {
  if (typeof value === 'string') return value.length + PER_FIELD
  if (typeof value !== 'object' || value === null) return PER_FIELD
  let size = PER_FIELD
  if (Array.isArray(value)) {
    for (const item of value) size += estimateSize(item)
    return size
  }
  const members = value as Readonly<Record<string, unknown>>
  for (const key of Object.keys(members)) {
    const member = members[key]
    if (member !== undefined) size += key.length + estimateSize(member)
  }
  return size
}

/** The size of an object as the API stores it: member by member, so that a spec or status that did not change is looked up. */
export const estimateObjectSize = (object: object): number => {
  const members = object as Readonly<Record<string, unknown>>
  let size = 0
  for (const key of Object.keys(members)) {
    const member = members[key]
    if (typeof member !== 'object' || member === null) size += key.length + estimateSize(member)
    else size += key.length + remembered(member)
  }
  return size
}

const remembered = (member: object): number => {
  const before = known.get(member)
  if (before !== undefined) return before
  const size = estimateSize(member)
  known.set(member, size)
  return size
}
