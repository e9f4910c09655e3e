/** Bodies that are sound and yet would do harm: too deep for what walks them, or with numbers that no log can hold. */

/**
 * Abridged: Go's decoder goes 10,000 deep; what walks objects here is recursive. A schema or values that people write are some
 * tens of levels deep.
 */
const NESTING_MAX = 1000

const TOO_DEEP = 'exceeded max depth'

const OPENING: ReadonlySet<number> = new Set([...'[{'].map((char) => char.charCodeAt(0)))
const CLOSING: ReadonlySet<number> = new Set([...']}'].map((char) => char.charCodeAt(0)))
const QUOTE = '"'.charCodeAt(0)
const BACKSLASH = '\\'.charCodeAt(0)

/** Looked at before the text is parsed, by counting. */
export const nestingProblem = (json: string): string | undefined => {
  let depth = 0
  let quoted = false
  for (let at = 0; at < json.length; at++) {
    const char = json.charCodeAt(at)
    if (quoted) {
      if (char === BACKSLASH) at++
      else if (char === QUOTE) quoted = false
    } else if (char === QUOTE) quoted = true
    else if (OPENING.has(char) && ++depth > NESTING_MAX) return TOO_DEEP
    else if (CLOSING.has(char)) depth--
  }
  return undefined
}

/** Such a number may be larger than a float. */
const HUGE = /[eE]\+?\d{3}|\d{309}/

/** A number that is infinite here would be null in the log. Source: encoding/json, Unmarshal of a number out of range. */
export const numberProblem = (json: string, value: unknown): string | undefined =>
  HUGE.test(json) ? problemIn(value) : undefined

/** The same of a value whose text may be anything. */
export const problemIn = (root: unknown): string | undefined => {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next
    if (typeof value === 'number' && !Number.isFinite(value)) {
      return 'json: cannot unmarshal number into Go value of type float64'
    }
    if (typeof value !== 'object' || value === null) continue
    if (depth >= NESTING_MAX) return TOO_DEEP
    for (const member of Object.values(value)) open.push({ value: member, depth: depth + 1 })
  }
  return undefined
}

/** What a decoder that calls itself throws for a text that is too deep for it. */
export const decodingProblem = (error: unknown): string => {
  if (error instanceof RangeError) return TOO_DEEP
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
