/** Generated names. Source: apiserver/pkg/storage/names/generate.go, apimachinery/pkg/util/rand/rand.go (v1.36). */

import type { Micros } from '../events/envelope.ts'
import { EPOCH_SECONDS } from './time.ts'

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

const UINT32 = 0x1_0000_0000

/**
 * The end of an Event's name: nanoseconds since 1970 in hexadecimal, as upstream; `serial` gives the last three digits, which tell
 * apart what one instant brings.
 */
export const eventStamp = (elapsed: Micros, serial: number): string => {
  const micros = EPOCH_SECONDS * 1_000_000 + elapsed
  const low = (micros % UINT32) * 1000 + (serial % 1000)
  const high = Math.floor(micros / UINT32) * 1000 + Math.floor(low / UINT32)
  return high.toString(16) + (low % UINT32).toString(16).padStart(8, '0')
}
