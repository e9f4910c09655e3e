/** A client of its own for the wire: HTTP/2 with a certificate, whole answers and streams of lines. */
import { connect, type ClientHttp2Session } from 'node:http2'

export interface Answer {
  readonly code: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

export interface Call {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
}

export interface LineStream {
  readonly lines: unknown[]
  /** Once the server has ended it. */
  readonly ended: () => boolean
  readonly close: () => void
}

export interface Credentials {
  readonly cert: string
  readonly key: string
}

const PATIENCE_MS = 3000

export class WireClient {
  private readonly session: ClientHttp2Session

  constructor(url: string, ca: string, credentials?: Credentials) {
    this.session = connect(url, { ca, ...credentials })
    this.session.on('error', () => {})
  }

  call({ method, path, headers = {}, body }: Call): Promise<Answer> {
    return new Promise((resolve) => {
      const stream = this.session.request(
        { ':method': method, ':path': path, ...headers },
        { endStream: body === undefined },
      )
      const chunks: Buffer[] = []
      let code = 0
      let answered: Answer['headers'] = {}
      stream.on('response', (given) => {
        code = given[':status'] ?? 0
        answered = { ...given, ...warningsIn(given['warning']) }
      })
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      const done = (): void => {
        clearTimeout(patience)
        resolve({ code, headers: answered, body: Buffer.concat(chunks) })
      }
      // A stream where an answer was expected: what has come of it has to do.
      const patience = setTimeout(() => {
        done()
        stream.close()
      }, PATIENCE_MS)
      stream.on('end', done)
      // An answer that breaks off differs from any that was recorded.
      stream.on('error', done)
      if (body !== undefined) stream.end(body)
    })
  }

  /** Resolves once the head of the answer is there; an answer that is no stream is given as it is. */
  watch({
    method,
    path,
    headers = {},
  }: Call): Promise<{ readonly code: number; readonly stream: LineStream; readonly head: Answer['headers'] }> {
    return new Promise((resolve, reject) => {
      const stream = this.session.request({ ':method': method, ':path': path, ...headers })
      const lines: unknown[] = []
      let rest = ''
      let over = false
      stream.on('data', (chunk: Buffer) => {
        rest += chunk.toString()
        const parts = rest.split('\n')
        rest = parts.pop() ?? ''
        for (const part of parts) if (part !== '') lines.push(parsedLine(part))
      })
      stream.on('end', () => (over = true))
      stream.on('error', (error) => {
        over = true
        reject(error)
      })
      stream.on('response', (head) =>
        resolve({
          code: head[':status'] ?? 0,
          head,
          stream: { lines, ended: () => over, close: () => stream.close() },
        }),
      )
    })
  }

  /** A stream as it comes, byte by byte; resolves once its head is there. */
  bytes({ method, path, headers = {} }: Call): Promise<{
    readonly head: Answer['headers']
    readonly bytes: () => Buffer
    readonly stream: { readonly close: () => void }
  }> {
    return new Promise((resolve) => {
      const stream = this.session.request({ ':method': method, ':path': path, ...headers })
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('response', (head) => resolve({ head, bytes: () => Buffer.concat(chunks), stream }))
    })
  }

  close(): void {
    this.session.destroy()
  }
}

/** Node joins what came as several headers. */
const warningsIn = (given: string | readonly string[] | undefined): { readonly warning?: readonly string[] } =>
  given === undefined
    ? {}
    : {
        warning: [given]
          .flat()
          .join(', ')
          .split(/, (?=299 - ")/),
      }

/** A refusal may come as text where a stream was expected. */
const parsedLine = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
