/** `/openapi/v2` and `/openapi/v3`. */
import { createHash } from 'node:crypto'
import { singleHeader, type Reply } from '../reply.ts'
import type { ServedApi } from '../discovery/served-api.ts'
import type { JsonObject } from '../../kubernetes/patch/json.ts'
import { documentPaths, documentV2, documentV3 } from './documents.ts'
import { gnosticDocument } from './gnostic.ts'

interface Document {
  readonly text: Buffer
  readonly hash: string
}

/** Documents are made when they are first asked for, and kept. */
export class OpenApi {
  private readonly api: ServedApi
  private made = new Map<string, Document>()
  /** What was served when they were made. */
  private madeFor: object

  constructor(api: ServedApi) {
    this.api = api
    this.madeFor = api.identity
  }

  index(reply: Reply): void {
    const paths = documentPaths(this.api).map((path) => [
      path,
      { serverRelativeURL: `/openapi/v3/${path}?hash=${this.get(path).hash}` },
    ])
    reply.body(200, 'text/plain; charset=utf-8', JSON.stringify({ paths: Object.fromEntries(paths) }))
  }

  document(path: string, query: URLSearchParams, reply: Reply): void {
    if (!documentPaths(this.api).includes(path)) return reply.empty(404)
    const { text, hash } = this.get(path)
    const asked = query.get('hash')
    reply.header('etag', `"${hash}"`)
    reply.header('vary', 'Accept')
    if (asked !== null && asked !== hash) {
      reply.header('content-type', 'application/json')
      reply.header('location', `/openapi/v3/${path}?hash=${hash}`)
      return reply.empty(301)
    }
    // What a hash names never changes. Source: kube-openapi/pkg/handler3/handler.go.
    if (asked !== null) {
      reply.header('cache-control', 'public, immutable')
      reply.header('expires', new Date(Date.now() + YEAR_MS).toUTCString())
    }
    if (singleHeader(reply.request, 'if-none-match') === `"${hash}"`) return reply.empty(304)
    reply.body(200, 'application/json', text)
  }

  v2(reply: Reply): void {
    const accepted = (singleHeader(reply.request, 'accept') ?? '').replaceAll('@', '.')
    const asMessage = accepted.includes(PROTOBUF_V2)
    const { text, hash } = this.get(asMessage ? MESSAGE : '')
    reply.header('etag', `"${hash}"`)
    reply.header('vary', 'Accept-Encoding, Accept')
    if (singleHeader(reply.request, 'if-none-match') === `"${hash}"`) return reply.empty(304)
    reply.body(200, asMessage ? PROTOBUF_V2 : 'application/json', text)
  }

  /** '' is the one document of version 2, which is there as a message too. */
  private get(path: string): Document {
    this.forgetChanged()
    const known = this.made.get(path)
    if (known !== undefined) return known
    const document = path === MESSAGE ? this.message() : documentOf(this.textOf(path))
    this.made.set(path, document)
    return document
  }

  private textOf(path: string): Buffer {
    return Buffer.from(JSON.stringify(path === '' ? documentV2(this.api) : documentV3(this.api, path)))
  }

  /** It has the name of what it says, in whatever form. */
  private message(): Document {
    const { text, hash } = this.get('')
    return { text: gnosticDocument(JSON.parse(text.toString()) as JsonObject), hash }
  }

  /** With another definition the documents of defined groups change, and the one of version 2. */
  private forgetChanged(): void {
    const { identity } = this.api
    if (identity === this.madeFor) return
    this.madeFor = identity
    this.made = new Map(
      [...this.made].filter(
        ([path]) => path !== '' && path !== MESSAGE && this.api.isBuiltIn(path.split('/')[1] ?? ''),
      ),
    )
  }
}

const documentOf = (text: Buffer): Document => ({
  text,
  hash: createHash('sha512').update(text).digest('hex').toUpperCase(),
})

const PROTOBUF_V2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
/** Where the message is kept, beside the documents by their paths. */
const MESSAGE = 'openapi/v2 as protobuf'

const YEAR_MS = 365 * 24 * 3600 * 1000
