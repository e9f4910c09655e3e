/** Carries the calls of webhooks out of the cluster, over HTTPS, and what they answer back in, as inputs. */
import { request } from 'node:https'
import type { Cluster } from '../cluster.ts'
import { OUTSIDE } from '../events/envelope.ts'
import type { EventData } from '../events/catalogue/index.ts'
import type { ActorId } from '../events/envelope.ts'
import { goQuote } from '../kubernetes/validation/field-error.ts'
import type { Clock } from './clock.ts'
import { dialProblem } from './go-network-errors.ts'

type Call = EventData<'WebhookCalled'>
type Answer = Omit<EventData<'WebhookAnswered'>, 'call'>

/** Where Services that stand for webhooks are really reached: `namespace/name` to `https://host:port`. */
export type WebhookServices = Readonly<Record<string, string>>

/** Source: apimachinery/pkg/util/net/http.go and rest/request.go: so much of an answer without meaning is quoted. */
const QUOTED_MAX = 2_048
/** Source: apiserver/pkg/util/webhook, DefaultShouldRetry; an answer is an object of at most so many bytes. */
const ANSWER_MAX = 16 * 1024 * 1024

export class WebhookCaller {
  private readonly cluster: Cluster
  private readonly clock: Clock
  private readonly services: WebhookServices
  private readonly subscription: { unsubscribe(): void }
  private readonly ended = new AbortController()
  private readonly outside = new Set<Promise<void>>()

  constructor(cluster: Cluster, clock: Clock, services: WebhookServices) {
    this.cluster = cluster
    this.clock = clock
    this.services = services
    this.subscription = cluster.events$.subscribe((event) => {
      if (event.to === OUTSIDE && event.type === 'WebhookCalled') this.carry(event.data, event.by)
    })
  }

  close(): void {
    this.subscription.unsubscribe()
    this.ended.abort()
  }

  private carry(call: Call, server: ActorId): void {
    const release = this.clock.hold()
    const answered = this.outcome(call).then((answer) => {
      this.outside.delete(answered)
      if (!this.ended.signal.aborted) {
        this.clock.present()
        this.cluster.send({ type: 'WebhookAnswered', data: { call: call.call, ...answer }, to: server })
      }
      release()
    })
    this.outside.add(answered)
  }

  /** When nobody outside is asked any more. */
  async settled(): Promise<void> {
    while (this.outside.size > 0) await Promise.all(this.outside)
  }

  private outcome(call: Call): Promise<Answer> {
    const written = new URL(call.url)
    const service = /^([^.]+)\.([^.]+)\.svc$/.exec(written.hostname)
    if (service === null) return post(call, written, written, this.ended.signal)
    const [, name = '', namespace = ''] = service
    const reached = this.services[`${namespace}/${name}`]
    if (reached !== undefined) {
      return post(call, new URL(`${written.pathname}${written.search}`, reached), written, this.ended.signal)
    }
    // No program in a simulated Pod speaks TLS.
    const address = this.cluster.get('Service', namespace, name)?.spec.clusterIP ?? written.hostname
    const port = written.port === '' ? '443' : written.port
    return Promise.resolve({
      problem: `Post ${goQuote(call.url)}: dial tcp ${address}:${port}: connect: connection refused`,
    })
  }
}

/** @param named whose certificate it must be */
const post = (
  { url, caBundle, review, timeoutSeconds }: Call,
  target: URL,
  named: URL,
  closed: AbortSignal,
): Promise<Answer> =>
  new Promise((resolve) => {
    const failed = (why: string): void => resolve({ problem: `Post ${goQuote(url)}: ${why}` })
    const body = JSON.stringify(review)
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, */*',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'kube-apiserver-admission',
    }
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutSeconds * 1_000), closed])
    const ca = caBundle === undefined ? undefined : Buffer.from(caBundle, 'base64').toString()
    if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) {
      resolve({ problem: 'unable to load root certificates: unable to parse bytes as PEM block' })
      return
    }
    const outgoing = request(target, {
      method: 'POST',
      headers,
      signal,
      ...(ca === undefined ? {} : { ca }),
      ...(isAddress(named.hostname) ? {} : { servername: named.hostname }),
    })
    const broke = (error: Error): void =>
      failed(signal.aborted ? 'context deadline exceeded' : dialProblem(error, target))
    outgoing.on('error', broke)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      let bytes = 0
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes > ANSWER_MAX) outgoing.destroy(new Error('http: response body too large'))
      })
      incoming.on('error', broke)
      incoming.on('end', () => resolve(answerOf(incoming.statusCode ?? 0, Buffer.concat(chunks).toString())))
    })
    outgoing.end(body)
  })

const isAddress = (host: string): boolean => /^[\d.]+$/.test(host) || host.startsWith('[')

const answerOf = (code: number, text: string): Answer => {
  let object: unknown
  try {
    object = JSON.parse(text)
  } catch {
    object = undefined
  }
  if (code < 200 || code > 206) return { problem: refusalOf(code, text, object) }
  if (typeof object !== 'object' || object === null) {
    return { problem: `couldn't get version/kind; json parse error: ${parseError(text)}` }
  }
  if (!('kind' in object) || object.kind === '') return { problem: `Object 'Kind' is missing in '${text}'` }
  return { review: object }
}

/** Source: client-go/rest/request.go, transformResponse; apimachinery/pkg/api/errors/errors.go, NewGenericServerResponse (v1.36). */
const refusalOf = (code: number, text: string, object: unknown): string => {
  const { kind, message } = (object ?? {}) as { readonly kind?: unknown; readonly message?: unknown }
  if (kind === 'Status' && typeof message === 'string') return message
  const said = text.slice(0, QUOTED_MAX).trim()
  switch (code) {
    case 400:
      return 'the server rejected our request for an unknown reason'
    case 401:
      return 'the server has asked for the client to provide credentials'
    case 403:
      return said
    case 404:
      return 'the server could not find the requested resource'
    case 405:
      return 'the server does not allow this method on the requested resource'
    case 429:
      return 'the server has received too many requests and has asked us to try again later'
    case 503:
      return 'the server is currently unable to handle the request'
    case 504:
      return 'the server was unable to return a response in the time allotted, but may still be processing the request'
  }
  return code >= 500
    ? `an error on the server (${goQuote(said === '' ? 'unknown' : said)}) has prevented the request from succeeding`
    : `the server responded with the status code ${code} but did not return more information`
}

/** As Go's decoder tells of what is no JSON object. */
const parseError = (text: string): string => {
  const first = text.trimStart().charAt(0)
  if (first === '') return 'unexpected end of JSON input'
  return `invalid character '${first}' looking for beginning of value`
}
