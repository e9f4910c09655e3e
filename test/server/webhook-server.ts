/** A webhook of somebody's own: HTTPS on loopback, with a certificate of an authority that the tests name. */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from 'vitest'
import { createCertificates } from '../../src/server/certificates.ts'

export interface WebhookServer {
  /** What it is called by; once the tests of the file have begun. */
  readonly url: string
  /** As configurations name it. */
  readonly caBundle: string
}

/** What is answered to a review at a path: an object as JSON, a text as 404, nothing ever where undefined. */
type Answers = (path: string, review: string) => object | string | undefined

/** Listens while the tests of the file run. */
export const webhookServer = (answers: Answers): WebhookServer => {
  const { ca, server: credentials } = createCertificates('127.0.0.1', [])
  const server = createServer({ cert: credentials.cert, key: credentials.key }, (request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const answer = answers(new URL(request.url ?? '/', 'https://webhook').pathname, text)
      if (typeof answer === 'string') response.writeHead(404).end(answer)
      else if (answer !== undefined) response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
    })
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    get url() {
      return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    caBundle: Buffer.from(ca.cert).toString('base64'),
  }
}
