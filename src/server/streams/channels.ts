/**
 * Standard streams over a WebSocket: the first byte of each message names its channel.
 * Source: apimachinery/pkg/util/remotecommand/constants.go (v1.36).
 */
import type { WebSocket } from 'ws'
import type { Status } from '../../kubernetes/status.ts'
import { bytesOfText, ByteReader } from '../../kubernetes/workload/byte-text.ts'
import { Messages } from './messages.ts'
import type { StreamOptions } from './stream-options.ts'

export const CHANNEL_PROTOCOLS: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

const STDIN = 0
const STDOUT = 1
const STDERR = 2
const ERROR = 3
/** Only in v5: the channel in the next byte is closed. */
const CLOSE = 255

export class Channels {
  private readonly messages: Messages
  private readonly wanted: StreamOptions
  private readonly arrived: string[] = []
  private readonly waiting: ((text: string | undefined) => void)[] = []
  /** Nothing more will be read: the client has closed its side, or is gone. */
  inputEnded = false
  /** The client is gone. */
  closed = false

  /** @param edit makes lines of what is typed at a terminal; gives what is to be read at once */
  constructor(socket: WebSocket, wanted: StreamOptions, edit: (typed: string) => readonly (string | undefined)[]) {
    this.messages = new Messages(socket)
    this.wanted = wanted
    const reader = new ByteReader()
    socket.on('message', (message: Buffer) => {
      const bytes = Buffer.from(message)
      if (bytes[0] === CLOSE && bytes[1] === STDIN) {
        const rest = reader.finish()
        if (rest !== '') this.feed(rest)
        this.feed(undefined)
      } else if (bytes[0] === STDIN && bytes.length > 1) {
        for (const text of edit(reader.read(bytes.subarray(1)))) this.feed(text)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
      this.feed(undefined)
    })
  }

  /** What comes in next; undefined at its end. */
  read(): Promise<string | undefined> {
    const next = this.arrived.shift()
    if (next !== undefined) return Promise.resolve(next)
    if (this.inputEnded) return Promise.resolve(undefined)
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  /** What nobody wants to see goes nowhere. */
  write(to: 'stdout' | 'stderr', text: string): void {
    const shown = this.wanted.isTerminal ? 'stdout' : to
    if (this.wanted[shown]) this.sendOn(shown === 'stdout' ? STDOUT : STDERR, bytesOfText(text))
  }

  finish(status: Status): void {
    this.sendOn(ERROR, Buffer.from(JSON.stringify(status)))
    this.messages.close()
  }

  private feed(text: string | undefined): void {
    if (text === undefined) this.inputEnded = true
    const reader = this.waiting.shift()
    if (reader !== undefined) reader(text)
    else if (text !== undefined) this.arrived.push(text)
  }

  private sendOn(channel: number, bytes: Uint8Array): void {
    this.messages.send(Buffer.concat([Buffer.from([channel]), bytes]))
  }
}
