/** Generated names. Source: apiserver/pkg/storage/names/generate.go, apimachinery/pkg/util/rand/rand.go (v1.36). */

/** No vowels and no look-alikes, so that chance spells no words. */
export const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5
/** A name is at most 63 long, a suffix included. */
export const MAX_GENERATED_BASE = 63 - SUFFIX_LENGTH

/** Draws from 0 to `below`-1. */
export type RandomInt = (below: number) => number

export function randomSuffix(random: RandomInt, length = SUFFIX_LENGTH): string {
  let text = ''
  for (let i = 0; i < length; i += 1) text += SAFE_ALPHABET.charAt(random(SAFE_ALPHABET.length))
  return text
}

/** The name for a `generateName`: its first 58 characters and five random ones. */
export const generateName = (base: string, random: RandomInt): string =>
  base.slice(0, MAX_GENERATED_BASE) + randomSuffix(random)

/** Writes a text in the safe alphabet, character by character. Source: util/rand/rand.go, SafeEncodeString. */
export function safeEncode(text: string): string {
  let safe = ''
  for (let i = 0; i < text.length; i += 1) safe += SAFE_ALPHABET.charAt(text.charCodeAt(i) % SAFE_ALPHABET.length)
  return safe
}
