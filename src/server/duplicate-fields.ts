/**
 * Members that a JSON text gives twice: the last one counts, and the client is warned or refused.
 * Source: sigs.k8s.io/json, UnmarshalStrict.
 */

/** In which words members that stand twice are told. */
export interface Duplicates {
  readonly warnings: readonly string[]
  /** To a strict write. */
  readonly refusals: readonly string[]
}

/** JSON is warned of as it is refused. */
export const alike = (words: readonly string[]): Duplicates => ({ warnings: words, refusals: words })

interface Level {
  /** Of the object or array itself, as `spec.containers[0]`. */
  readonly path: string
  /** Undefined for an array. */
  readonly seen: Set<string> | undefined
  index: number
  key: string
}

/** Their paths in the order in which they are met. The text must be JSON. */
export const duplicateFields = (text: string): readonly string[] => {
  const found: string[] = []
  const levels: Level[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    const level = levels.at(-1)
    if (char === '"') {
      const end = endOfString(text, at)
      if (level?.seen !== undefined && isKey(text, end)) {
        level.key = JSON.parse(text.slice(at, end + 1)) as string
        if (level.seen.has(level.key)) found.push(pathIn(level))
        level.seen.add(level.key)
      }
      at = end
    } else if (char === '{' || char === '[') {
      const path = level === undefined ? '' : pathIn(level)
      levels.push({ path, seen: char === '{' ? new Set() : undefined, index: 0, key: '' })
    } else if (char === '}' || char === ']') levels.pop()
    else if (char === ',' && level !== undefined) level.index++
  }
  return [...new Set(found)]
}

const pathIn = ({ path, seen, index, key }: Level): string => {
  if (seen === undefined) return `${path}[${index}]`
  return path === '' ? key : `${path}.${key}`
}

const endOfString = (text: string, start: number): number => {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

const isKey = (text: string, end: number): boolean => {
  let at = end + 1
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at++
  return text[at] === ':'
}
