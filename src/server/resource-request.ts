/** A request for a resource, as far as its address and its caller say. */
import type { ApiRequest } from './api-bridge.ts'
import type { Caller } from './identity.ts'
import type { ListParameters } from './parameters.ts'
import type { Form } from './representation.ts'
import type { ResourceTarget, Verb } from './resources.ts'

export interface ResourceRequest {
  readonly target: ResourceTarget
  readonly verb: Verb
  readonly query: URLSearchParams
  readonly caller: Caller
  readonly form: Form
}

/** Subresources whose answer is a place to connect to. */
const CONNECTIONS: ReadonlySet<string> = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

export const isConnection = ({ subresource }: ResourceTarget): boolean =>
  subresource !== undefined && CONNECTIONS.has(subresource.name)

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

/** The old path `/watch/…/name` watches one object. */
export const ofOne = (lists: ListParameters, name: string | undefined): ListParameters =>
  name === undefined ? lists : { ...lists, options: { ...lists.options, fieldSelector: `metadata.name=${name}` } }
