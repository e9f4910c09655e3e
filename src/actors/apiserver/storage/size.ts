/** Around what a field costs beside its text: tag, length, separators. */
const PER_FIELD = 3

/**
 * About how many bytes a value takes when encoded: what etcd's quota and request limit count. An estimate, made in one walk
 * without writing anything.
 */
export const estimateSize = (value: unknown): number => {
  if (typeof value === 'string') return value.length + PER_FIELD
  if (typeof value !== 'object' || value === null) return PER_FIELD
  let size = PER_FIELD
  if (Array.isArray(value)) {
    for (const item of value) size += estimateSize(item)
    return size
  }
  for (const [key, member] of Object.entries(value)) if (member !== undefined) size += key.length + estimateSize(member)
  return size
}
