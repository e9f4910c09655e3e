/**
 * Expressions that are looked at before anybody asks them, and what is wrong with them in the compiler's words.
 *
 * Source: apiserver/pkg/cel/environment; cel-go's `parser`, `checker` and `cel/validator.go` (v1.36).
 * Abridged: the first fault is told, not all; where the library's checker cannot tell, an expression is taken.
 */
import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js'
import { checkerWords, mixedItem, type Mistake } from './checker-words.ts'
import { nodesOf, parseIn } from './environment.ts'
import { OWN } from './library/register.ts'
import { isRegex } from './regex.ts'
import { structLiteralsAsMaps } from './struct-literals.ts'
import { syntaxWords } from './syntax-words.ts'
import { parseDuration, parseTimestamp } from './times.ts'

export interface Compiled {
  /** What it gives, as the library names it. */
  readonly type: string
  readonly ast: ASTNode
}

/** A typed expression, or why it is none: with the place, its line, and an arrow. */
export function compile(text: string, environment: Environment): Compiled | { readonly problem: string } {
  const source = structLiteralsAsMaps(text)
  const told = (fault: Mistake): { readonly problem: string } => ({ problem: located(fault, source, text) })
  let program: ParseResult
  try {
    program = parseIn(environment, text)
  } catch (error) {
    return told(syntaxWords(error, source))
  }
  const { valid, type, error } = program.check()
  const fault = valid ? faultOfLiterals(program.ast, source) : checkerWords(error, source)
  if (fault !== undefined) return told(fault)
  return { type: valid ? (type ?? 'dyn') : 'dyn', ast: program.ast }
}

/** Line and column from 1, in characters. Source: cel-go common/error.go, ToDisplayString. */
function located({ at, words }: Mistake, source: string, text: string): string {
  // Where structures were written as maps, places have moved.
  const offset = source === text ? at : Math.max(0, text.indexOf(/^\w*/.exec(source.slice(at))?.[0] ?? ''))
  const before = text.slice(0, offset).split('\n')
  const column = [...(before.at(-1) ?? '')].length
  const line = (text.split('\n')[before.length - 1] ?? '').replaceAll('\t', ' ')
  return `ERROR: <input>:${before.length}:${column + 1}: ${words}\n | ${line}\n | ${'.'.repeat(column)}^`
}

const LITERALS: Readonly<Record<string, (text: string) => boolean>> = {
  matches: isRegex,
  duration: (text) => parseDuration(text) !== undefined,
  timestamp: (text) => parseTimestamp(text) !== undefined,
}

/** Items of a list's literal are of one type; patterns, durations and moments that stand in the text are read at once. */
function faultOfLiterals(ast: ASTNode, source: string): Mistake | undefined {
  const formatted = new Set(nodesOf(ast).flatMap(itemsOfText))
  for (const node of nodesOf(ast)) {
    const mixed = node.op === 'list' && !formatted.has(node) ? mixedItem(node.args, source) : undefined
    if (mixed !== undefined) return mixed
    if (node.op !== 'call' && node.op !== 'rcall') continue
    const name = node.args[0].replace(OWN, '')
    const literal = (node.op === 'call' ? node.args[1] : node.args[2]).at(-1)
    if (literal?.op !== 'value' || typeof literal.args !== 'string') continue
    if (LITERALS[name]?.(literal.args) === false) return { at: literal.start, words: `invalid ${name} argument` }
  }
  return undefined
}

/** What is put into a text may be of any types. */
const itemsOfText = (node: ASTNode): readonly ASTNode[] =>
  node.op === 'rcall' && node.args[0].startsWith('format') ? node.args[2] : []

/** Whether an expression gives a type. What a value out of unknown ones gives is told only of plain values: the library's checker knows less. */
export const gives = ({ type, ast: { op } }: Compiled, wanted: string): boolean =>
  type === wanted || (type === 'dyn' && !PLAIN.has(op))

const PLAIN: ReadonlySet<string> = new Set(['id', '.', '[]'])
