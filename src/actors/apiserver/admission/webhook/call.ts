import type { Webhook } from '../../../../kubernetes/types/admissionregistration.ts'
import { goQuote } from '../../../../kubernetes/validation/field-error.ts'
import type { View } from '../../../../kubernetes/view.ts'
import type { ApiObject } from '../../../../events/json.ts'
import type { Status } from '../../../../kubernetes/status.ts'
import { callWebhook, type Procedure } from '../../procedure.ts'
import { newUid } from '../../registry/uid.ts'
import type { World } from '../../world.ts'
import type { Attributes } from '../admission.ts'
import { requestOf } from '../policy/variables.ts'

const DEFAULT_TIMEOUT_SECONDS = 10

/** Where a webhook is reached, or why it is not. */
export type Destination = { readonly url: string } | { readonly problem: string }

/** Source: apiserver/pkg/util/webhook/client.go, HookClient; pkg/proxy/util: a Service is resolved to its address (v1.36). */
export function destinationOf(
  { clientConfig, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: Webhook,
  view: View,
): Destination {
  const query = `?timeout=${timeoutSeconds}s`
  if (clientConfig?.url !== undefined) return { url: clientConfig.url + query }
  const service = clientConfig?.service
  if (service === undefined) return { problem: 'webhook configuration must have either service or URL' }
  const { namespace, name, path = '', port = 443 } = service
  const url = `https://${name}.${namespace}.svc:${port}${path.startsWith('/') || path === '' ? path : `/${path}`}${query}`
  const found = view.get('Service', namespace, name)
  if (found === undefined) return { problem: `Post ${goQuote(url)}: service ${goQuote(name)} not found` }
  const hasEndpoints = view
    .list('EndpointSlice', namespace)
    .some(
      ({ metadata, endpoints }) =>
        metadata.labels?.['kubernetes.io/service-name'] === name &&
        (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false),
    )
  if (!hasEndpoints) return { problem: `Post ${goQuote(url)}: no endpoints available for service ${goQuote(name)}` }
  return { url }
}

/** As a dial to an address where nobody listens fails. */
export function refusedConnection(url: string): string {
  const { host, port } = addressOf(url)
  return `Post ${goQuote(url)}: dial tcp ${host}:${port}: connect: connection refused`
}

const addressOf = (url: string): { readonly host: string; readonly port: string } => {
  const authority = /^https?:\/\/([^/?#]*)/.exec(url)?.[1] ?? ''
  const [, host = authority, port = '443'] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? []
  return { host, port }
}

/** What a webhook answers. Source: api/admission/v1/types.go, AdmissionResponse. */
export interface AdmissionResponse {
  readonly uid?: string
  readonly allowed?: boolean
  readonly status?: Partial<Status>
  /** A JSON patch in base64. */
  readonly patch?: string
  readonly patchType?: string
  readonly warnings?: readonly string[]
}

/** Calls a webhook, if anybody calls webhooks for this server; else nobody listens. A `problem` tells what went wrong as its caller would. */
export function* callOne(
  webhook: Webhook,
  object: ApiObject,
  attributes: Attributes,
  world: World,
  patches: boolean,
): Procedure<AdmissionResponse | { readonly problem: string }> {
  const destination = destinationOf(webhook, world.cache.view)
  if ('problem' in destination) return uncalled(destination.problem)
  const { url } = destination
  if (!world.callsWebhooks && world.webhookAt(url) === undefined) return uncalled(refusedConnection(url))
  const uid = newUid(world.random)
  const isDelete = attributes.operation === 'DELETE'
  const request = {
    uid,
    ...requestOf(attributes),
    object: isDelete ? null : object,
    oldObject: isDelete ? object : (attributes.old ?? null),
  }
  const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, clientConfig } = webhook
  const reply = yield* callWebhook({
    url,
    timeoutSeconds,
    review: { ...REVIEW, request },
    ...(clientConfig?.caBundle === undefined ? {} : { caBundle: clientConfig.caBundle }),
  })
  if (reply === undefined) return uncalled(`Post ${goQuote(url)}: context deadline exceeded`)
  if (reply.problem !== undefined) return uncalled(reply.problem)
  const answered = reply.review as Review
  const problem = problemOf(answered, uid, patches)
  return problem === undefined
    ? (answered.response ?? {})
    : { problem: `received invalid webhook response: ${problem}` }
}

const uncalled = (why: string): { readonly problem: string } => ({ problem: `failed to call webhook: ${why}` })

interface Review {
  readonly apiVersion?: string
  readonly kind?: string
  readonly response?: AdmissionResponse
}

const REVIEW = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }

/** Source: apiserver/pkg/admission/plugin/webhook/request/admissionreview.go, VerifyAdmissionResponse (v1.36). */
const problemOf = (
  { apiVersion = '', kind = '', response }: Review,
  uid: string,
  patches: boolean,
): string | undefined => {
  if (response === undefined) return 'webhook response was absent'
  if (response.uid !== uid) return `expected response.uid=${goQuote(uid)}, got ${goQuote(response.uid ?? '')}`
  if (apiVersion !== REVIEW.apiVersion || kind !== REVIEW.kind) {
    const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
    return `expected webhook response of ${REVIEW.apiVersion}, Kind=${REVIEW.kind}, got ${version}, Kind=${kind}`
  }
  const { patch = '', patchType } = response
  if (!patches || (patch === '' && patchType === undefined)) return undefined
  if (patch === '') return 'webhook returned response.patchType but not response.patch'
  if (patchType === undefined) return 'webhook returned response.patch but not response.patchType'
  return patchType === 'JSONPatch' ? undefined : `webhook returned invalid response.patchType of ${goQuote(patchType)}`
}
