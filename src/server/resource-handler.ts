/** A request for a resource: carried to an API server, its answer carried back. */
import { listedAt } from '../actors/apiserver/cache/page.ts'
import { listOptionsProblem } from '../actors/apiserver/handlers/list-options.ts'
import type { Cluster } from '../cluster.ts'
import type { ApiObject } from '../events/json.ts'
import { isStatus, methodNotAllowed, noSuchPath, notFound, undecodable, type Status } from '../kubernetes/status.ts'
import type { ApiAnswer, ApiBridge, ApiRequest } from './api-bridge.ts'
import { decodeDeleteOptions, decodeObjectBody, decodePatch, patchTypeOf, readBody, type DecodedBody } from './body.ts'
import type { ServedApi } from './discovery/served-api.ts'
import type { Caller } from './identity.ts'
import {
  LIST_TYPES,
  negotiate,
  NO_TRANSFORMS,
  OBJECT_TYPES,
  TRANSFORMS,
  unacceptable,
  type Accepted,
} from './media-types.ts'
import { deleteBody, listParameters, writeOptions, type ApiOptions, type ListParameters } from './parameters.ts'
import { singleHeader, type Reply } from './reply.ts'
import { showList, showObject, type Form } from './representation.ts'
import type { RequestPath, ResourcePath } from './request-info.ts'
import { takesName, targetOf, verbOf, type ResourceTarget, type Verb } from './resources.ts'
import type { PodConnections } from './streams/pod-connections.ts'
import type { WatchStreams } from './watch-streams.ts'
import { wallTime } from './wall-time.ts'

export interface ResourceRequest {
  readonly target: ResourceTarget
  readonly verb: Verb
  readonly query: URLSearchParams
  readonly caller: Caller
  readonly form: Form
}

type Parts = Pick<ApiRequest, 'patchType' | 'body' | 'options'> & {
  readonly warnings?: readonly string[]
  /** Why a patch is no JSON. */
  readonly malformed?: string | undefined
  /** What a strict write gives twice, for which it is refused. */
  readonly duplicates?: readonly string[]
}

const NO_CONTENT = 204

/** Subresources whose answer is a place to connect to. */
const CONNECTIONS: ReadonlySet<string> = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

const isConnection = ({ subresource }: ResourceTarget): boolean =>
  subresource !== undefined && CONNECTIONS.has(subresource.name)

const VERB_OF_METHOD: Readonly<Record<string, ApiRequest['verb']>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

const pathOf = (url: string): string => {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

/** As the mux of the aggregator answers. */
const NO_SUCH_GROUP = '404 page not found\n'

export class ResourceHandler {
  private readonly cluster: Cluster
  private readonly bridge: ApiBridge
  private readonly watches: WatchStreams
  private readonly api: ServedApi
  private readonly connections: PodConnections

  constructor(parts: {
    cluster: Cluster
    bridge: ApiBridge
    watches: WatchStreams
    api: ServedApi
    connections: PodConnections
  }) {
    const { cluster, bridge, watches, api, connections } = parts
    this.connections = connections
    this.cluster = cluster
    this.api = api
    this.bridge = bridge
    this.watches = watches
  }

  async handle(path: ResourcePath, { query }: RequestPath, caller: Caller, reply: Reply): Promise<void> {
    const lists = listParameters(query)
    const target = targetOf(path.watch ? { ...path, name: undefined } : path, this.api)
    if (target === undefined) return this.refuse(this.nothingAt(path), caller, reply)
    const watching = path.watch || (!isStatus(lists) && lists.watch)
    const verb = verbOf(reply.request.method ?? '', target, watching)
    if (verb === undefined || !takesName(verb, target)) return this.refuse(methodNotAllowed(), caller, reply)
    const accepted = acceptedFor(reply, target, verb, query)
    if (isStatus(accepted)) return this.refuse(accepted, caller, reply)
    reply.accept(accepted)
    const request: ResourceRequest = { target, verb, query, caller, form: this.formOf(accepted, query) }
    if (verb === 'watch') {
      if (isStatus(lists)) return this.refuse(lists, caller, reply)
      return this.watches.open(request, path.watch ? ofOne(lists, path.name) : lists, reply)
    }
    if (verb === 'list' && !isStatus(lists)) {
      const problem = listOptionsProblem({ ...lists.options, sendInitialEvents: lists.sendInitialEvents })
      if (problem !== undefined) return this.refuse(problem, caller, reply)
    }
    const parts = await partsOf(request, lists, reply)
    if (isStatus(parts)) return this.refuse(parts, caller, reply)
    const { warnings = [], malformed, duplicates = [], ...data } = parts
    if (duplicates.length > 0) {
      const tried = await this.bridge.ask({
        ...addressOf(request),
        verb,
        ...data,
        options: { ...data.options, dryRun: true },
      })
      if (tried === undefined) return reply.cut()
      return this.refuse(strictProblem(target, duplicates, tried), caller, reply)
    }
    const answer = await this.bridge.ask({ ...addressOf(request), verb, ...data })
    if (answer === undefined) return reply.cut()
    reply.warn([...deprecationOf(target), ...warnings, ...(answer.warnings ?? [])])
    return this.answer(request, malformed === undefined ? answer : withProblem(answer, malformed), reply)
  }

  /** A server that is asked for what makes no sense tells first that its caller may not ask it. */
  private async refuse(why: Status | 'in text', caller: Caller, reply: Reply): Promise<void> {
    const { method = '', url = '' } = reply.request
    const verb = VERB_OF_METHOD[method] ?? 'get'
    const answer = await this.bridge.ask({ verb, kind: '', user: '', caller, path: pathOf(url) })
    if (answer === undefined) return reply.cut()
    if (isStatus(answer.status)) return reply.status(answer.status)
    return why === 'in text' ? reply.text(404, NO_SUCH_GROUP) : reply.status(why)
  }

  private nothingAt({ group, version, resource, name, subresource }: ResourcePath): Status | 'in text' {
    const fact = this.api.resource(group, version, resource)
    // Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, ServeHTTP.
    if (fact?.custom !== undefined && subresource !== undefined) return notFound(fact, name ?? '')
    return this.api.isBuiltIn(group) ? noSuchPath() : 'in text'
  }

  private formOf(accepted: Accepted, query: URLSearchParams): Form {
    const asked = query.get('includeObject')
    const includeObject = asked === 'None' || asked === 'Object' ? asked : 'Metadata'
    return { ...accepted, includeObject, now: wallTime(this.cluster) }
  }

  private answer(request: ResourceRequest, answer: ApiAnswer, reply: Reply): void | Promise<void> {
    const { target, form } = request
    if (answer.status !== undefined) {
      const { status } = answer
      return isStatus(status)
        ? reply.status({ ...status, code: status.code ?? answer.code } as Status)
        : reply.object(answer.code, status)
    }
    if (answer.code === NO_CONTENT) return reply.empty(answer.code)
    if (isConnection(target)) {
      const { kind, namespace = '', subresource } = target
      const wanted = { kind, namespace, subresource: subresource?.name ?? '', query: request.query }
      return this.connections.carry(wanted, answer.object, reply)
    }
    if (answer.object !== undefined) {
      return reply.object(answer.code, showObject(answer.object, target.row, form))
    }
    if (answer.items !== undefined) {
      const list = this.listOf(request, answer)
      return isStatus(list) ? reply.status(list) : reply.object(answer.code, list)
    }
    const object = this.objectOf(target, answer)
    reply.object(answer.code, showObject(object, target.row, form))
  }

  private listOf({ target, query, form }: ResourceRequest, { revision = 0, ...answer }: ApiAnswer): unknown {
    const { row, namespace } = target
    const lists = listParameters(query)
    if (row === undefined || isStatus(lists)) return lists
    const text = namespace === undefined ? lists.options : { ...lists.options, namespace }
    const page = listedAt(this.cluster.history.at(revision), row, text, revision)
    if (isStatus(page)) return page
    const meta = {
      resourceVersion: String(revision),
      ...(answer.continue === undefined ? {} : { continue: answer.continue }),
      ...(answer.remainingItemCount === undefined ? {} : { remainingItemCount: answer.remainingItemCount }),
    }
    return showList(page.items, meta, row, form)
  }

  /** What stands in the store at the answer's revision; an object that went with it is shown as it last was. */
  private objectOf({ row, namespace, name }: ResourceTarget, answer: ApiAnswer): ApiObject | undefined {
    const { history } = this.cluster
    const { revision = 0 } = answer
    const named = answer.name ?? name
    if (row === undefined || named === undefined) return undefined
    const object = history.read(row.kind, namespace, named, revision)
    if (object !== undefined) return object
    const last = history.written(revision)?.before
    return last === undefined
      ? undefined
      : { ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } }
  }
}

/** What every answer in a version of a custom resource warns of. */
const deprecationOf = ({ row }: ResourceTarget): readonly string[] =>
  row?.custom?.deprecation === undefined ? [] : [row.custom.deprecation]

/** The old path `/watch/…/name` watches one object. */
const ofOne = (lists: ListParameters, name: string | undefined): ListParameters =>
  name === undefined ? lists : { ...lists, options: { ...lists.options, fieldSelector: `metadata.name=${name}` } }

/** Whether the API server has to be told in which version its caller asks. */
export const namesVersion = ({ row }: ResourceTarget): boolean =>
  row === undefined || row.conversion !== undefined || row.custom !== undefined

/** Where a request goes, on whose behalf. */
export const addressOf = ({
  target,
  caller,
}: ResourceRequest): Pick<
  ApiRequest,
  'kind' | 'user' | 'caller' | 'apiVersion' | 'namespace' | 'name' | 'subresource'
> => ({
  kind: target.kind,
  user: '',
  caller,
  ...(namesVersion(target) ? { apiVersion: target.apiVersion } : {}),
  ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
  ...(target.name === undefined ? {} : { name: target.name }),
  ...(target.subresource === undefined ? {} : { subresource: target.subresource.name }),
})

const acceptedFor = (reply: Reply, target: ResourceTarget, verb: Verb, query: URLSearchParams): Accepted | Status => {
  const header = singleHeader(reply.request, 'accept') ?? ''
  const isList = verb === 'list' || verb === 'watch'
  const refused = unacceptable(header, isList ? LIST_TYPES : OBJECT_TYPES)
  if (refused !== undefined) return refused
  const accepted = negotiate(header, target.row === undefined ? NO_TRANSFORMS : TRANSFORMS)
  if (isStatus(accepted) || accepted.pretty) return accepted
  return { ...accepted, pretty: wantsPretty(query, singleHeader(reply.request, 'user-agent') ?? '') }
}

/** Source: apiserver/pkg/endpoints/handlers/negotiation/negotiate.go, isPrettyPrint. */
const wantsPretty = (query: URLSearchParams, userAgent: string): boolean => {
  const asked = query.get('pretty')
  if (asked !== null) return asked === '1' || asked === 'true' || asked === ''
  return userAgent.startsWith('curl') || userAgent.startsWith('Wget') || userAgent.startsWith('Mozilla/5.0')
}

/** What is told of YAML has more in front. */
const NO_OBJECT = /(error unmarshaling JSON: while decoding JSON: )?json: cannot unmarshal string into Go .*$/

/** An API server that gets text for a patch tells that it is text; what is wrong with the text is known here. */
const withProblem = (answer: ApiAnswer, problem: string): ApiAnswer => {
  const { status } = answer
  if (!isStatus(status) || status.message === undefined) return answer
  const message = status.message.replace(NO_OBJECT, problem)
  return { ...answer, status: { ...status, message } }
}

const warningsOf = ({ duplicates = [] }: DecodedBody, { fieldValidation }: ApiOptions): readonly string[] =>
  fieldValidation === 'Warn' ? duplicates : []

const STRICT = 'strict decoding error: '

/** Source: apiserver/pkg/endpoints/handlers/create.go: strict decoding errors are refused as they stand, all at once. */
const strictProblem = (
  { fact, apiVersion }: ResourceTarget,
  duplicates: readonly string[],
  answer: ApiAnswer,
): Status => {
  const told = isStatus(answer.status) ? (answer.status.message ?? '') : ''
  const at = told.indexOf(STRICT)
  const all = `${STRICT}${[...duplicates, ...(at < 0 ? [] : [told.slice(at + STRICT.length)])].join(', ')}`
  return undecodable(apiVersion, fact.kind, fact.kind, all)
}

/** What is kept nowhere has no rules of its own for what it is not. Source: apiserver/pkg/endpoints/handlers/create.go. */
const foreignReview = ({ row, subresource, fact }: ResourceTarget, value: unknown): Status | undefined => {
  if (row !== undefined || subresource !== undefined || typeof value !== 'object' || value === null) return undefined
  const { kind, apiVersion } = value as { readonly kind?: unknown; readonly apiVersion?: unknown }
  if (typeof kind !== 'string' || typeof apiVersion !== 'string' || kind === fact.kind) return undefined
  const [group] = fact.group.split('.')
  const why = `converting (${apiVersion}.${kind}) to (${group ?? ''}.${fact.kind}): unknown conversion`
  return undecodable(apiVersion, kind, fact.kind, why)
}

/** What a request says besides its address. */
const partsOf = async (
  { target, verb, query }: ResourceRequest,
  lists: ListParameters | Status,
  reply: Reply,
): Promise<Parts | Status> => {
  const { request } = reply
  const contentType = singleHeader(request, 'content-type')
  const userAgent = singleHeader(request, 'user-agent') ?? ''
  if (isConnection(target)) {
    // A command is only told: the log shows what was run where.
    const container = query.get('container')
    const command = query.getAll('command')
    const told = { ...(container === null ? {} : { container }), ...(command.length === 0 ? {} : { command }) }
    return Object.keys(told).length === 0 ? {} : { body: told }
  }
  switch (verb) {
    case 'get': {
      const resourceVersion = query.get('resourceVersion') ?? ''
      return resourceVersion === '' ? {} : { options: { resourceVersion } }
    }
    case 'list':
    case 'watch':
      return isStatus(lists) ? lists : { options: lists.options }
    case 'create':
    case 'update': {
      const body = await readBody(request)
      if (isStatus(body)) return body
      const options = writeOptions(query, verb === 'create' ? 'CreateOptions' : 'UpdateOptions', userAgent)
      if (isStatus(options)) return options
      const wanted = target.subresource?.kind.kind ?? target.fact.kind
      const decoded = decodeObjectBody(body, contentType, wanted)
      if (isStatus(decoded)) return decoded
      const value = decoded.value ?? {}
      const misfit = foreignReview(target, value)
      if (misfit !== undefined) return misfit
      const { duplicates } = decoded
      const twice = options.fieldValidation === 'Strict' && duplicates !== undefined ? { duplicates } : {}
      return { body: value, options, warnings: warningsOf(decoded, options), ...twice }
    }
    case 'patch': {
      const patchType = patchTypeOf(contentType)
      if (isStatus(patchType)) return patchType
      const body = await readBody(request)
      if (isStatus(body)) return body
      const options = writeOptions(query, 'PatchOptions', userAgent, patchType)
      if (isStatus(options)) return options
      const decoded = decodePatch(body, patchType)
      const warnings = warningsOf(decoded, options)
      return { patchType, body: decoded.value, options, warnings, malformed: decoded.problem }
    }
    case 'delete':
    case 'deletecollection': {
      if (verb === 'deletecollection' && isStatus(lists)) return lists
      const bytes = await readBody(request)
      if (isStatus(bytes)) return bytes
      const decoded = decodeDeleteOptions(bytes, contentType)
      if (isStatus(decoded)) return decoded
      const body = decoded === undefined ? deleteBody(query) : decoded.value
      if (isStatus(body)) return body
      return {
        ...(body === undefined ? {} : { body }),
        options: verb === 'delete' || isStatus(lists) ? {} : lists.options,
      }
    }
  }
}
