/** What is used of `ws` 8, which comes without types. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events'
  import type { IncomingMessage } from 'node:http'
  import type { Duplex } from 'node:stream'

  export class WebSocket extends EventEmitter {
    constructor(address: string, protocols: readonly string[], options?: object)
    readonly protocol: string
    readonly readyState: number
    static readonly OPEN: number
    send(data: Uint8Array | string, sent?: (error?: Error) => void): void
    close(code?: number, reason?: string): void
    terminate(): void
  }

  export class WebSocketServer {
    constructor(options: { noServer: true })
    on(event: 'headers', listener: (headers: string[], request: IncomingMessage) => void): void
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: (socket: WebSocket) => void): void
  }
}
