/** The grammar of POSIX shell as far as people write it behind `sh -c`. Source: POSIX.1-2024, Shell Command Language, 2.10. */

import type { Node, Part, Redirect, Word } from './syntax-tree.ts'

export class ShellSyntaxError extends Error {}

const BREAKS = ' \t\n;&|<>()'
const CLOSERS: ReadonlySet<string> = new Set(['do', 'done', 'then', 'elif', 'else', 'fi', '}', ')'])
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const ASSIGNMENT = /([A-Za-z_][A-Za-z0-9_]*)=/y
const REDIRECT = /([012]?)(>>|>&|<|>)/y
const SPECIAL = /[?$#@*!0-9]/

/** Reads a script whole. @throws ShellSyntaxError */
export const parseScript = (text: string): Node => {
  const parser = new Parser(text)
  const node = parser.sequence()
  parser.expectEnd()
  return node
}

class Parser {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  expectEnd(): void {
    if (this.at < this.text.length) this.fail(this.text.charAt(this.at))
  }

  sequence(): Node {
    const nodes: Node[] = []
    for (;;) {
      this.skip(' \t\n;')
      if (this.at >= this.text.length || CLOSERS.has(this.peekWord()) || this.text[this.at] === ')') break
      nodes.push(this.andOr())
      this.skip(' \t')
      if (this.text[this.at] === '&' && this.text[this.at + 1] !== '&') this.at++
    }
    return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { kind: 'sequence', nodes }
  }

  private andOr(): Node {
    let left = this.pipeline()
    for (;;) {
      this.skip(' \t')
      const two = this.text.slice(this.at, this.at + 2)
      if (two !== '&&' && two !== '||') return left
      this.at += 2
      this.skip(' \t\n')
      left = { kind: two === '&&' ? 'and' : 'or', left, right: this.pipeline() }
    }
  }

  private pipeline(): Node {
    this.skip(' \t')
    const negated = this.peekWord() === '!'
    if (negated) this.at++
    const parts = [this.command()]
    for (;;) {
      this.skip(' \t')
      if (this.text[this.at] !== '|' || this.text[this.at + 1] === '|') break
      this.at++
      this.skip(' \t\n')
      parts.push(this.command())
    }
    const [only] = parts
    return parts.length === 1 && only !== undefined && !negated ? only : { kind: 'pipeline', parts, negated }
  }

  private command(): Node {
    this.skip(' \t')
    if (this.text[this.at] === '(') return this.group(1, ')')
    switch (this.peekWord()) {
      case '{':
        return this.group(1, '}')
      case 'while':
      case 'until': {
        const until = this.keywordHere() === 'until'
        const condition = this.sequence()
        return { kind: 'loop', until, condition, body: this.doBlock() }
      }
      case 'for':
        return this.forLoop()
      case 'if':
        return this.conditional()
      default:
        return this.simple()
    }
  }

  private group(length: number, closer: string): Node {
    this.at += length
    const body = this.sequence()
    this.keyword(closer)
    return body
  }

  private doBlock(): Node {
    this.keyword('do')
    const body = this.sequence()
    this.keyword('done')
    return body
  }

  private forLoop(): Node {
    this.keywordHere()
    this.skip(' \t')
    const name = this.keywordHere()
    this.skip(' \t')
    const words: Word[] = []
    if (this.peekWord() === 'in') {
      this.keywordHere()
      for (this.skip(' \t'); !this.atBreak(); this.skip(' \t')) words.push(this.word())
    }
    this.skip(' \t\n;')
    return { kind: 'for', name, words, body: this.doBlock() }
  }

  private conditional(): Node {
    const branches: { condition: Node; body: Node }[] = []
    do {
      this.keywordHere()
      const condition = this.sequence()
      this.keyword('then')
      branches.push({ condition, body: this.sequence() })
    } while (this.peekWord() === 'elif')
    const hasElse = this.peekWord() === 'else'
    if (hasElse) this.keywordHere()
    const otherwise = hasElse ? this.sequence() : undefined
    this.keyword('fi')
    return { kind: 'if', branches, otherwise }
  }

  private simple(): Node {
    const assigned: { name: string; value: Word }[] = []
    const words: Word[] = []
    const redirects: Redirect[] = []
    for (this.skip(' \t'); this.at < this.text.length; this.skip(' \t')) {
      const redirect = this.match(REDIRECT)
      if (redirect !== undefined) {
        this.skip(' \t')
        const [, from = '', how = '>'] = redirect
        const side = from === '' ? (how === '<' ? '0' : '1') : from
        redirects.push({ from: side as Redirect['from'], how: how as Redirect['how'], to: this.word() })
        continue
      }
      if (this.atBreak()) break
      const assignment = words.length === 0 ? this.match(ASSIGNMENT) : undefined
      if (assignment !== undefined) assigned.push({ name: assignment[1] ?? '', value: this.word() })
      else words.push(this.word())
    }
    if (words.length + assigned.length + redirects.length === 0) this.fail(this.text.charAt(this.at) || 'end of file')
    return { kind: 'simple', assigned, words, redirects }
  }

  private word(): Word {
    const parts: Part[] = []
    while (!this.atBreak()) {
      const char = this.text.charAt(this.at)
      if (char === "'") parts.push({ kind: 'text', text: this.until("'"), quoted: true })
      else if (char === '"') this.doubleQuoted(parts)
      else if (char === '$' || char === '`') parts.push(this.expansion(false))
      else if (char === '\\') {
        parts.push({ kind: 'text', text: this.text.charAt(this.at + 1), quoted: true })
        this.at += 2
      } else {
        parts.push({ kind: 'text', text: char, quoted: false })
        this.at++
      }
    }
    return parts
  }

  private doubleQuoted(parts: Part[]): void {
    this.at++
    let text = ''
    const flush = (): void => {
      parts.push({ kind: 'text', text, quoted: true })
      text = ''
    }
    for (;;) {
      const char = this.text.charAt(this.at)
      if (char === '') throw new ShellSyntaxError('unterminated quoted string')
      if (char === '"') break
      if (char === '$' || char === '`') {
        flush()
        parts.push(this.expansion(true))
      } else if (char === '\\' && '$`"\\\n'.includes(this.text.charAt(this.at + 1))) {
        text += this.text.charAt(this.at + 1)
        this.at += 2
      } else {
        text += char
        this.at++
      }
    }
    flush()
    this.at++
  }

  private expansion(quoted: boolean): Part {
    if (this.text[this.at] === '`') return { kind: 'command', script: this.until('`'), quoted }
    this.at++
    const rest = this.text.slice(this.at, this.at + 2)
    if (rest === '((') return { kind: 'arithmetic', expression: this.balanced('((', '))'), quoted }
    if (rest.startsWith('(')) return { kind: 'command', script: this.balanced('(', ')'), quoted }
    if (rest.startsWith('{')) {
      const [name = '', ...fallback] = this.balanced('{', '}').split(':-')
      return { kind: 'variable', name, fallback: fallback.join(':-'), quoted }
    }
    const name = this.match(NAME)?.[0]
    if (name !== undefined) return { kind: 'variable', name, fallback: '', quoted }
    if (SPECIAL.test(rest.charAt(0))) {
      this.at++
      return { kind: 'variable', name: rest.charAt(0), fallback: '', quoted }
    }
    return { kind: 'text', text: '$', quoted }
  }

  /** Up to the closer that belongs to the opener here; neither is part of it. */
  private balanced(opener: string, closer: string): string {
    const start = this.at + opener.length
    let depth = 0
    for (let at = start; at < this.text.length; at++) {
      if (depth === 0 && this.text.startsWith(closer, at)) {
        this.at = at + closer.length
        return this.text.slice(start, at)
      }
      const char = this.text[at]
      if (char === opener[0]) depth++
      else if (char === closer[0]) depth--
    }
    throw new ShellSyntaxError(`end of file unexpected (expecting "${closer}")`)
  }

  private until(quote: string): string {
    const end = this.text.indexOf(quote, this.at + 1)
    if (end < 0) throw new ShellSyntaxError('unterminated quoted string')
    const text = this.text.slice(this.at + 1, end)
    this.at = end + 1
    return text
  }

  private keyword(word: string): void {
    this.skip(' \t\n;')
    if (!this.text.startsWith(word, this.at)) this.fail(this.peekWord() || 'end of file', word)
    this.at += word.length
  }

  private peekWord(): string {
    let end = this.at
    while (end < this.text.length && !BREAKS.includes(this.text.charAt(end))) end++
    return this.text.slice(this.at, end)
  }

  private keywordHere(): string {
    const word = this.peekWord()
    this.at += word.length
    return word
  }

  private atBreak(): boolean {
    return this.at >= this.text.length || BREAKS.includes(this.text.charAt(this.at))
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found === null) return undefined
    this.at += found[0].length
    return found
  }

  private skip(what: string): void {
    while (this.at < this.text.length && what.includes(this.text.charAt(this.at))) this.at++
    if (this.text[this.at] !== '#' || (this.at > 0 && !' \t\n;'.includes(this.text.charAt(this.at - 1)))) return
    const end = this.text.indexOf('\n', this.at)
    this.at = end < 0 ? this.text.length : end
    if (what.includes('\n')) this.skip(what)
  }

  private fail(found: string, expected?: string): never {
    const hint = expected === undefined ? '' : ` (expecting "${expected}")`
    throw new ShellSyntaxError(`syntax error: unexpected "${found}"${hint}`)
  }
}
