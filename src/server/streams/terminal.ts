/** The line discipline of a terminal: what is typed is echoed and read line by line. Source: man 3 termios, canonical mode. */

const END_OF_INPUT = '\x04'
const INTERRUPT = '\x03'
const ERASE = '\x7f'

export class Terminal {
  private readonly echo: (text: string) => void
  private line = ''

  constructor(echo: (text: string) => void) {
    this.echo = echo
  }

  /** Lines that are ready to be read; undefined for the end of the input. */
  readonly type = (typed: string): readonly (string | undefined)[] => {
    const ready: (string | undefined)[] = []
    for (const char of typed) {
      if (char === '\r' || char === '\n') {
        this.echo('\r\n')
        ready.push(`${this.line}\n`)
        this.line = ''
      } else if (char === END_OF_INPUT) {
        if (this.line === '') ready.push(undefined)
      } else if (char === INTERRUPT) {
        this.echo('^C\r\n')
        this.line = ''
        ready.push('\n')
      } else if (char === ERASE || char === '\b') {
        if (this.line !== '') this.echo('\b \b')
        this.line = this.line.slice(0, -1)
      } else {
        this.echo(char)
        this.line += char
      }
    }
    return ready
  }
}

/** Lines as a terminal shows them. */
export const onTerminal = (text: string): string => text.replaceAll('\n', '\r\n')
