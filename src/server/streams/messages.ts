import type { WebSocket } from 'ws'

/**
 * Messages to a client over a WebSocket, each sent when the one before it is out: every one is a TLS record of its own, as
 * upstream's are. A client that waits at its socket for the next message, as Python's does, would not see one that came in
 * the record before.
 */
export class Messages {
  private readonly socket: WebSocket
  private readonly waiting: (() => void)[] = []
  private isSending = false

  constructor(socket: WebSocket) {
    this.socket = socket
  }

  /** Nothing is sent to a client that is gone. */
  send(bytes: Uint8Array): void {
    this.inTurn(() => {
      this.isSending = this.socket.readyState === 1
      if (!this.isSending) return void (this.waiting.length = 0)
      this.socket.send(bytes, () => this.next())
    })
  }

  /** Ends the connection once everything is sent. */
  close(): void {
    this.inTurn(() => this.socket.close(1000))
  }

  private inTurn(action: () => void): void {
    if (this.isSending) this.waiting.push(action)
    else action()
  }

  private next(): void {
    this.isSending = false
    this.waiting.shift()?.()
  }
}
