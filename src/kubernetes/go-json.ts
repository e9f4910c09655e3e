/**
 * Where a text stops being JSON, in the words of Go's scanner: clients see them. Only asked once JSON.parse has refused.
 * Source: encoding/json/scanner.go and decode.go (Go 1.26).
 */

const UNEXPECTED_END = 'unexpected end of JSON input'
const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' }

class Fault extends Error {}

export const goJsonProblem = (text: string): string => {
  const scanner = new Scanner(text)
  try {
    scanner.document()
    return UNEXPECTED_END
  } catch (error) {
    if (error instanceof Fault) return error.message
    throw error
  }
}

const quoteChar = (char: string): string => {
  if (char === "'") return `'\\''`
  if (char === '"') return `'"'`
  const quoted = JSON.stringify(char)
  return `'${quoted.slice(1, -1)}'`
}

class Scanner {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  document(): void {
    this.value()
    this.space()
    if (this.at < this.text.length) this.refuse('after top-level value')
  }

  private refuse(where: string): never {
    const char = this.text[this.at]
    throw new Fault(char === undefined ? UNEXPECTED_END : `invalid character ${quoteChar(char)} ${where}`)
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at++
  }

  private value(): void {
    this.space()
    const char = this.text[this.at] ?? ''
    if (char === '{') return this.object()
    if (char === '[') return this.array()
    if (char === '"') return this.string()
    if (char === '-' || (char >= '0' && char <= '9')) return this.number()
    const literal = LITERALS[char]
    if (literal === undefined) this.refuse('looking for beginning of value')
    for (let i = 0; i < literal.length; i++, this.at++) {
      if (this.text[this.at] !== literal[i])
        this.refuse(`in literal ${literal} (expecting ${quoteChar(literal[i] ?? '')})`)
    }
  }

  private object(): void {
    this.at++
    this.space()
    if (this.text[this.at] === '}') return void this.at++
    for (;;) {
      this.space()
      if (this.text[this.at] !== '"') this.refuse('looking for beginning of object key string')
      this.string()
      this.space()
      if (this.text[this.at] !== ':') this.refuse('after object key')
      this.at++
      this.value()
      this.space()
      if (this.text[this.at] === '}') return void this.at++
      if (this.text[this.at] !== ',') this.refuse('after object key:value pair')
      this.at++
    }
  }

  private array(): void {
    this.at++
    this.space()
    if (this.text[this.at] === ']') return void this.at++
    for (;;) {
      this.value()
      this.space()
      if (this.text[this.at] === ']') return void this.at++
      if (this.text[this.at] !== ',') this.refuse('after array element')
      this.at++
    }
  }

  private string(): void {
    this.at++
    for (;;) {
      const char = this.text[this.at]
      if (char === undefined || char < ' ') this.refuse('in string literal')
      this.at++
      if (char === '"') return
      if (char === '\\') this.escape()
    }
  }

  private escape(): void {
    const char = this.text[this.at] ?? ''
    if (char === 'u') {
      this.at++
      for (let i = 0; i < 4; i++, this.at++) {
        if (!/[0-9a-fA-F]/.test(this.text[this.at] ?? '')) this.refuse('in \\u hexadecimal character escape')
      }
      return
    }
    if (char === '' || !'bfnrt\\/"'.includes(char)) this.refuse('in string escape code')
    this.at++
  }

  private digits(where: string): void {
    if (!/\d/.test(this.text[this.at] ?? '')) this.refuse(where)
    while (/\d/.test(this.text[this.at] ?? '')) this.at++
  }

  private number(): void {
    if (this.text[this.at] === '-') {
      this.at++
      if (!/\d/.test(this.text[this.at] ?? '')) this.refuse('in numeric literal')
    }
    if (this.text[this.at] === '0') this.at++
    else this.digits('in numeric literal')
    if (this.text[this.at] === '.') {
      this.at++
      this.digits('after decimal point in numeric literal')
    }
    if (/[eE]/.test(this.text[this.at] ?? '')) {
      this.at++
      if (/[+-]/.test(this.text[this.at] ?? '')) this.at++
      this.digits('in exponent of numeric literal')
    }
  }
}
