/** What is wrong with a text that is no expression, in the words of cel-go's parser. Abridged: the common faults have its words. */
import { ParseError } from '@marcbachmann/cel-js'
import type { Mistake } from './checker-words.ts'

const EXPRESSION =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

export function syntaxWords(error: unknown, source: string): Mistake {
  if (!(error instanceof ParseError)) return { at: 0, words: error instanceof Error ? error.message : String(error) }
  const at = error.range?.start ?? 0
  if (error.code === 'reserved_identifier') return { at, words: said(error) }
  if (error.code === 'invalid_macro_argument') return { at, words: 'argument must be a simple name' }
  return { at, words: `Syntax error: ${faultAt(error, source, at)}` }
}

const said = ({ summary }: ParseError): string => summary.charAt(0).toLowerCase() + summary.slice(1)

function faultAt(error: ParseError, source: string, at: number): string {
  const rest = source.slice(at)
  const word = /^\w+/.exec(rest)?.[0]
  const isEnd = rest.trim() === ''
  if (error.code === 'unexpected_character' && word !== undefined) {
    // One word too many is passed over.
    const fault = rest.slice(word.length).trim() === '' ? 'extraneous' : 'mismatched'
    return `${fault} input '${word}' expecting <EOF>`
  }
  if (error.code === 'unexpected_token' && isEnd) return `mismatched input '<EOF>' expecting ${EXPRESSION}`
  if (error.summary.startsWith('Expected IDENTIFIER') && word !== undefined) {
    return `mismatched input '${word}' expecting IDENTIFIER`
  }
  if (error.summary.startsWith('Expected RBRACKET') && isEnd) return "mismatched input '<EOF>' expecting {']', ','}"
  if (error.code === 'expected_token' && isEnd && error.summary.startsWith('Expected RPAREN'))
    return "missing ')' at '<EOF>'"
  return said(error)
}
