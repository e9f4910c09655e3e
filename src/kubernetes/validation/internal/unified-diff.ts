/**
 * The differences of two texts by lines, in the form of `diff -u`, found as Python's difflib finds them.
 *
 * Source: github.com/pmezard/go-difflib, difflib/difflib.go, which apimachinery/pkg/util/diff uses (v1.36).
 */

/** Equal lines shown around a difference. */
const CONTEXT = 3

/** Texts of so many lines have lines that are too common to begin a match with. Source: chainB. */
const JUNK_FROM_LINES = 200

interface Block {
  readonly a: number
  readonly b: number
  readonly size: number
}

interface OpCode {
  readonly isEqual: boolean
  readonly aFrom: number
  readonly aTo: number
  readonly bFrom: number
  readonly bTo: number
}

/** Empty where the texts are equal. Every line of the answer ends in a line break. */
export function unifiedDiff(before: string, after: string): string {
  const a = before.split('\n')
  const b = after.split('\n')
  let text = ''
  for (const group of grouped(opCodes(a, b))) {
    const first = group[0]
    const last = group.at(-1)
    if (first === undefined || last === undefined) continue
    text += `@@ -${range(first.aFrom, last.aTo)} +${range(first.bFrom, last.bTo)} @@\n`
    for (const { isEqual, aFrom, aTo, bFrom, bTo } of group) {
      for (let i = aFrom; i < aTo; i++) text += `${isEqual ? ' ' : '-'}${a[i]}\n`
      if (!isEqual) for (let j = bFrom; j < bTo; j++) text += `+${b[j]}\n`
    }
  }
  return text
}

function range(from: number, to: number): string {
  const length = to - from
  if (length === 1) return String(from + 1)
  return `${length === 0 ? from : from + 1},${length}`
}

/** The steps that lead from one text to the other. */
function opCodes(a: readonly string[], b: readonly string[]): OpCode[] {
  const codes: OpCode[] = []
  let i = 0
  let j = 0
  for (const block of matchingBlocks(a, b)) {
    if (i < block.a || j < block.b) codes.push({ isEqual: false, aFrom: i, aTo: block.a, bFrom: j, bTo: block.b })
    i = block.a + block.size
    j = block.b + block.size
    if (block.size > 0) codes.push({ isEqual: true, aFrom: block.a, aTo: i, bFrom: block.b, bTo: j })
  }
  return codes
}

/** Steps near each other, with what is around them. */
function grouped(codes: readonly OpCode[]): OpCode[][] {
  const groups: OpCode[][] = []
  let group: OpCode[] = []
  for (const [n, code] of codes.entries()) {
    if (!code.isEqual) {
      group.push(code)
      continue
    }
    const { isEqual, aFrom, aTo, bFrom, bTo } = code
    const length = aTo - aFrom
    const isFirst = n === 0
    const isLast = n === codes.length - 1
    const after = isFirst ? 0 : Math.min(length, CONTEXT)
    const before = isLast ? 0 : Math.min(length, CONTEXT)
    if (!isFirst && !isLast && length <= 2 * CONTEXT) {
      group.push(code)
      continue
    }
    if (!isFirst) group.push({ isEqual, aFrom, aTo: aFrom + after, bFrom, bTo: bFrom + after })
    if (group.some((one) => !one.isEqual)) groups.push(group)
    group = isLast ? [] : [{ isEqual, aFrom: aTo - before, aTo, bFrom: bTo - before, bTo }]
  }
  if (group.some((one) => !one.isEqual)) groups.push(group)
  return groups
}

/** What both texts have, in order, neighbours joined, and an empty block at the end. */
function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const places = placesOf(b)
  const found: Block[] = []
  const look = (aFrom: number, aTo: number, bFrom: number, bTo: number): void => {
    const match = longestMatch(a, b, places, aFrom, aTo, bFrom, bTo)
    if (match.size === 0) return
    if (aFrom < match.a && bFrom < match.b) look(aFrom, match.a, bFrom, match.b)
    found.push(match)
    const [aNext, bNext] = [match.a + match.size, match.b + match.size]
    if (aNext < aTo && bNext < bTo) look(aNext, aTo, bNext, bTo)
  }
  look(0, a.length, 0, b.length)
  const joined: Block[] = []
  for (const block of found) {
    const last = joined.at(-1)
    if (last !== undefined && last.a + last.size === block.a && last.b + last.size === block.b) {
      joined[joined.length - 1] = { ...last, size: last.size + block.size }
    } else joined.push(block)
  }
  return [...joined, { a: a.length, b: b.length, size: 0 }]
}

/** Where each line stands, without lines that stand everywhere. */
function placesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (const [i, line] of lines.entries()) {
    const known = places.get(line)
    if (known === undefined) places.set(line, [i])
    else known.push(i)
  }
  if (lines.length < JUNK_FROM_LINES) return places
  const most = Math.floor(lines.length / 100) + 1
  for (const [line, at] of places) if (at.length > most) places.delete(line)
  return places
}

/** The longest run that both have, the earliest of these; then longer by the common lines at its ends. */
function longestMatch(
  a: readonly string[],
  b: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  aFrom: number,
  aTo: number,
  bFrom: number,
  bTo: number,
): Block {
  let best: Block = { a: aFrom, b: bFrom, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = aFrom; i < aTo; i++) {
    const next = new Map<number, number>()
    for (const j of places.get(a[i] ?? '') ?? []) {
      if (j < bFrom) continue
      if (j >= bTo) break
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    lengths = next
  }
  let { a: i, b: j, size } = best
  while (i > aFrom && j > bFrom && a[i - 1] === b[j - 1]) {
    i -= 1
    j -= 1
    size += 1
  }
  while (i + size < aTo && j + size < bTo && a[i + size] === b[j + size]) size += 1
  return { a: i, b: j, size }
}
