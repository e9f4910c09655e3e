import { badRequest, isStatus, notFound, serviceUnavailable, type Status } from '../../../kubernetes/status.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { answerBody, refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import type { Request } from '../request.ts'
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
 * Everything below pods|services|nodes/<name>/proxy: says where to.
 * Source: pkg/registry/core/pod/rest/subresources.go, ProxyREST.Connect; service/proxy.go; node/rest/proxy.go (v1.36).
 */
export function* connectToProxy(request: Request, world: World): Procedure<Answer> {
  const { row, namespace, name } = request
  const found = yield* world.store.get(world.refTo(row.kind, namespace, name))
  if (isStatus(found)) return refusal(found)
  if (found === undefined) return refusal(notFound(row, name))
  const address = addressOf(row.kind, found.object, world)
  return isStatus(address) ? refusal(address) : answerBody(200, name, { address })
}

const addressOf = (kind: string, object: unknown, world: World): string | Status => {
  if (kind === 'Pod') return proxyable((object as Pod).status?.podIP ?? '')
  if (kind === 'Node') {
    const { addresses = [] } = (object as Node).status ?? {}
    return proxyable(addresses.find(({ type }) => type === 'InternalIP')?.address ?? '')
  }
  const { namespace, name } = (object as Service).metadata
  const slices = world.cache.view
    .list('EndpointSlice', namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
  for (const { endpoints } of slices) {
    const ready = endpoints?.find(({ conditions }) => conditions?.ready !== false)
    if (ready?.addresses[0] !== undefined) return ready.addresses[0]
  }
  return serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`)
}

const proxyable = (address: string): string | Status => (address === '' ? badRequest('address not allowed') : address)
