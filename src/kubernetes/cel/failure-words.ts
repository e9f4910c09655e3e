/** Why an expression gave nothing, in upstream's words. Source: cel-go common/types/err.go and its neighbours. */
import { EvaluationError } from '@marcbachmann/cel-js'
import { OWN } from './library/register.ts'

/** By the library's code, from what it says. */
const WORDS: Readonly<Record<string, (said: string) => string>> = {
  index_out_of_bounds: (said) => `index out of bounds: ${/index (-?\d+) /.exec(said)?.[1] ?? ''}`,
  modulo_by_zero: () => 'modulus by zero',
  numeric_overflow: (said) => (/unsigned|uint/i.test(said) ? 'unsigned integer overflow' : 'integer overflow'),
  int_conversion_error: () => "type conversion error from 'string' to 'int'",
  uint_conversion_error: () => 'unsigned integer overflow',
  double_conversion_error: () => "type conversion error from 'string' to 'double'",
  bool_conversion_error: () => "type conversion error from 'string' to 'bool'",
  no_such_overload: () => 'no such overload',
  invalid_logical_operand: () => 'no such overload',
  invalid_condition_type: () => 'no such overload',
  no_matching_overload: overload,
  optional_value_missing: () => 'optional.none() dereference',
}

/** Otherwise the library's first line, with a small letter. */
export function failureWords(error: unknown): string {
  const said = error instanceof EvaluationError ? error.summary : error instanceof Error ? error.message : String(error)
  const words = error instanceof EvaluationError ? WORDS[error.code]?.(said) : undefined
  if (words !== undefined) return words
  const [line = ''] = said.split('\n')
  return line.charAt(0).toLowerCase() + line.slice(1)
}

/** `'int.startsWith(string)'` is `startsWith(int, string)`. */
function overload(said: string): string {
  const [, receiver, name = '', args = ''] = /'(?:(.+)\.)?([^.(]+)\((.*)\)'/.exec(said) ?? []
  const all = [...(receiver === undefined ? [] : [receiver]), ...(args === '' ? [] : [args])].join(', ')
  return `no such overload: ${name.replace(OWN, '')}(${all})`
}
