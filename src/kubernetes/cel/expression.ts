/** Expressions, ready to be asked. Source: apiserver/pkg/admission/plugin/cel (v1.36). */
import { Optional, type Environment } from '@marcbachmann/cel-js'
import { createEnvironment, parseIn } from './environment.ts'
import { failureWords } from './failure-words.ts'

/** What an expression gave, or why it gave nothing. */
export type Outcome = { readonly value: unknown } | { readonly problem: string }

/** An expression ready to be asked; variables by name. */
export type Expression = (variables: Readonly<Record<string, unknown>>) => Outcome

/** Expressions kept, of each environment. */
const LIMIT = 2048

/** Expressions, each compiled once. One that cannot be compiled fails whenever it is asked. */
function expressionsIn(create: () => Environment): (text: string) => Expression {
  let environment: Environment | undefined
  const compiled = new Map<string, Expression>()
  return (text) => {
    const known = compiled.get(text)
    if (known !== undefined) return known
    environment ??= create()
    const made = compile(text, environment)
    if (compiled.size >= LIMIT) compiled.clear()
    compiled.set(text, made)
    return made
  }
}

export const expressionOf = expressionsIn(() => createEnvironment({ isOpen: true }))

/** For a rule that is asked of new objects too: its `oldSelf` is what `optionalOf` gives. */
export const expressionWithOptionalOld = expressionsIn(() =>
  createEnvironment({ isOpen: true }).registerVariable('oldSelf', 'optional<dyn>'),
)

/** A value that may be absent. */
export const optionalOf = (value: unknown): unknown => (value === undefined ? Optional.none() : Optional.of(value))

function compile(text: string, environment: Environment): Expression {
  try {
    const program = parseIn(environment, text)
    return (variables) => {
      try {
        return { value: program(variables) as unknown }
      } catch (error) {
        return { problem: failureWords(error) }
      }
    }
  } catch (error) {
    const problem = `compilation failed: ${failureWords(error)}`
    return () => ({ problem })
  }
}
