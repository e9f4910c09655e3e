/** A request for a resource: carried to an API server, its answer carried back. */
import { listedAt } from '../actors/apiserver/cache/page.ts'
import { listOptionsProblem } from '../actors/apiserver/handlers/list-options.ts'
import type { Cluster } from '../cluster.ts'
import type { ApiObject } from '../events/json.ts'
import { isStatus, methodNotAllowed, noSuchPath, notFound, type Status } from '../kubernetes/status.ts'
import type { ApiAnswer, ApiBridge, ApiRequest } from './api-bridge.ts'
import type { ServedApi } from './discovery/served-api.ts'
import type { Caller } from './identity.ts'
import type { Accepted } from './media-types.ts'
import { acceptedFor } from './negotiation.ts'
import { listParameters } from './parameters.ts'
import { UNAVAILABLE_TEXT } from './path-handler.ts'
import type { Reply } from './reply.ts'
import { showList, showObject, type Form } from './representation.ts'
import type { RequestPath, ResourcePath } from './request-info.ts'
import { partsOf } from './request-parts.ts'
import { addressOf, isConnection, ofOne, type ResourceRequest } from './resource-request.ts'
import { takesName, targetOf, verbOf, type ResourceTarget } from './resources.ts'
import type { PodConnections } from './streams/pod-connections.ts'
import { includedObject, tableProblem } from './table-options.ts'
import { strictProblem, withProblem } from './undecoded.ts'
import type { WatchStreams } from './watch-streams.ts'
import { wallTime } from './wall-time.ts'

const NO_CONTENT = 204
const BAD_REQUEST = 400

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
const NO_SUCH_GROUP = { code: 404, text: '404 page not found\n' } as const

interface PlainText {
  readonly code: number
  readonly text: string
}

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
      const problem = tableProblem(accepted, query)
      if (problem !== undefined) return this.refuse(problem, caller, reply)
      return this.watches.open(request, path.watch ? ofOne(lists, path.name) : lists, reply)
    }
    if (verb === 'list' && !isStatus(lists)) {
      const problem = listOptionsProblem({ ...lists.options, sendInitialEvents: lists.sendInitialEvents })
      if (problem !== undefined) return this.refuse(problem, caller, reply)
    }
    const parts = await partsOf(request, lists, reply)
    if (isStatus(parts)) return this.refuse(parts, caller, reply)
    const { warnings = [], malformed, refusals = [], ...data } = parts
    if (refusals.length > 0) {
      const tried = await this.bridge.ask({
        ...addressOf(request),
        verb,
        ...data,
        options: { ...data.options, dryRun: true },
      })
      if (tried === undefined) return reply.cut()
      return this.refuse(strictProblem(target, refusals, tried), caller, reply)
    }
    const answer = await this.bridge.ask({ ...addressOf(request), verb, ...data })
    if (answer === undefined) return reply.cut()
    reply.warn([...deprecationOf(target), ...warnings, ...(answer.warnings ?? [])])
    return this.answer(request, malformed === undefined ? answer : withProblem(answer, malformed), reply)
  }

  /** A server that is asked for what makes no sense tells first that its caller may not ask it. */
  private async refuse(why: Status | PlainText, caller: Caller, reply: Reply): Promise<void> {
    const { method = '', url = '' } = reply.request
    const verb = VERB_OF_METHOD[method] ?? 'get'
    const answer = await this.bridge.ask({ verb, kind: '', user: '', caller, path: pathOf(url) })
    if (answer === undefined) return reply.cut()
    if (isStatus(answer.status)) return reply.status(answer.status)
    return 'text' in why ? reply.text(why.code, why.text) : reply.status(why)
  }

  private nothingAt({ group, version, resource, name, subresource }: ResourcePath): Status | PlainText {
    if (this.api.isUnavailable(group, version)) return { code: 503, text: UNAVAILABLE_TEXT }
    const fact = this.api.resource(group, version, resource)
    // Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, ServeHTTP.
    if (fact?.custom !== undefined && subresource !== undefined) return notFound(fact, name ?? '')
    return this.api.isBuiltIn(group) ? noSuchPath() : NO_SUCH_GROUP
  }

  private formOf(accepted: Accepted, query: URLSearchParams): Form {
    return { ...accepted, includeObject: includedObject(query), now: wallTime(this.cluster) }
  }

  private answer(request: ResourceRequest, answer: ApiAnswer, reply: Reply): void | Promise<void> {
    const { target, form, query } = request
    const problem = answer.code < BAD_REQUEST ? tableProblem(form, query) : undefined
    if (problem !== undefined) return reply.status(problem)
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
    const page =
      answer.objects === undefined
        ? listedAt(this.cluster.history.at(revision), row, text, revision)
        : { items: answer.objects as readonly ApiObject[] }
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
