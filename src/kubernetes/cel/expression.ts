/** CEL expressions: the one place that knows the library which evaluates them. Source: apiserver/pkg/admission/plugin/cel (v1.36). */
import { Environment, EvaluationError, Optional } from '@marcbachmann/cel-js'
import { withLibrary } from './library.ts'
import { structLiteralsAsMaps } from './struct-literals.ts'
import { toCel } from './values.ts'

/** What an expression gave, or why it gave nothing. */
export type Outcome = { readonly value: unknown } | { readonly problem: string }

/** An expression ready to be asked; variables by name. */
export type Expression = (variables: Readonly<Record<string, unknown>>) => Outcome

/** Made for the first expression: most clusters have none. */
let environment: Environment | undefined

const createEnvironment = (): Environment =>
  withLibrary(
    new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, homogeneousAggregateLiterals: false }),
  )

const compiled = new Map<string, Expression>()
/** Expressions kept. */
const LIMIT = 2048

/** An expression, compiled once. One that cannot be compiled fails whenever it is asked. */
export function expressionOf(text: string): Expression {
  const known = compiled.get(text)
  if (known !== undefined) return known
  environment ??= createEnvironment()
  const made = compile(text, environment)
  if (compiled.size >= LIMIT) compiled.clear()
  compiled.set(text, made)
  return made
}

/** Of the rules that are asked of new objects too: `oldSelf` is optional, none where there was nothing. */
let withOptionalOld: Environment | undefined
const compiledWithOptionalOld = new Map<string, Expression>()

/** As `expressionOf`, for a rule whose `oldSelf` is what `optionalOf` gives. */
export function expressionWithOptionalOld(text: string): Expression {
  const known = compiledWithOptionalOld.get(text)
  if (known !== undefined) return known
  withOptionalOld ??= createEnvironment().registerVariable('oldSelf', 'optional<dyn>')
  const made = compile(text, withOptionalOld)
  if (compiledWithOptionalOld.size >= LIMIT) compiledWithOptionalOld.clear()
  compiledWithOptionalOld.set(text, made)
  return made
}

/** A value of JSON that may be absent. */
export const optionalOf = (value: unknown): unknown =>
  value === undefined ? Optional.none() : Optional.of(toCel(value))

function compile(text: string, environment: Environment): Expression {
  try {
    const program = environment.parse(structLiteralsAsMaps(text))
    return (variables) => {
      try {
        return { value: program(variables) as unknown }
      } catch (error) {
        return { problem: words(error) }
      }
    }
  } catch (error) {
    const problem = `compilation failed: ${words(error)}`
    return () => ({ problem })
  }
}

/** Upstream's words: the library's first line, with a small letter. */
const words = (error: unknown): string => {
  const said = error instanceof EvaluationError ? error.summary : error instanceof Error ? error.message : String(error)
  const [line = ''] = said.split('\n')
  return line.charAt(0).toLowerCase() + line.slice(1)
}
