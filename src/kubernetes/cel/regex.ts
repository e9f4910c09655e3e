/** Regular expressions as Go has them. */
import { RE2JS } from 're2js'
import { Fault } from './values.ts'

const compiled = new Map<string, RE2JS | string>()
/** Expressions kept. */
const LIMIT = 1024

function compile(pattern: string): RE2JS | string {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  let made: RE2JS | string
  try {
    made = RE2JS.compile(pattern)
  } catch (thrown) {
    made = thrown instanceof Error ? thrown.message : String(thrown)
  }
  if (compiled.size >= LIMIT) compiled.clear()
  compiled.set(pattern, made)
  return made
}

export const isRegex = (pattern: string): boolean => typeof compile(pattern) !== 'string'

/** A pattern; one that is none fails the expression. */
function regex(pattern: string): RE2JS {
  const made = compile(pattern)
  if (typeof made === 'string') throw new Fault(made)
  return made
}

export const matches = (text: string, pattern: string): boolean => regex(pattern).matcher(text).find()

/** What matches, from the left; at most so many where a limit is given. */
export function findAll(text: string, pattern: string, limit = Infinity): readonly string[] {
  const matcher = regex(pattern).matcher(text)
  const found: string[] = []
  while (found.length < limit && matcher.find()) found.push(matcher.group() ?? '')
  return found
}
