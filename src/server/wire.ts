/** Two ends of a connection inside a process. */
import { Duplex, type DuplexOptions } from 'node:stream'

/**
 * One end. What Node's HTTP asks of a socket beside its bytes, it takes and ignores.
 *
 * Rejected: `duplexPair` of node:stream, whose ends have none of that, so that clients break which keep their sockets alive.
 */
export class Wire extends Duplex {
  private readonly moved: () => void
  private peer: Wire | undefined
  private taken: (() => void) | undefined

  private constructor(moved: () => void, options: DuplexOptions) {
    super(options)
    this.moved = moved
  }

  /** The client's end and the server's, as Node's sockets are. `moved` is called for all that goes through. */
  static pair(moved: () => void): readonly [Wire, Wire] {
    const here = new Wire(moved, { allowHalfOpen: false })
    const there = new Wire(moved, { allowHalfOpen: true })
    here.peer = there
    there.peer = here
    return [here, there]
  }

  override _read(): void {
    const { taken } = this
    this.taken = undefined
    taken?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.moved()
    const { peer } = this
    if (peer === undefined || peer.destroyed || chunk.length === 0) return process.nextTick(done)
    // Who writes waits until it is read, as behind a full window.
    peer.taken = done
    peer.push(chunk)
  }

  override _final(done: () => void): void {
    this.moved()
    const { peer } = this
    if (peer !== undefined && !peer.destroyed) peer.push(null)
    process.nextTick(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.moved()
    const { peer } = this
    this.peer = undefined
    this._read()
    // Who goes away in the middle resets the other end; who has ended leaves it what it has not read yet.
    if (!this.writableFinished) process.nextTick(() => peer?.destroy())
    done(error)
  }

  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setTimeout(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
