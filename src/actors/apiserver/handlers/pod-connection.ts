import { badRequest, isStatus, notFound, serviceUnavailable, type Status } from '../../../kubernetes/status.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { admit, validate } from '../admission/ask.ts'
import { answerBody, refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { attributesOf, takenOptions, type Request } from '../request.ts'
import type { World } from '../world.ts'

/** Where the kubelet of a Pod's node finds what was asked for. */
interface Location {
  readonly nodeName: string
  readonly podName: string
  readonly podUid: string
  readonly container: string
}

/**
 * GET pods/<name>/log, and the connections exec, attach and portforward: says where to, for whoever carries the bytes.
 * `body.container` names the container.
 * Source: pkg/registry/core/pod/strategy.go, LogLocation, streamLocation, PortForwardLocation (v1.36).
 */
export function* connectToPod(request: Request, world: World): Procedure<Answer> {
  const { row, namespace, name, subresource } = request
  const refused = subresource === 'log' ? undefined : yield* admitConnection(request, world)
  if (refused !== undefined) return refusal(refused)
  const found = yield* world.store.get(world.refTo(row.kind, namespace, name))
  if (isStatus(found)) return refusal(found)
  if (found === undefined) return refusal(notFound(row, name))
  const pod = found.object as Pod
  const container = subresource === 'portforward' ? '' : containerOf(pod, wantedContainer(request))
  if (isStatus(container)) return refusal(container)
  const { nodeName = '' } = pod.spec
  // A log that nobody has written yet is empty; there is nobody yet to run anything.
  if (nodeName === '' && subresource === 'log') return { code: NO_CONTENT, name }
  if (nodeName === '') return refusal(badRequest(`pod ${name} does not have a host assigned`))
  const location: Location = { nodeName, podName: name, podUid: pod.metadata.uid, container }
  return answerBody(200, name, location)
}

/** Before anything is looked up. Source: apiserver/pkg/endpoints/handlers/rest.go, ConnectResource (v1.36). */
function* admitConnection(request: Request, world: World): Procedure<Status | undefined> {
  const attributes = attributesOf(request, 'CONNECT', request.name, undefined)
  const admitted = yield* admit(takenOptions(request), attributes, request.answers, world)
  return isStatus(admitted) ? admitted : yield* validate(admitted, attributes, request.answers, world)
}

const NO_CONTENT = 204

const wantedContainer = ({ body }: Request): string => {
  const { container = '' } = (body ?? {}) as { readonly container?: string }
  return container
}

/** Source: strategy.go, validateContainer. */
const containerOf = ({ metadata, spec }: Pod, wanted: string): string | Status => {
  const { name } = metadata
  const { containers, initContainers = [], ephemeralContainers = [] } = spec
  if (wanted !== '') {
    const all = [...containers, ...initContainers, ...ephemeralContainers]
    return all.some((one) => one.name === wanted)
      ? wanted
      : badRequest(`container ${wanted} is not valid for pod ${name}`)
  }
  const [first, ...more] = containers
  if (first === undefined) return badRequest(`a container name must be specified for pod ${name}`)
  if (more.length === 0) return first.name
  const inits = initContainers.length === 0 ? '' : ` or one of the init containers: ${names(initContainers)}`
  return badRequest(`a container name must be specified for pod ${name}, choose one of: ${names(containers)}${inits}`)
}

const names = (containers: readonly { readonly name: string }[]): string =>
  `[${containers.map(({ name }) => name).join(' ')}]`

/**
 * Everything below pods|services|nodes/<[scheme:]name[:port]>/proxy: says where to.
 * Source: pkg/registry/core/pod/rest/subresources.go, ProxyREST.Connect; service/proxy.go; node/rest/proxy.go (v1.36).
 */
export function* connectToProxy(request: Request, world: World): Procedure<Answer> {
  const { row, namespace, name: asked } = request
  const target = proxyTarget(asked)
  if (target === undefined) return refusal(badRequest(`invalid ${row.singular} request ${JSON.stringify(asked)}`))
  const refused = yield* admitConnection(request, world)
  if (refused !== undefined) return refusal(refused)
  const found = yield* world.store.get(world.refTo(row.kind, namespace, target.name))
  if (isStatus(found)) return refusal(found)
  if (found === undefined) return refusal(notFound(row, target.name))
  const place = placeOf(row.kind, found.object, { ...target, asked }, world)
  return isStatus(place) ? refusal(place) : answerBody(200, target.name, { scheme: target.scheme, ...place })
}

interface ProxyTarget {
  readonly scheme: 'http' | 'https'
  readonly name: string
  readonly port: string
}

/** `https:web:8443` in its parts. Source: apimachinery/pkg/util/net/port_split.go, SplitSchemeNamePort. */
const proxyTarget = (text: string): ProxyTarget | undefined => {
  const parts = text.split(':')
  const [scheme, name = '', port = ''] = parts.length < 3 ? ['', ...parts] : parts
  const isKnown = scheme === '' || scheme === 'http' || scheme === 'https'
  return parts.length > 3 || !isKnown || name === '' ? undefined : { scheme: scheme || 'http', name, port }
}

interface Place {
  readonly address: string
  readonly port: number
}

const placeOf = (
  kind: string,
  object: unknown,
  target: ProxyTarget & { readonly asked: string },
  world: World,
): Place | Status => {
  if (kind === 'Service') return endpointOf(object as Service, target, world)
  const port = Number(target.port)
  if (kind === 'Node') {
    const { addresses = [] } = (object as Node).status ?? {}
    return proxyable(addresses.find(({ type }) => type === 'InternalIP')?.address ?? '', port || KUBELET_PORT)
  }
  const { spec, status } = object as Pod
  const declared = spec.containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]?.containerPort
  return proxyable(status?.podIP ?? '', port || (declared ?? PORT_OF[target.scheme]))
}

const KUBELET_PORT = 10250
const PORT_OF = { http: 80, https: 443 } as const

/** Source: pkg/registry/core/service/storage/storage.go, ResourceLocation (v1.36). */
const endpointOf = (
  { metadata, spec }: Service,
  { port, asked }: ProxyTarget & { readonly asked: string },
  world: World,
): Place | Status => {
  const { namespace, name } = metadata
  let portName = port
  if (/^\d+$/.test(port)) {
    const found = spec.ports?.find((one) => one.port === Number(port))
    if (found === undefined) {
      return serviceUnavailable(`no service port ${port} found for service ${JSON.stringify(name)}`)
    }
    portName = found.name ?? ''
  }
  const slices = world.cache.view
    .list('EndpointSlice', namespace)
    .filter(({ metadata: { labels } }) => labels?.['kubernetes.io/service-name'] === name)
  const ready = slices.flatMap(({ endpoints = [], ports = [] }) =>
    (endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .map(({ addresses }) => ({ address: addresses[0] ?? '', ports: ports ?? [] })),
  )
  for (const { address, ports } of ready) {
    const found = ports.find((one) => (one.name ?? '') === portName)?.port
    if (found !== undefined && found !== null) return { address, port: found }
  }
  return serviceUnavailable(`no endpoints available for service ${JSON.stringify(ready.length === 0 ? name : asked)}`)
}

const proxyable = (address: string, port: number): Place | Status =>
  address === '' ? badRequest('address not allowed') : { address, port }
