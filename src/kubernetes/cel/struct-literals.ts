/**
 * Writes literals of structures as maps, which the expression language library knows: `Object{a: 1}` as `{"a": 1}`.
 * Mutating policies build what they apply with them: `Object{…}`, `Object.metadata{…}`, `JSONPatch{…}`.
 * Source: apiserver/pkg/cel/mutation (v1.36).
 */
export function structLiteralsAsMaps(expression: string): string {
  let out = ''
  let i = 0
  /** For each open brace whether it belongs to a structure. */
  const braces: boolean[] = []
  while (i < expression.length) {
    const text = stringAt(expression, i)
    if (text !== '') {
      out += text
      i += text.length
      continue
    }
    const struct = STRUCT.exec(expression.slice(i))
    if (struct !== null && !isWordBefore(expression, i)) {
      out += '{'
      braces.push(true)
      i += struct[0].length
      continue
    }
    const field = braces.at(-1) === true ? FIELD.exec(expression.slice(i)) : null
    if (field !== null && /[{,]\s*$/.test(out)) {
      // What may be missing stays an optional value until the patch is read.
      out += `"${field[2] ?? ''}":`
      i += field[0].length
      continue
    }
    const char = expression.charAt(i)
    if (char === '{') braces.push(false)
    if (char === '}') braces.pop()
    out += char
    i += 1
  }
  return out
}

const STRUCT = /^(?:Object(?:\.\w+)*|JSONPatch)\s*\{/
const FIELD = /^(\??)\s*(\w+)\s*:/

const isWordBefore = (expression: string, at: number): boolean => at > 0 && /[\w.]/.test(expression.charAt(at - 1))

/** The string literal that begins here; empty where none does. */
function stringAt(expression: string, start: number): string {
  const raw = /^[rRbB]{0,2}(?="|')/.exec(expression.slice(start))?.[0] ?? ''
  if (raw !== '' && isWordBefore(expression, start)) return ''
  const open = start + raw.length
  const quote = /^("""|'''|"|')/.exec(expression.slice(open))?.[0]
  if (quote === undefined) return ''
  let end = open + quote.length
  while (end < expression.length && !expression.startsWith(quote, end)) {
    end += expression.charAt(end) === '\\' && !/r/i.test(raw) ? 2 : 1
  }
  return expression.slice(start, end + quote.length)
}
