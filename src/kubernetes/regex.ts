/** Patterns that users write, as Go reads and matches them: in linear time. */
import { RE2JS } from 're2js'

const compiled = new Map<string, RE2JS | string>()
/** Patterns kept. */
const LIMIT = 1024

/** A pattern, compiled once; why it is none where it is not. */
export function compileRegex(pattern: string): RE2JS | string {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  const made = compile(pattern)
  if (compiled.size >= LIMIT) compiled.clear()
  compiled.set(pattern, made)
  return made
}

function compile(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern)
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}
