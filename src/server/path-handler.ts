/** Paths that are no resources: discovery, health, version, metrics, schemas. */
import type { Cluster } from '../cluster.ts'
import { isStatus, methodNotAllowed, noSuchPath, type Status } from '../kubernetes/status.ts'
import type { ApiBridge } from './api-bridge.ts'
import { debugPage } from './debug-pages.ts'
import { aggregated, apiGroup, apiGroupList, apiResourceList, apiVersions, etagOf } from './discovery/documents.ts'
import { rootPaths } from './discovery/root-paths.ts'
import type { ServedApi } from './discovery/served-api.ts'
import { healthOf } from './health.ts'
import type { Caller } from './identity.ts'
import { acceptClauses, negotiate, NO_TRANSFORMS, OBJECT_TYPES, unacceptable } from './media-types.ts'
import { metricsText } from './metrics.ts'
import { OpenApi } from './openapi/openapi.ts'
import { singleHeader, type Reply } from './reply.ts'
import type { RequestPath } from './request-info.ts'
import type { ServiceAccountKeys } from './service-account-keys.ts'
import { VERSION_INFO } from './version.ts'

const NOT_FOUND_TEXT = '404 page not found\n'
/** Source: kube-aggregator/pkg/apiserver/handler_proxy.go, ServeHTTP (v1.36). */
export const UNAVAILABLE_TEXT = 'service unavailable\n'
const DISCOVERY_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

export class PathHandler {
  private readonly cluster: Cluster
  private readonly bridge: ApiBridge
  private readonly keys: ServiceAccountKeys
  private readonly address: () => string
  private readonly api: ServedApi
  private readonly openApi: OpenApi

  constructor(parts: {
    cluster: Cluster
    bridge: ApiBridge
    keys: ServiceAccountKeys
    api: ServedApi
    address: () => string
  }) {
    this.cluster = parts.cluster
    this.bridge = parts.bridge
    this.keys = parts.keys
    this.api = parts.api
    this.openApi = new OpenApi(parts.api)
    this.address = parts.address
  }

  async handle(target: RequestPath, caller: Caller, reply: Reply): Promise<void> {
    const path = target.path.length > 1 && target.path.endsWith('/') ? target.path.slice(0, -1) : target.path
    const asked = await this.bridge.ask({ verb: 'get', kind: '', user: '', caller, path })
    if (asked === undefined) return reply.cut()
    const { status } = asked
    // A server that is not ready yet still tells of its health.
    if (isStatus(status) && !(asked.code === 503 && isHealth(path)) && status.code !== 404) return reply.status(status)
    this.route(path, target, reply)
  }

  private route(path: string, target: RequestPath, reply: Reply): void {
    const get = reply.request.method === 'GET'
    if (isHealth(path)) return healthOf(path, target.query, reply)
    switch (path) {
      case '/':
        return reply.body(200, 'application/json', indented({ paths: rootPaths(this.api) }))
      case '/api':
        return get ? this.groups(reply, true) : reply.status(methodNotAllowed())
      case '/apis':
        return this.groups(reply, false)
      case '/version':
        return get ? this.version(reply) : reply.status(methodNotAllowed())
      case '/metrics':
        return reply.body(200, 'text/plain; version=0.0.4; charset=utf-8', metricsText(this.cluster))
      case '/openid/v1/jwks':
        return this.jwks(reply)
      case '/.well-known/openid-configuration':
        reply.header('cache-control', 'public, max-age=3600')
        return reply.object(200, this.keys.configuration(`https://${this.address()}`))
      case '/openapi/v2':
        return this.openApi.v2(reply)
      case '/openapi/v3':
        return this.openApi.index(reply)
    }
    if (path.startsWith('/openapi/v3/'))
      return this.openApi.document(path.slice('/openapi/v3/'.length), target.query, reply)
    const page = debugPage(path, this.cluster)
    if (page !== undefined) return reply.body(200, 'text/plain; charset=utf-8', page)
    this.versions(path, reply)
  }

  /** `/api` and `/apis`, as lists of versions or, asked so, as one document. */
  private groups(reply: Reply, core: boolean): void {
    const header = singleHeader(reply.request, 'accept') ?? ''
    if (core) {
      const refused = unacceptable(header, OBJECT_TYPES)
      if (refused !== undefined) return reply.status(refused)
    }
    const clauses = acceptClauses(header)
    for (const { subtype, parameters } of clauses) {
      if (subtype === 'json' && parameters.get('g') === 'apidiscovery.k8s.io') {
        if (parameters.get('v') === 'v2' && parameters.get('as') === 'APIGroupDiscoveryList')
          return aggregate(this.api, reply, core)
        continue
      }
      const accepted = negotiate(clauseText({ subtype, parameters }, header), NO_TRANSFORMS, 'all')
      if (isStatus(accepted)) continue
      reply.accept(accepted)
      return reply.object(200, core ? apiVersions(this.address()) : apiGroupList(this.api))
    }
    if (clauses.length === 0) return reply.object(200, core ? apiVersions(this.address()) : apiGroupList(this.api))
    const binary = negotiate(header, NO_TRANSFORMS, 'all')
    objectInAnyForm(reply, binary, core ? apiVersions(this.address()) : apiGroupList(this.api))
  }

  /** `/api/v1`, `/apis/apps`, `/apis/apps/v1`; all else is not there. */
  private versions(path: string, reply: Reply): void {
    const [, prefix, first = '', second, ...rest] = path.split('/')
    const group = prefix === 'api' ? '' : first
    const version = prefix === 'api' ? first : second
    const known = prefix === 'api' || (prefix === 'apis' && this.api.groups.has(group))
    if (!known || rest.length > 0) return reply.text(404, NOT_FOUND_TEXT)
    const header = singleHeader(reply.request, 'accept') ?? ''
    if (version === undefined)
      return objectInAnyForm(reply, negotiate(header, NO_TRANSFORMS, 'all'), apiGroup(this.api, group))
    if (this.api.isUnavailable(group, version)) return reply.text(503, UNAVAILABLE_TEXT)
    const list = apiResourceList(this.api, group, version)
    if (list === undefined) {
      return this.api.isBuiltIn(group) ? reply.status(noSuchPath()) : reply.text(404, NOT_FOUND_TEXT)
    }
    if (reply.request.method !== 'GET') return reply.status(methodNotAllowed())
    plain(reply, OBJECT_TYPES, list)
  }

  private version(reply: Reply): void {
    const refused = unacceptable(singleHeader(reply.request, 'accept') ?? '', ['application/json'])
    if (refused !== undefined) return plain(reply, ['application/json'], VERSION_INFO)
    reply.body(200, 'application/json', indented(VERSION_INFO))
  }

  private jwks(reply: Reply): void {
    const refused = unacceptable(singleHeader(reply.request, 'accept') ?? '', ['application/jwk-set+json'])
    if (refused !== undefined) return reply.status(refused)
    reply.header('cache-control', 'public, max-age=3600')
    reply.body(200, 'application/jwk-set+json', JSON.stringify(this.keys.jwks()))
  }
}

/** Source: apiserver/pkg/endpoints/handlers/responsewriters/writers.go, WriteRawJSON. */
const indented = (object: unknown): string => JSON.stringify(object, undefined, 2)

const isHealth = (path: string): boolean => /^\/(healthz|livez|readyz)(\/|$)/.test(path)

const clauseText = (
  { subtype, parameters }: { subtype: string; parameters: ReadonlyMap<string, string> },
  header: string,
): string =>
  subtype === ''
    ? header
    : [`application/${subtype}`, ...[...parameters].map(([name, value]) => `${name}=${value}`)].join(';')

const aggregate = (api: ServedApi, reply: Reply, core: boolean): void => {
  const text = JSON.stringify(aggregated(api, core))
  const etag = `"${etagOf(text)}"`
  reply.header('cache-control', 'public')
  reply.header('etag', etag)
  reply.header('vary', 'Accept')
  if (singleHeader(reply.request, 'if-none-match') === etag) return reply.empty(304)
  reply.body(200, DISCOVERY_TYPE, `${text}\n`)
}

const plain = (reply: Reply, produces: readonly string[], object: unknown): void => {
  const header = singleHeader(reply.request, 'accept') ?? ''
  const refused = unacceptable(header, produces)
  if (refused !== undefined) {
    const form = negotiate(header, NO_TRANSFORMS)
    if (!isStatus(form)) reply.accept(form)
    return reply.status(refused)
  }
  objectInAnyForm(reply, negotiate(header, NO_TRANSFORMS, 'all'), object)
}

const objectInAnyForm = (reply: Reply, accepted: ReturnType<typeof negotiate>, object: unknown): void => {
  if (isStatus(accepted)) return reply.status(accepted as Status)
  reply.accept(accepted)
  reply.object(200, object)
}
