/**
 * Field selectors: `metadata.name=web,status.phase!=Running`.
 *
 * Source: apimachinery/pkg/fields/selector.go (v1.36). Which fields a kind can be asked for is said by its row in
 * registry.ts.
 */
import { either } from 'fp-ts'

type Either<E, A> = either.Either<E, A>

export interface FieldTerm {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

/** The terms of a text; an empty text has none. `\` escapes `,`, `=` and itself. Left: why it is refused. */
export function parseFieldSelector(text: string): Either<string, readonly FieldTerm[]> {
  const terms: FieldTerm[] = []
  for (const part of splitTerms(text)) {
    if (part === '') continue
    const split = splitTerm(part)
    if (split === undefined) {
      return either.left(`invalid selector: '${text}'; can't understand '${part}'`)
    }
    const value = unescape(split.raw)
    if (either.isLeft(value)) return value
    terms.push({ field: split.field, equal: split.equal, value: value.right })
  }
  return either.right(terms)
}

/** Whether all terms hold of the fields that `read` gives; an absent field is the empty string. */
export function matchesFields(terms: readonly FieldTerm[], read: (field: string) => string | undefined): boolean {
  for (const { field, equal, value } of terms) if (((read(field) ?? '') === value) !== equal) return false
  return true
}

/** What a field must equal for any match, as `metadata.name=web` does; else undefined. */
export function requiredValue(terms: readonly FieldTerm[], field: string): string | undefined {
  return terms.find((term) => term.field === field && term.equal)?.value
}

function splitTerms(text: string): readonly string[] {
  if (text === '') return []
  const terms: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i += 1) {
    if (text.charAt(i) === '\\') i += 1
    else if (text.charAt(i) === ',') {
      terms.push(text.slice(start, i))
      start = i + 1
    }
  }
  return [...terms, text.slice(start)]
}

/** The first operator splits; `==` and `!=` are looked for before `=`. */
function splitTerm(term: string): { field: string; equal: boolean; raw: string } | undefined {
  for (let i = 0; i < term.length; i += 1) {
    const two = term.slice(i, i + 2)
    if (two === '!=') return { field: term.slice(0, i), equal: false, raw: term.slice(i + 2) }
    if (two === '==') return { field: term.slice(0, i), equal: true, raw: term.slice(i + 2) }
    if (term.charAt(i) === '=') return { field: term.slice(0, i), equal: true, raw: term.slice(i + 1) }
  }
  return undefined
}

function unescape(text: string): Either<string, string> {
  if (!/[\\,=]/.test(text)) return either.right(text)
  let plain = ''
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i)
    if (char === '\\') {
      i += 1
      const next = text.charAt(i)
      if (next !== '\\' && next !== ',' && next !== '=') {
        return either.left(`invalid field selector: invalid escape sequence: \\${next}`)
      }
      plain += next
    } else if (char === ',' || char === '=') {
      return either.left(`invalid field selector: unescaped character in value: ${char}`)
    } else plain += char
  }
  return either.right(plain)
}
