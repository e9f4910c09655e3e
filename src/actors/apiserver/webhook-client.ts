/** Calls webhooks, of whatever kind: where they are reached, and what the caller says when they are not. */
import type { WebhookClientConfig } from '../../kubernetes/types/admissionregistration.ts'
import { goQuote } from '../../kubernetes/validation/field-error.ts'
import type { View } from '../../kubernetes/view.ts'
import { callWebhook, type Procedure } from './procedure.ts'
import type { World } from './world.ts'

/** Where a webhook is reached, or why it is not. */
type Destination = { readonly url: string } | { readonly problem: string }

/** A webhook and how long it is waited for. */
export interface Callee {
  readonly clientConfig: WebhookClientConfig | undefined
  readonly timeoutSeconds: number
}

/** Calls a webhook, if anybody calls webhooks for this server; else nobody listens. A `problem` tells what went wrong as its caller would. */
export function* callOut(
  callee: Callee,
  review: object,
  world: World,
): Procedure<{ readonly review: unknown } | { readonly problem: string }> {
  const destination = destinationOf(callee, world.cache.view)
  if ('problem' in destination) return destination
  const { url } = destination
  if (!world.callsWebhooks && world.webhookAt(url) === undefined) return { problem: refusedConnection(url) }
  const { clientConfig, timeoutSeconds } = callee
  const reply = yield* callWebhook({
    url,
    timeoutSeconds,
    review,
    ...(clientConfig?.caBundle === undefined ? {} : { caBundle: clientConfig.caBundle }),
  })
  if (reply === undefined) return { problem: `Post ${goQuote(url)}: context deadline exceeded` }
  return reply.problem === undefined ? { review: reply.review } : { problem: reply.problem }
}

/** Source: apiserver/pkg/util/webhook/client.go, HookClient; pkg/proxy/util: a Service is resolved to its address (v1.36). */
function destinationOf({ clientConfig, timeoutSeconds }: Callee, view: View): Destination {
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
function refusedConnection(url: string): string {
  const { host, port } = addressOf(url)
  return `Post ${goQuote(url)}: dial tcp ${host}:${port}: connect: connection refused`
}

const addressOf = (url: string): { readonly host: string; readonly port: string } => {
  const authority = /^https?:\/\/([^/?#]*)/.exec(url)?.[1] ?? ''
  const [, host = authority, port = '443'] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? []
  return { host, port }
}
