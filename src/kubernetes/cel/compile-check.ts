/** Why an expression of a policy or a webhook is refused. Source: apiserver/pkg/admission/plugin/cel/compile.go (v1.36). */
import type { Environment } from '@marcbachmann/cel-js'
import { compile, gives, type Compiled } from './compile.ts'
import { goType } from './type-names.ts'

/** What expressions have to give, as the compiler names it. */
export type Wanted = 'bool' | 'string' | 'null_type' | 'list(JSONPatch)' | 'Object'

export interface Expected {
  readonly environment: Environment
  /** Anything where absent. */
  readonly types?: readonly Wanted[]
}

/** The type of what an expression gives, as the library names it, or why it is refused. */
export function compiledType(
  text: string,
  { environment, types }: Expected,
): { readonly type: string } | { readonly problem: string } {
  const compiled = compile(text, environment)
  if ('problem' in compiled) return { problem: `compilation failed: ${compiled.problem}` }
  if (types === undefined || types.some((wanted) => fits(compiled, wanted))) return compiled
  const [first, ...others] = types
  const wanted = others.length === 0 ? first : `one of [${[first, ...others].join(' ')}]`
  return { problem: `must evaluate to ${wanted} but got ${goType(compiled.type)}` }
}

/** Patches are maps to the library. */
function fits(compiled: Compiled, wanted: Wanted): boolean {
  if (wanted === 'list(JSONPatch)') return /^(dyn|list)/.test(compiled.type)
  if (wanted === 'Object') return /^(dyn|map)/.test(compiled.type)
  return gives(compiled, wanted === 'null_type' ? 'null' : wanted)
}
