/** What a request says besides its address: its body and its options. */
import { isStatus, undecodable, type Status } from '../kubernetes/status.ts'
import type { ApiRequest } from './api-bridge.ts'
import { decodeDeleteOptions, decodeObjectBody, decodePatch, patchTypeOf, readBody, type DecodedBody } from './body.ts'
import { deleteBody, writeOptions, type ApiOptions, type ListParameters } from './parameters.ts'
import { singleHeader, type Reply } from './reply.ts'
import { isConnection, type ResourceRequest } from './resource-request.ts'
import type { ResourceTarget } from './resources.ts'
import { connectOptions } from './streams/connect-options.ts'
import { logOptionsProblem } from './streams/log-options.ts'

export type Parts = Pick<ApiRequest, 'patchType' | 'body' | 'options'> & {
  readonly warnings?: readonly string[]
  /** Why a patch is no JSON. */
  readonly malformed?: string | undefined
  /** What a strict write is refused for: members that it gives twice. */
  readonly refusals?: readonly string[]
}

export const partsOf = async (
  { target, verb, query }: ResourceRequest,
  lists: ListParameters | Status,
  reply: Reply,
): Promise<Parts | Status> => {
  const { request } = reply
  const contentType = singleHeader(request, 'content-type')
  const userAgent = singleHeader(request, 'user-agent') ?? ''
  if (isConnection(target)) {
    const problem = target.subresource?.name === 'log' ? logOptionsProblem(target.name ?? '', query) : undefined
    if (problem !== undefined) return problem
    const told = connectOptions(target, query)
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
      const twice = options.fieldValidation === 'Strict' ? { refusals: decoded.duplicates?.refusals ?? [] } : {}
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

const warningsOf = ({ duplicates }: DecodedBody, { fieldValidation }: ApiOptions): readonly string[] =>
  fieldValidation === 'Warn' ? (duplicates?.warnings ?? []) : []

/** What is kept nowhere has no rules of its own for what it is not. Source: apiserver/pkg/endpoints/handlers/create.go. */
const foreignReview = ({ row, subresource, fact }: ResourceTarget, value: unknown): Status | undefined => {
  if (row !== undefined || subresource !== undefined || typeof value !== 'object' || value === null) return undefined
  const { kind, apiVersion } = value as { readonly kind?: unknown; readonly apiVersion?: unknown }
  if (typeof kind !== 'string' || typeof apiVersion !== 'string' || kind === fact.kind) return undefined
  const [group] = fact.group.split('.')
  const why = `converting (${apiVersion}.${kind}) to (${group ?? ''}.${fact.kind}): unknown conversion`
  return undecodable(apiVersion, kind, fact.kind, why)
}
