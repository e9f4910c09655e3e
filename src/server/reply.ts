/** One request's answer, on either version of HTTP. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { constants, gzip } from 'node:zlib'
import { stringify } from 'yaml'
import type { Status } from '../kubernetes/status.ts'
import type { Accepted } from './media-types.ts'
import type { Flow } from './flow.ts'
import { encodeEnvelope } from './protobuf/encode.ts'

export type HttpRequest = IncomingMessage | Http2ServerRequest
export type HttpResponse = ServerResponse | Http2ServerResponse

/** Source: apiserver/pkg/endpoints/handlers/responsewriters/writers.go, defaultGzipThresholdBytes (v1.36). */
const GZIP_FROM_BYTES = 128 * 1024

/** The flow schema and the priority level under which requests are served where the cluster has none. */
const FLOW_SCHEMA_UID = '7d0a9d1e-5d0c-4b3a-9a53-3b3f2a3d3c01'
const PRIORITY_LEVEL_UID = '0f5c3a3e-2f6e-4c57-8a35-9d1b6a1f6c02'

const MEDIA_TYPES = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
} as const

export class Reply {
  readonly request: HttpRequest
  readonly response: HttpResponse
  private accepted: Pick<Accepted, 'encoding' | 'pretty'> = { encoding: 'json', pretty: false }

  constructor(request: HttpRequest, response: HttpResponse) {
    this.request = request
    this.response = response
    response.setHeader('audit-id', singleHeader(request, 'audit-id') ?? randomUUID())
    response.setHeader('cache-control', 'no-cache, private')
    response.setHeader('x-kubernetes-pf-flowschema-uid', FLOW_SCHEMA_UID)
    response.setHeader('x-kubernetes-pf-prioritylevel-uid', PRIORITY_LEVEL_UID)
  }

  /** By which FlowSchema it is served. */
  flow({ schema, level }: Flow): void {
    this.response.setHeader('x-kubernetes-pf-flowschema-uid', schema)
    this.response.setHeader('x-kubernetes-pf-prioritylevel-uid', level)
  }

  /** In what form objects go out from now on; also Statuses. */
  accept(accepted: Pick<Accepted, 'encoding' | 'pretty'>): void {
    this.accepted = accepted
  }

  get sent(): boolean {
    return this.response.headersSent
  }

  header(name: string, value: string | readonly string[]): void {
    this.response.setHeader(name, typeof value === 'string' ? value : [...value])
  }

  warn(warnings: readonly string[]): void {
    const headers = warnings.flatMap(warningHeader)
    if (headers.length > 0) this.header('warning', headers)
  }

  status(status: Status): void {
    const { retryAfterSeconds } = status.details ?? {}
    if (retryAfterSeconds !== undefined) this.header('retry-after', String(retryAfterSeconds))
    this.object(status.code ?? 500, status)
  }

  object(code: number, object: unknown): void {
    const { encoding, pretty } = this.accepted
    const message = encoding === 'protobuf' ? encodeEnvelope(object) : undefined
    if (message !== undefined) return this.body(code, MEDIA_TYPES.protobuf, message)
    const text =
      encoding === 'yaml'
        ? yamlText(object)
        : `${pretty ? JSON.stringify(object, undefined, 2) : JSON.stringify(object)}\n`
    // What has no numbers for its fields goes out as JSON.
    this.body(code, encoding === 'yaml' ? MEDIA_TYPES.yaml : MEDIA_TYPES.json, text)
  }

  text(code: number, text: string): void {
    this.header('x-content-type-options', 'nosniff')
    this.body(code, 'text/plain; charset=utf-8', text)
  }

  body(code: number, type: string, content: string | Buffer): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    this.header('content-type', type)
    if (bytes.length >= GZIP_FROM_BYTES && this.request.method === 'GET' && this.takesGzip()) {
      this.header('content-encoding', 'gzip')
      this.header('vary', 'Accept-Encoding')
      gzip(bytes, { level: constants.Z_BEST_SPEED }, (error, zipped) => this.end(error === null ? code : 500, zipped))
      return
    }
    this.end(code, bytes)
  }

  empty(code: number): void {
    this.end(code, undefined)
  }

  /** Ends the request without an answer, as a server does that goes away. */
  cut(): void {
    if ('stream' in this.response) this.response.stream.close(CANCEL)
    else this.response.destroy()
  }

  private end(code: number, bytes: Buffer | undefined): void {
    const { response } = this
    if (response.destroyed || response.writableEnded) return
    response.statusCode = code
    if (bytes === undefined || this.request.method === 'HEAD') {
      response.end()
      return
    }
    response.setHeader('content-length', bytes.length)
    response.end(bytes)
  }

  private takesGzip(): boolean {
    return (singleHeader(this.request, 'accept-encoding') ?? '').split(',').some((one) => one.trim().startsWith('gzip'))
  }
}

/** HTTP/2's error code CANCEL. */
const CANCEL = 8

export const singleHeader = ({ headers }: HttpRequest, name: string): string | undefined => {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/**
 * None for a text that no header can hold. Others go out as UTF-8, byte by byte.
 * Source: apimachinery/pkg/util/net/http.go, NewWarningHeader; apiserver/pkg/endpoints/filters/warning.go, AddWarning (v1.36).
 */
const warningHeader = (text: string): readonly string[] =>
  /\p{Cc}/u.test(text) ? [] : [Buffer.from(`299 - ${JSON.stringify(text)}`).toString('latin1')]

/** As Go's YAML writes: keys in order, lists not indented, a dot without quotes. What is too deep for its writer is YAML as JSON. */
const yamlText = (object: unknown): string => {
  const text = JSON.stringify(object)
  try {
    return stringify(JSON.parse(text), {
      sortMapEntries: true,
      lineWidth: 0,
      indentSeq: false,
      version: '1.1',
    }).replace(/^( *(?:- )?)"\.":/gm, '$1.:')
  } catch (error) {
    if (error instanceof RangeError) return `${text}\n`
    throw error
  }
}
