/** Replays exchanges of several users: with certificates, tokens and impersonation, as a front end for HTTP hands them over. */
import type { EventData } from '../../src/events/catalogue/index.ts'
import { millis } from '../../src/events/time.ts'
import { REVIEW_KINDS } from '../../src/kubernetes/review-kinds.ts'
import { rowByResource } from '../../src/kubernetes/registry.ts'
import { ControlPlane, type ControlPlaneOptions } from '../scenarios/apiserver/control-plane.ts'
import { bodyOf, callOf, targetOf, type Target } from './api-server.ts'
import { exchangesOf, type Exchange } from './transcripts.ts'
import { outcomeDifferences, Translation } from './translation.ts'

type Caller = NonNullable<EventData<'ApiRequested'>['caller']>
type Call = Omit<EventData<'ApiRequested'>, 'request' | 'user'>

export interface Compared {
  readonly exchange: Exchange
  readonly differs: readonly string[]
}

const CERTIFICATES: Readonly<Record<string, Caller['certificate']>> = {
  alice: { user: 'alice', groups: ['system:masters'], fingerprint: 'a11ce' },
  bob: { user: 'bob', groups: ['developers'], fingerprint: 'b0b' },
}

/** Who sends an exchange, as its carrier says it. */
export function callerOf({ request }: Exchange): Caller {
  const headers = request.headers ?? {}
  const certificate = CERTIFICATES[request.user ?? 'alice']
  const bearer = /^bearer +(\S.*)$/i.exec(headers['authorization'] ?? '')?.[1]
  const extra = Object.entries(headers).flatMap(([name, value]) => {
    const key = /^impersonate-extra-(.*)$/i.exec(name)?.[1]
    return key === undefined ? [] : [[decodeURIComponent(key).toLowerCase(), [value]] as const]
  })
  const user = headers['impersonate-user']
  const group = headers['impersonate-group']
  const uid = headers['impersonate-uid']
  const acts = user !== undefined || group !== undefined || uid !== undefined || extra.length > 0
  return {
    ...(certificate === undefined ? {} : { certificate }),
    ...(bearer === undefined ? {} : { bearer }),
    ...(acts
      ? {
          impersonate: {
            ...(user === undefined ? {} : { user }),
            ...(uid === undefined ? {} : { uid }),
            ...(group === undefined ? {} : { groups: [group] }),
            ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
          },
        }
      : {}),
  }
}

/** The time between two exchanges of the recorder. */
const PAUSE_MS = 5

export class CallersReplay {
  readonly plane: ControlPlane
  /** Exchanges that could not be sent, as their kind is not served. */
  readonly leftOut: Exchange[] = []
  private readonly translation = new Translation()

  constructor(options: ControlPlaneOptions = {}) {
    this.plane = new ControlPlane(options)
  }

  run(theme: string): readonly Compared[] {
    return exchangesOf(theme).flatMap((exchange) => {
      this.plane.run(millis(Math.max(exchange.waitMs ?? 0, PAUSE_MS)))
      const differs = this.send(exchange)
      if (differs === undefined) this.leftOut.push(exchange)
      return differs === undefined ? [] : [{ exchange, differs }]
    })
  }

  /** Undefined when it is left out. */
  private send(exchange: Exchange): readonly string[] | undefined {
    const { translation, plane } = this
    const path = translation.ofText(exchange.request.path)
    const headers = Object.fromEntries(
      Object.entries(exchange.request.headers ?? {}).map(([name, value]) => [name, translation.ofText(value)]),
    )
    const sent: Exchange = { ...exchange, request: { ...exchange.request, path, headers } }
    const target = targetOf(path) ?? tokenTarget(path)
    const caller = callerOf(sent)
    if (target === undefined) return this.sendElsewhere(sent, caller)
    const body = translation.ofBody(exchange.request.body)
    const call = { ...callOf(sent, target, body), caller }
    if (exchange.request.method === 'GET' && target.name === undefined && /[?&]watch=/.test(path)) {
      return this.sendWatch(sent, target, caller)
    }
    const answer = plane.call(call)
    return this.compare(exchange, answer.code, bodyOf(plane, target, call, answer), answer.event.data.warnings)
  }

  private sendWatch(exchange: Exchange, { row, namespace }: Target, caller: Caller): readonly string[] {
    const watch = this.plane.watch({ kind: row.kind, revision: 0, caller, ...(namespace && { namespace }) })
    this.plane.run(millis(50))
    const ended = this.plane.of('WatchEnded').find(({ data }) => data.watch === watch)
    return ended === undefined ? ['accepted'] : this.compare(exchange, ended.data.code, ended.data.status)
  }

  /** Reviews, and paths of what is not served: who may not have them is told all the same. */
  private sendElsewhere(exchange: Exchange, caller: Caller): readonly string[] | undefined {
    const { path, method } = exchange.request
    const verb = METHODS[method] ?? 'get'
    const parts = (path.split('?')[0] ?? '').split('/').slice(1)
    const rest = parts.slice(3)
    const [resource, namespace] = rest[0] === 'namespaces' ? [rest[2], rest[1]] : [rest[0], undefined]
    const review = REVIEW_KINDS.find((one) => one.group === parts[1] && one.resource === resource)
    if (review === undefined) {
      const answer = this.plane.call({ verb, kind: '', path, caller })
      if (answer.code !== 200) return this.compare(exchange, answer.code, answer.status)
      return [401, 403].includes(exchange.response.code) ? [`${exchange.response.code} ≠ allowed`] : undefined
    }
    const body = this.translation.ofBody(exchange.request.body)
    const call: Call = {
      verb: verb === 'get' ? 'list' : verb,
      kind: review.kind,
      caller,
      body,
      ...(namespace === undefined ? {} : { namespace }),
    }
    const answer = this.plane.call(call)
    return this.compare(exchange, answer.code, answer.status ?? answer.body)
  }

  private compare(
    { response, unstable = [] }: Exchange,
    code: number,
    body: unknown,
    warnings: readonly string[] = [],
  ): readonly string[] {
    const { translation } = this
    translation.learn(response.body, body)
    const without = (value: unknown): unknown => comparable(translation.normal(value), unstable)
    const told = (response.headers?.['warning'] as readonly string[] | undefined) ?? []
    const want = told.map((text) =>
      text
        .replace(/^299 - "(.*)"$/, '$1')
        .replaceAll('\\"', '"')
        .replaceAll('\\\\', '\\'),
    )
    return [
      ...outcomeDifferences({ code: response.code, body: without(response.body) }, { code, body: without(body) }),
      ...(JSON.stringify(want) === JSON.stringify(warnings)
        ? []
        : [`warnings: ${want.join(' | ')} ≠ ${warnings.join(' | ')}`]),
    ]
  }
}

const METHODS: Readonly<Record<string, Call['verb']>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** serviceaccounts/token */
const tokenTarget = (path: string): Target | undefined => {
  const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/serviceaccounts\/([^/]+)\/token/.exec(path) ?? []
  const row = rowByResource('', 'serviceaccounts')
  return row === undefined || namespace === undefined ? undefined : { row, namespace, name, subresource: 'token' }
}

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Tokens and keys differ; rules come in any order; what a second real server answered otherwise is not asked. */
function comparable(value: unknown, unstable: readonly string[], at = 'body'): unknown {
  if (unstable.includes(at)) return '<unstable>'
  if (Array.isArray(value)) {
    const items = value.map((item, i) => comparable(item, [], `${at}/${i}`))
    const isRules = /Rules$/.test(at)
    // A controller of the recorded build alone.
    if (at === 'body/items') return items.filter((item) => !JSON.stringify(item).includes('service-ca-cert-publisher'))
    return isRules
      ? items
          .filter((item) => !JSON.stringify(item).includes('/.well-known'))
          .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items.map((item, i) => comparable(item, unstable, `${at}/${i}`))
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, comparable(one, unstable, `${at}/${key}`)]),
    )
  }
  if (typeof value !== 'string') return value
  return value.replace(/X509SHA256=[0-9a-f]+/, 'X509SHA256=…').replace(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/, '<token>')
}
