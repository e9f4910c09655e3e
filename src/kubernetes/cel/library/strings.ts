/**
 * Texts, in characters. Source: cel-go ext/strings.go, version 2.
 */
import { Fault } from '../values.ts'
import type { Library } from './register.ts'
import { formatted } from './format-text.ts'

const outOfRange = (at: bigint): never => {
  throw new Fault(`index out of range: ${at}`)
}

function charAt(text: string, at: bigint): string {
  const chars = [...text]
  if (at < 0n || at > BigInt(chars.length)) return outOfRange(at)
  return chars[Number(at)] ?? ''
}

/** Where a part begins, from a place on; both counted in characters. */
function indexOf(text: string, part: string, from = 0n): bigint {
  const chars = [...text]
  if (from < 0n || from > BigInt(chars.length)) return outOfRange(from)
  if (part === '') return from
  const wanted = [...part]
  for (let i = Number(from); i + wanted.length <= chars.length; i += 1) {
    if (wanted.every((char, j) => chars[i + j] === char)) return BigInt(i)
  }
  return -1n
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const chars = [...text]
  if (from !== undefined && (from < 0n || from > BigInt(chars.length))) return outOfRange(from)
  const wanted = [...part]
  if (part === '') return from ?? BigInt(chars.length)
  const last = chars.length - wanted.length
  for (let i = from === undefined ? last : Math.min(Number(from), last); i >= 0; i -= 1) {
    if (wanted.every((char, j) => chars[i + j] === char)) return BigInt(i)
  }
  return -1n
}

function substring(text: string, start: bigint, end?: bigint): string {
  const chars = [...text]
  const length = BigInt(chars.length)
  if (end !== undefined && start > end) {
    throw new Fault(`invalid substring range. start: ${start}, end: ${end}`)
  }
  if (start < 0n || start > length) return outOfRange(start)
  if (end !== undefined && (end < 0n || end > length)) return outOfRange(end)
  return chars.slice(Number(start), end === undefined ? undefined : Number(end)).join('')
}

/** The first so many; all where the number is negative. */
function replace(text: string, from: string, to: string, times = -1n): string {
  const parts = split(text, from)
  if (times < 0n || times >= BigInt(parts.length - 1))
    return from === '' ? replaceEverywhere(text, to, times) : parts.join(to)
  if (from === '') return replaceEverywhere(text, to, times)
  const count = Number(times)
  return [...parts.slice(0, count), parts.slice(count).join(from)].join(to)
}

/** The empty text stands before every character and at the end. */
function replaceEverywhere(text: string, to: string, times: bigint): string {
  const chars = [...text, '']
  const most = times < 0n ? chars.length : Number(times)
  return chars.map((char, i) => (i < most ? to : '') + char).join('')
}

function split(text: string, separator: string, limit = -1n): readonly string[] {
  if (limit === 0n) return []
  const parts = separator === '' ? [...text] : text.split(separator)
  if (limit < 0n || BigInt(parts.length) <= limit) return parts
  const count = Number(limit) - 1
  return [...parts.slice(0, count), parts.slice(count).join(separator)]
}

const inAscii =
  (letters: RegExp, change: (char: string) => string) =>
  (text: string): string =>
    text.replace(letters, change)

/** What Go counts as blank. */
const trim = (text: string): string => text.replace(/^[\s\u0085]+|[\s\u0085]+$/g, '').replace(/^\ufeff+/, '\ufeff')

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}
const quote = (text: string): string => `"${[...text].map((char) => ESCAPES[char] ?? char).join('')}"`

export const strings: Library = {
  '<string>.charAt(int): string': charAt,
  '<string>.indexOf(string): int': (text: string, part: string) => indexOf(text, part),
  '<string>.indexOf(string, int): int': indexOf,
  '<string>.lastIndexOf(string): int': (text: string, part: string) => lastIndexOf(text, part),
  '<string>.lastIndexOf(string, int): int': lastIndexOf,
  '<string>.lowerAscii(): string': inAscii(/[A-Z]/g, (char) => char.toLowerCase()),
  '<string>.upperAscii(): string': inAscii(/[a-z]/g, (char) => char.toUpperCase()),
  '<string>.replace(string, string): string': (text: string, from: string, to: string) => replace(text, from, to),
  '<string>.replace(string, string, int): string': replace,
  '<string>.split(string): list(string)': (text: string, separator: string) => split(text, separator),
  '<string>.split(string, int): list(string)': split,
  '<string>.substring(int): string': (text: string, start: bigint) => substring(text, start),
  '<string>.substring(int, int): string': substring,
  '<string>.trim(): string': trim,
  '<string>.format(list(dyn)): string': formatted,
  'strings.quote(string): string': quote,
}
