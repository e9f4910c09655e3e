import type * as t from 'io-ts'

/** Why a codec refused a value, and where. */
export interface CodecFailure {
  /** `call.verb`, `items.3.name`; empty for the value itself. */
  readonly path: string
  readonly message: string
}

/** Longest rendering of a codec's name or of a value: one line of a terminal holds both. */
const MAX_SHOWN = 80

/**
 * The first failure of io-ts as a sentence.
 *
 * Entries that io-ts adds for the members of an intersection are no fields and are left out. A union fails once per
 * member, so the path stops at the outermost union and the union as a whole is what was expected.
 */
export const firstFailure = (errors: t.Errors): CodecFailure => {
  const error = errors[0]
  if (error === undefined) return { path: '', message: 'refused without a reason' }
  const path: string[] = []
  let blamed = error.context[0]
  for (const entry of error.context.slice(1)) {
    const parent = tagOf(blamed?.type)
    if (parent === 'UnionType') break
    if (parent !== 'IntersectionType') path.push(entry.key)
    blamed = entry
  }
  const actual = blamed?.actual
  const expected = shorten(blamed?.type.name ?? 'something else')
  return {
    path: path.join('.'),
    message:
      error.message ??
      (actual === undefined ? `missing, expected ${expected}` : `expected ${expected}, got ${show(actual)}`),
  }
}

const tagOf = (codec: object | undefined): unknown => (codec !== undefined && '_tag' in codec ? codec._tag : undefined)

const show = (value: unknown): string => shorten(JSON.stringify(value) ?? typeof value)

const shorten = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text)
