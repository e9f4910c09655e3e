import type { ApiObject } from '../../events/json.ts'
import { invariant } from '../../engine/invariant.ts'
import type { Draft } from '../../kubernetes/draft.ts'
import type { Kind, KindMap } from '../../kubernetes/kinds.ts'
import { kindRow } from '../../kubernetes/registry.ts'
import { isStatus, notFound } from '../../kubernetes/status.ts'
import type { Endpoint, EndpointSlice, Service } from '../../kubernetes/types/networking.ts'
import { SYSTEM_MASTERS, type User } from './authn.ts'
import { refusal, type Answer } from './answer.ts'
import type { BootstrapObject } from '../../kubernetes/rbac/bootstrap.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import { newUid } from '../../kubernetes/uid.ts'
import { createdByServer } from './registry/field-tracking.ts'
import { createObject } from './handlers/create.ts'
import type { Procedure } from './procedure.ts'
import { givenOf, type Request, type ServedRow } from './request.ts'
import type { World } from './world.ts'

const APISERVER: User = { name: 'system:apiserver', groups: [SYSTEM_MASTERS] }

/** Source: pkg/controlplane/controller/systemnamespaces/system_namespaces_controller.go. */
const NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default']
/** Source: pkg/apis/scheduling/v1/helpers.go. */
const PRIORITY_CLASSES = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
]

const ALREADY_EXISTS = 409

/**
 * Makes what every cluster has: the system's namespaces and priority classes, and the Service through which Pods reach the
 * API servers. What is there already, by this server's earlier start or by another server, stays.
 * Source: pkg/controlplane/instance.go, post-start hooks; pkg/controlplane/controller/kubernetesservice (v1.36).
 * Abridged: an address is published once and not withdrawn when its server is gone.
 */
export function* bootstrap(world: World, advertiseAddress: string | undefined): Procedure<Answer> {
  for (const name of NAMESPACES) {
    const answer = yield* ensure('Namespace', undefined, { metadata: { name } }, world)
    if (answer !== undefined) return answer
  }
  for (const { name, value, description } of PRIORITY_CLASSES) {
    const answer = yield* ensure('PriorityClass', undefined, { metadata: { name }, value, description }, world)
    if (answer !== undefined) return answer
  }
  const service = yield* ensure('Service', 'default', kubernetesService(world.addresses.range.first), world)
  if (service !== undefined) return service
  if (advertiseAddress === undefined) return DONE
  return (yield* publish(advertiseAddress, world)) ?? DONE
}

const DONE: Answer = { code: 200 }

/**
 * Writes a role or binding of the first policy unless it is there. Past admission: nothing there concerns it.
 * Source: pkg/registry/rbac/rest/storage_rbac.go, EnsureRBACPolicy (v1.36).
 * Abridged: what users have taken away from these objects is not put back at the next start.
 */
export function* ensurePolicy({ kind, metadata, ...content }: BootstrapObject, world: World): Procedure<Answer> {
  const { name, namespace } = metadata
  if (world.cache.view.get(kind, namespace, name) !== undefined) return DONE
  const uid = newUid(world.random)
  const object: ApiObject = {
    apiVersion: kindRow(kind).apiVersion,
    kind,
    metadata: { ...metadata, uid, resourceVersion: '', creationTimestamp: rfc3339(world.now) },
    ...content,
  }
  const written = yield* world.store.put(world.refTo(kind, namespace, name), createdByServer(object, world), 0)
  return isStatus(written) ? refusal(written) : DONE
}

/** Creates an object unless it is there; gives the answer that stands in the way. */
function* ensure<K extends Kind>(
  kind: K,
  namespace: string | undefined,
  content: Draft<KindMap[K]> & { readonly metadata: { readonly name: string } },
  world: World,
): Procedure<Answer | undefined> {
  const row = kindRow(kind)
  invariant(row.strategy !== undefined, `the API serves ${kind}`)
  if (world.cache.view.get(kind, namespace, content.metadata.name) !== undefined) return undefined
  const request: Request = {
    verb: 'create',
    row: row as ServedRow,
    user: APISERVER,
    namespace,
    name: '',
    subresource: '',
    patchType: undefined,
    body: undefined,
    options: {},
    answers: new Map(),
    warnings: new Set(),
  }
  const object: Draft<ApiObject> = { apiVersion: row.apiVersion, kind, ...content }
  const answer = yield* createObject(request, givenOf(object), world)
  return answer.code < 400 || answer.code === ALREADY_EXISTS ? undefined : answer
}

const kubernetesService = (clusterIP: string): Draft<Service> & { readonly metadata: { readonly name: string } } => ({
  metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    clusterIP,
    ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
    sessionAffinity: 'None',
    ipFamilyPolicy: 'SingleStack',
    type: 'ClusterIP',
  },
})

/** Adds this server to those that the Service leads to. */
function* publish(address: string, world: World): Procedure<Answer | undefined> {
  const created = yield* ensure('EndpointSlice', 'default', kubernetesEndpoints(address), world)
  if (created !== undefined) return created
  const ref = world.refTo('EndpointSlice', 'default', 'kubernetes')
  const updated = yield* world.store.guaranteedUpdate(ref, undefined, function* (stored) {
    if (stored === undefined) return notFound(ref.resource, ref.name)
    const slice = stored.object as EndpointSlice
    const endpoints = slice.endpoints ?? []
    if (endpoints.some(({ addresses }) => addresses.includes(address))) return slice
    return { ...slice, endpoints: [...endpoints, endpointOf(address)] }
  })
  return isStatus(updated) ? refusal(updated) : undefined
}

const endpointOf = (address: string): Endpoint => ({ addresses: [address], conditions: { ready: true } })

const kubernetesEndpoints = (address: string): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: 'kubernetes',
    uid: '',
    resourceVersion: '',
    creationTimestamp: '',
    labels: { 'kubernetes.io/service-name': 'kubernetes' },
  },
  addressType: 'IPv4',
  endpoints: [endpointOf(address)],
  ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
})
