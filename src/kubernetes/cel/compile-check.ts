/**
 * Whether an expression can be compiled, in the compiler's words.
 *
 * Source: apiserver/pkg/cel/environment; apiserver/pkg/admission/plugin/cel/compile.go; cel-go's `parser` and `checker` (v1.36).
 * Abridged: of the faults that cel-go's checker finds, names that nobody declared and the type of the whole are looked for; of
 * syntax errors only the unexpected word behind a whole expression has cel-go's words.
 */
import { Environment, EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js'
import { withLibrary } from './library.ts'
import { structLiteralsAsMaps } from './struct-literals.ts'

export interface Expected {
  /** Names that the expression may use. */
  readonly variables: readonly string[]
  /** What it has to give, as the compiler names it; anything where absent. */
  readonly type?: 'bool' | 'string' | 'list(JSONPatch)' | 'Object'
}

/** Why an expression is refused; undefined when it can be compiled and gives what is expected. */
export function compileProblem(text: string, { variables, type }: Expected): string | undefined {
  const source = structLiteralsAsMaps(text)
  const environment = environmentOf(variables)
  try {
    environment.parse(source)
  } catch (error) {
    return `compilation failed: ${located(syntaxWords(error, source), startOf(error), source, text)}`
  }
  const checked = environment.check(source)
  if (!checked.valid) {
    const [, name] = /^Unknown variable: (\w+)/.exec(checked.error?.message ?? '') ?? []
    if (name === undefined || LIBRARIES.has(name)) return undefined
    const words = `undeclared reference to '${name}' (in container '')`
    return `compilation failed: ${located(words, startOf(checked.error), source, text)}`
  }
  const given = goType(String(checked.type ?? 'dyn'))
  return type === undefined || fits(given, type) ? undefined : `must evaluate to ${type} but got ${given}`
}

/** Names in front of functions, of libraries that are not all there. */
const LIBRARIES: ReadonlySet<string> = new Set(['base64', 'format', 'google', 'lists', 'math', 'optional', 'strings'])

const environments = new Map<string, Environment>()

function environmentOf(variables: readonly string[]): Environment {
  const key = variables.join(' ')
  const known = environments.get(key)
  if (known !== undefined) return known
  const made = withLibrary(new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false }))
  for (const name of variables) made.registerVariable(name, 'dyn')
  environments.set(key, made)
  return made
}

const isCelError = (error: unknown): error is ParseError | CelTypeError | EvaluationError =>
  error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError

const startOf = (error: unknown): number => (isCelError(error) ? (error.range?.start ?? 0) : 0)

function syntaxWords(error: unknown, source: string): string {
  const said = isCelError(error) ? error.summary : String(error)
  const word = /^\w+/.exec(source.slice(startOf(error)))?.[0]
  return word !== undefined && said.startsWith('Unexpected character')
    ? `Syntax error: mismatched input '${word}' expecting <EOF>`
    : `Syntax error: ${said.charAt(0).toLowerCase()}${said.slice(1)}`
}

/** With the place: line and column from 1, the line itself, and an arrow below it. Source: cel-go common/error.go, ToDisplayString. */
function located(words: string, at: number, source: string, text: string): string {
  // Where structures were written as maps, places have moved.
  const offset = source === text ? at : Math.max(0, text.indexOf(/^\w*/.exec(source.slice(at))?.[0] ?? ''))
  const before = text.slice(0, offset).split('\n')
  const column = before.at(-1)?.length ?? 0
  const line = text.split('\n')[before.length - 1] ?? ''
  return `ERROR: <input>:${before.length}:${column + 1}: ${words}\n | ${line}\n | ${'.'.repeat(column)}^`
}

/** `list<int>` is `list(int)` in Go. */
const goType = (type: string): string =>
  type
    .replaceAll('<', '(')
    .replaceAll('>', ')')
    .replace(/^null$/, 'null_type')

function fits(given: string, wanted: NonNullable<Expected['type']>): boolean {
  if (given === 'dyn' || given === wanted) return true
  if (wanted === 'list(JSONPatch)') return given.startsWith('list')
  return wanted === 'Object' && given.startsWith('map')
}
