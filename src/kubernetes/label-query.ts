/**
 * The text form of label selectors: `env in (a,b),tier!=db,!old,version>3`.
 *
 * Source: apimachinery/pkg/labels/selector.go, Lexer and Parser (v1.36); refusals in its words.
 */
import { either } from 'fp-ts'
import { newRequirement, type Operator, type Requirement } from './selectors.ts'

type Either<E, A> = either.Either<E, A>

type Token = 'error' | 'end' | ')' | ',' | '!' | '==' | '=' | '>' | '<' | 'word' | 'in' | '!=' | 'notin' | '('

interface Item {
  readonly token: Token
  readonly literal: string
}

const SYMBOLS: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '('])
const SPECIAL = /[=!(),<>]/
const SPACE = /[ \t\r\n]/

/** Splits into symbols and words; the longest symbol wins. */
function scan(text: string): readonly Item[] {
  const items: Item[] = []
  let at = 0
  while (at < text.length) {
    const char = text.charAt(at)
    if (SPACE.test(char)) {
      at += 1
    } else if (SPECIAL.test(char)) {
      const two = text.slice(at, at + 2)
      const symbol = SYMBOLS.has(two) ? two : char
      items.push({ token: symbol as Token, literal: symbol })
      at += symbol.length
    } else {
      const start = at
      while (at < text.length && !SPECIAL.test(text.charAt(at)) && !SPACE.test(text.charAt(at))) at += 1
      const word = text.slice(start, at)
      items.push({ token: word === 'in' || word === 'notin' ? word : 'word', literal: word })
    }
  }
  return items
}

/** Stops the parse with upstream's words; caught in this file only. */
class Refusal extends Error {}

const END: Item = { token: 'end', literal: '' }
const BINARY: ReadonlyMap<Token, Operator> = new Map<Token, Operator>([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
])

class Parser {
  private readonly items: readonly Item[]
  private at = 0

  constructor(items: readonly Item[]) {
    this.items = items
  }

  /** Where a word may stand, `in` and `notin` are words. */
  private peek(): Item {
    const item = this.items[this.at] ?? END
    return item.token === 'in' || item.token === 'notin' ? { token: 'word', literal: item.literal } : item
  }

  private take(): Item {
    const item = this.peek()
    this.at += 1
    return item
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = []
    for (;;) {
      const { token, literal } = this.peek()
      if (token === 'end') return requirements
      if (token !== 'word' && token !== '!') {
        throw new Refusal(`found '${literal}', expected: !, identifier, or 'end of string'`)
      }
      requirements.push(this.requirement())
      const next = this.take()
      if (next.token === 'end') return requirements
      if (next.token !== ',') throw new Refusal(`found '${next.literal}', expected: ',' or 'end of string'`)
      const after = this.peek()
      if (after.token !== 'word' && after.token !== '!') {
        throw new Refusal(`found '${after.literal}', expected: identifier after ','`)
      }
    }
  }

  private requirement(): Requirement {
    const first = this.take()
    const negated = first.token === '!'
    const key = negated ? this.take() : first
    if (key.token !== 'word') refuse(`found '${key.literal}', expected: identifier`)
    const complaint = newRequirement(key.literal, 'exists', [])
    if (either.isLeft(complaint)) refuse(complaint.left)
    const next = this.peek().token
    if (negated || next === 'end' || next === ',') return this.made(key.literal, negated ? '!' : 'exists', [])

    const { token, literal } = this.items[this.at] ?? END
    this.at += 1
    const operator = BINARY.get(token)
    if (operator === undefined) refuse(`found '${literal}', expected: in, notin, =, ==, !=, gt, lt`)
    const values = operator === 'in' || operator === 'notin' ? this.values() : this.exactValue()
    return this.made(key.literal, operator, values)
  }

  private made(key: string, operator: Operator, values: readonly string[]): Requirement {
    const made = newRequirement(key, operator, values)
    return either.isLeft(made) ? refuse(made.left) : made.right
  }

  private exactValue(): readonly string[] {
    const { token } = this.peek()
    if (token === 'end' || token === ',') return ['']
    const item = this.take()
    return item.token === 'word' ? [item.literal] : refuse(`found '${item.literal}', expected: identifier`)
  }

  private values(): readonly string[] {
    const open = this.take()
    if (open.token !== '(') refuse(`found '${open.literal}' expected: '('`)
    const { token, literal } = this.peek()
    if (token === ')') {
      this.take()
      return ['']
    }
    if (token !== 'word' && token !== ',') refuse(`found '${literal}', expected: ',', ')' or identifier`)
    const list = this.list()
    if (this.take().token !== ')') refuse(`found '${literal}', expected: ')'`)
    return list
  }

  /** Empty places between commas are empty values. */
  private list(): readonly string[] {
    const found = new Set<string>()
    for (;;) {
      const { token, literal } = this.take()
      const next = this.peek()
      if (token === 'word') {
        found.add(literal)
        if (next.token === ')') return [...found]
        if (next.token !== ',') refuse(`found '${next.literal}', expected: ',' or ')'`)
      } else if (token === ',') {
        if (found.size === 0) found.add('')
        if (next.token === ')') {
          found.add('')
          return [...found]
        }
        if (next.token === ',') {
          this.take()
          found.add('')
        }
      } else refuse(`found '${literal}', expected: ',', or identifier`)
    }
  }
}

function refuse(words: string): never {
  throw new Refusal(`unable to parse requirement: ${words}`)
}

/** The requirements of a selector's text, sorted by key; an empty text has none. Left: why it is refused. */
export function parseLabelSelector(text: string): Either<string, readonly Requirement[]> {
  try {
    const requirements = new Parser(scan(text)).parse()
    return either.right([...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)))
  } catch (thrown) {
    if (thrown instanceof Refusal) return either.left(thrown.message)
    throw thrown
  }
}
