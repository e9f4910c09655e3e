/** Regular expressions. Source: apiserver/pkg/cel/library/regex.go (v1.36); cel-go common/stdlib/standard.go. */
import { findAll, matches } from '../regex.ts'
import type { Library } from './register.ts'

export const regexes: Library = {
  'matches(string, string): bool': matches,
  '<string>.matches(string): bool': matches,
  '<string>.find(string): string': (text: string, pattern: string) => findAll(text, pattern, 1)[0] ?? '',
  '<string>.findAll(string): list(string)': (text: string, pattern: string) => findAll(text, pattern),
  '<string>.findAll(string, int): list(string)': (text: string, pattern: string, limit: bigint) =>
    limit < 0n ? findAll(text, pattern) : findAll(text, pattern, Number(limit)),
}
