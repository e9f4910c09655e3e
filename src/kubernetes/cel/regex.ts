/** What expressions ask of regular expressions. */
import type { RE2JS } from 're2js'
import { compileRegex } from '../regex.ts'
import { Fault } from './values.ts'

export const isRegex = (pattern: string): boolean => typeof compileRegex(pattern) !== 'string'

/** A pattern; one that is none fails the expression. */
function regex(pattern: string): RE2JS {
  const made = compileRegex(pattern)
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
