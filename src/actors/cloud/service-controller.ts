import { defineController, type Wake, type World } from '../../engine/client/controller.ts'
import { keyOf, splitKey } from '../../engine/client/keys.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import { minutes, seconds } from '../../events/time.ts'
import { sameJson } from '../../kubernetes/hash.ts'
import type { Service, ServiceStatus } from '../../kubernetes/types/networking.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Change, View } from '../../kubernetes/view.ts'
import { askCloud } from './ask.ts'

/** Source: cloud-provider/service/helpers/helper.go, LoadBalancerCleanupFinalizer (v1.36). */
const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'
const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler'

/** What each Service's balancer was made by, and the nodes behind it, by key. */
type Memory = Map<string, { readonly shape: string; readonly nodes: string }>

/**
 * Gives each Service of type LoadBalancer a balancer of the cloud, keeps the nodes behind it, and takes it away again.
 * Source: cloud-provider/controllers/service/controller.go, syncService, syncLoadBalancerIfNeeded, nodeSyncService (v1.36).
 */
export const serviceController = defineController<Memory>({
  name: 'service-controller',
  kinds: ['Service', 'Node'],
  workers: 1,
  memory: () => new Map(),
  // Source: controller.go, minRetryDelay and maxRetryDelay.
  queue: { base: seconds(5), max: minutes(5) },

  wakes: (change, world) => {
    const { view, memory } = world
    if (change.kind === 'Node') return nodeChanged(change as Change<Node>, view)
    const service = change.after as Service | undefined
    if (service !== undefined) {
      const news = newsOf(change.before as Service | undefined, service)
      if (news !== undefined) world.event('Service', service, 'Normal', news.reason, news.message)
      return wantsBalancer(service) || hasFinalizer(service) ? [keyOf(service)] : []
    }
    memory.delete(`${change.namespace ?? ''}/${change.name}`)
    return []
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const service = world.view.get('Service', namespace, name)
    if (service === undefined) return
    const isGone = service.metadata.deletionTimestamp !== undefined || !wantsBalancer(service)
    const problem = isGone ? yield* remove(key, service, world) : yield* ensure(key, service, world)
    if (problem === undefined) return
    world.event('Service', service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: ${problem}`)
    return { retry: problem }
  },
})

const wantsBalancer = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && spec.loadBalancerClass === undefined

interface News {
  readonly reason: string
  readonly message: string
}

/**
 * What is told of a change before anything is done about it: the first thing that is new, and nothing where that is one of
 * those that upstream takes in silence. Source: controller.go, needsUpdate.
 */
const newsOf = (before: Service | undefined, after: Service): News | undefined => {
  if (before === undefined || !(wantsBalancer(before) || wantsBalancer(after))) return undefined
  const [old, spec] = [before.spec, after.spec]
  if (wantsBalancer(before) !== wantsBalancer(after)) return fromTo('Type', old.type, spec.type)
  const [was, is] = [listText(old.loadBalancerSourceRanges), listText(spec.loadBalancerSourceRanges)]
  if (was !== is) return fromTo('LoadBalancerSourceRanges', was, is)
  if (!sameJson(silent(before), silent(after))) return undefined
  if (old.externalTrafficPolicy === spec.externalTrafficPolicy) return undefined
  return fromTo('ExternalTrafficPolicy', old.externalTrafficPolicy, spec.externalTrafficPolicy)
}

const fromTo = (reason: string, from = '', to = ''): News => ({ reason, message: `${from} -> ${to}` })

const listText = (list: readonly string[] = []): string => `[${list.join(' ')}]`

const silent = ({ metadata, spec }: Service): readonly unknown[] => [
  spec.ports ?? null,
  spec.sessionAffinity ?? null,
  spec.sessionAffinityConfig ?? null,
  spec.externalIPs ?? null,
  metadata.annotations ?? null,
]

/** What a balancer is made by: where it changes, the balancer is put right. Source: controller.go, needsUpdate. */
const shapeOf = (service: Service): string => {
  const { loadBalancerIP, loadBalancerSourceRanges, externalTrafficPolicy, healthCheckNodePort } = service.spec
  const own = [loadBalancerIP, loadBalancerSourceRanges, externalTrafficPolicy, healthCheckNodePort]
  return JSON.stringify([...silent(service), ...own.map((one) => one ?? null)])
}

const hasFinalizer = ({ metadata }: Service): boolean => metadata.finalizers?.includes(FINALIZER) === true

/** Source: cloud-provider/cloud.go, DefaultLoadBalancerName. */
const balancerName = ({ metadata }: Service): string => `a${metadata.uid.replaceAll('-', '')}`.slice(0, 32)

/** Source: controller.go, stableNodeSetPredicates. */
const takesTraffic = ({ metadata, spec }: Node): boolean =>
  metadata.deletionTimestamp === undefined &&
  (spec.providerID ?? '') !== '' &&
  metadata.labels?.[EXCLUDED] === undefined &&
  spec.taints?.some(({ key }) => key === TO_BE_DELETED) !== true

function* nodeChanged({ before, after }: Change<Node>, view: View): Generator<Wake> {
  const took = before !== undefined && takesTraffic(before)
  const takes = after !== undefined && takesTraffic(after)
  if (took === takes) return
  for (const service of view.list('Service')) if (wantsBalancer(service)) yield keyOf(service)
}

function* ensure(key: string, service: Service, world: World<Memory>): Sync<string | undefined> {
  const nodes = world.view
    .list('Node')
    .filter(takesTraffic)
    .map(({ metadata }) => metadata.name)
  const ports = (service.spec.ports ?? []).map(({ port }) => port)
  const wanted = { shape: shapeOf(service), nodes: nodes.join(',') }
  const { memory } = world
  const known = memory.get(key)
  const isShown = (service.status?.loadBalancer?.ingress ?? []).length > 0
  const isKnown = known?.shape === wanted.shape && isShown
  if (isKnown && known.nodes === wanted.nodes && hasFinalizer(service)) return undefined
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    world.event('Service', service, type, reason, message)
  const name = balancerName(service)
  if (isKnown) {
    const { problem } = yield* askCloud({ op: 'updateLoadBalancer', name, nodes, ports })
    if (problem !== undefined) return `failed to update load balancer hosts ${nodes.join(',')}: ${problem}`
    memory.set(key, wanted)
    tell('Normal', 'UpdatedLoadBalancer', 'Updated load balancer with new hosts')
    return undefined
  }
  tell('Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer')
  const guarded = yield* patch(service, withFinalizer(service))
  if (guarded !== undefined) return `failed to add load balancer cleanup finalizer: ${guarded}`
  if (nodes.length === 0) {
    tell('Warning', 'UnAvailableLoadBalancer', 'There are no available nodes for LoadBalancer')
  }
  const { problem, address } = yield* askCloud({ op: 'ensureLoadBalancer', name, nodes, ports })
  if (problem !== undefined || address === undefined)
    return `failed to ensure load balancer: ${problem ?? 'no address'}`
  const status: ServiceStatus = { loadBalancer: { ingress: [{ ip: address, ipMode: 'VIP' }] } }
  const shown = sameJson(service.status?.loadBalancer, status.loadBalancer)
    ? undefined
    : yield* patch(service, { status })
  if (shown !== undefined) return `failed to update load balancer status: ${shown}`
  memory.set(key, wanted)
  tell('Normal', 'EnsuredLoadBalancer', 'Ensured load balancer')
  return undefined
}

function* remove(key: string, service: Service, world: World<Memory>): Sync<string | undefined> {
  if (!hasFinalizer(service)) return undefined
  world.event('Service', service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer')
  const { problem } = yield* askCloud({ op: 'deleteLoadBalancer', name: balancerName(service) })
  if (problem !== undefined) return `failed to delete load balancer: ${problem}`
  world.memory.delete(key)
  const finalizers = (service.metadata.finalizers ?? []).filter((one) => one !== FINALIZER)
  const isEmpty = (service.status?.loadBalancer?.ingress ?? []).length === 0
  const cleared = isEmpty ? undefined : yield* patch(service, { status: { loadBalancer: null } })
  if (cleared !== undefined) return `failed to update load balancer status: ${cleared}`
  const freed = yield* patch(service, { metadata: { finalizers } })
  if (freed !== undefined) return `failed to remove load balancer cleanup finalizer: ${freed}`
  world.event('Service', service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer')
  return undefined
}

const withFinalizer = (service: Service): object | undefined =>
  hasFinalizer(service) ? undefined : { metadata: { finalizers: [...(service.metadata.finalizers ?? []), FINALIZER] } }

/** Gives why it could not. Source: cloud-provider/service/helpers/helper.go, PatchService: through the status. */
function* patch({ metadata }: Service, body: object | undefined): Sync<string | undefined> {
  if (body === undefined) return undefined
  const { namespace, name } = metadata
  const kind = 'Service'
  const answer = yield* call({ verb: 'patch', kind, namespace, name, subresource: 'status', patchType: 'merge', body })
  return answer.ok || answer.code === 404 ? undefined : answer.message
}
