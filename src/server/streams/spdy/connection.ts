/** One side of a SPDY/3.1 connection, as far as port-forward uses it. Source: SPDY Protocol, Draft 3.1, 2 Framing Layer. */
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'
import { DICTIONARY } from './dictionary.ts'

export interface SpdyHandler {
  /** The peer opens a stream. Names of headers are in small letters. */
  opened(stream: number, headers: ReadonlyMap<string, string>): void
  data(stream: number, bytes: Buffer): void
  /** The peer sends no more on this stream. */
  ended(stream: number): void
  reset(stream: number): void
}

const SYN_STREAM = 1
const SYN_REPLY = 2
const RST_STREAM = 3
const PING = 6
const GOAWAY = 7
const WINDOW_UPDATE = 9
const FIN = 1
const VERSION = 0x8003
const HEADER_BYTES = 8

export class SpdyConnection {
  private readonly send: (bytes: Buffer) => void
  private readonly handler: SpdyHandler
  private readonly inflate: Inflate = createInflate({ dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH })
  private readonly deflate: Deflate = createDeflate({ dictionary: DICTIONARY })
  private pending: Buffer = Buffer.alloc(0)
  /** Frames are handled one after the other: compression has a memory and takes time. */
  private chain: Promise<void> = Promise.resolve()

  constructor(send: (bytes: Buffer) => void, handler: SpdyHandler) {
    this.send = send
    this.handler = handler
  }

  receive(bytes: Buffer): void {
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes])
    while (this.pending.length >= HEADER_BYTES) {
      const length = this.pending.readUIntBE(5, 3)
      if (this.pending.length < HEADER_BYTES + length) return
      const frame = this.pending.subarray(0, HEADER_BYTES + length)
      this.pending = this.pending.subarray(HEADER_BYTES + length)
      this.chain = this.chain.then(() => this.handle(frame)).catch(() => this.close())
    }
  }

  /** Bytes on a stream, and whether they are the last. */
  write(stream: number, bytes: Buffer, isLast = false): void {
    const head = Buffer.alloc(HEADER_BYTES)
    head.writeUInt32BE(stream)
    head.writeUInt32BE(bytes.length, 4)
    head[4] = isLast ? FIN : 0
    this.send(Buffer.concat([head, bytes]))
  }

  close(): void {
    this.inflate.destroy()
    this.deflate.destroy()
  }

  private async handle(frame: Buffer): Promise<void> {
    const flags = frame.readUInt8(4)
    const body = frame.subarray(HEADER_BYTES)
    const first = frame.readUInt32BE(0)
    if (first < 0x80000000) {
      if (body.length > 0) {
        this.handler.data(first, body)
        this.credit(first, body.length)
      }
      if ((flags & FIN) !== 0) this.handler.ended(first)
      return
    }
    switch (first & 0xffff) {
      case SYN_STREAM: {
        const stream = body.readUInt32BE(0)
        const headers = readHeaders(await pumped(this.inflate, body.subarray(10)))
        await this.reply(stream)
        this.handler.opened(stream, headers)
        if ((flags & FIN) !== 0) this.handler.ended(stream)
        return
      }
      case PING:
        this.send(frame)
        return
      case RST_STREAM:
        this.handler.reset(body.readUInt32BE(0))
        return
      case GOAWAY:
        return
    }
  }

  private async reply(stream: number): Promise<void> {
    const block = await pumped(this.deflate, Buffer.alloc(4), true)
    const id = Buffer.alloc(4)
    id.writeUInt32BE(stream)
    this.control(SYN_REPLY, Buffer.concat([id, block]))
  }

  /** The peer may send as much again, on the stream and on the whole connection. */
  private credit(stream: number, bytes: number): void {
    for (const id of [stream, 0]) {
      const body = Buffer.alloc(8)
      body.writeUInt32BE(id)
      body.writeUInt32BE(bytes, 4)
      this.control(WINDOW_UPDATE, body)
    }
  }

  private control(type: number, body: Buffer): void {
    const head = Buffer.alloc(HEADER_BYTES)
    head.writeUInt16BE(VERSION)
    head.writeUInt16BE(type, 2)
    head.writeUInt32BE(body.length, 4)
    this.send(Buffer.concat([head, body]))
  }
}

/** What comes out of a (de)compressor for what goes in. */
const pumped = (stream: Inflate | Deflate, bytes: Buffer, flushes = false): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const take = (chunk: Buffer): void => void chunks.push(chunk)
    const done = (): void => {
      stream.off('data', take)
      stream.off('error', reject)
      resolve(Buffer.concat(chunks))
    }
    stream.on('data', take)
    stream.once('error', reject)
    stream.write(bytes, () => {
      if (flushes) stream.flush(constants.Z_SYNC_FLUSH, () => setImmediate(done))
      else setImmediate(done)
    })
  })

/** Number of pairs, then each name and each value behind its length. */
const readHeaders = (block: Buffer): ReadonlyMap<string, string> => {
  const headers = new Map<string, string>()
  let at = 4
  const text = (): string => {
    const length = block.readUInt32BE(at)
    const read = block.subarray(at + 4, at + 4 + length).toString()
    at += 4 + length
    return read
  }
  for (let pairs = block.readUInt32BE(0); pairs > 0; pairs--) {
    const name = text()
    headers.set(name.toLowerCase(), text())
  }
  return headers
}
