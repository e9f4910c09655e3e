import type { Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import { defineController, type Wake, type World } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import { findCondition } from '../../kubernetes/conditions.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import { askCloud } from './ask.ts'

/** --route-reconciliation-period. Source: cloud-provider/config/v1alpha1/defaults.go (v1.36). */
const PERIOD: Micros = seconds(10)
/** Source: cloud-provider/controllers/route/route_controller.go, maxConcurrentRouteOperations. */
const WORKERS = 200

const LIST = 'list'
const NODE = 'node/'
const ROUTE = 'route/'

interface Memory {
  /** The node and range of each route, by its name, when they were last listed. */
  routes: ReadonlyMap<string, string>
}

/** A node has one range, so one route; its name follows from both. */
const routeName = ({ metadata, spec }: Node): string => `${metadata.uid}-${spec.podCIDR ?? ''}`.replace(/[./]/g, '-')
const purposeOf = (node: string, cidr: string): string => `${node} ${cidr}`

/**
 * Leads each node's range of Pod addresses to the node in the cloud's network, and says of a node without its route that its
 * network is not available. Looks every ten seconds at everything.
 * Source: cloud-provider/controllers/route/route_controller.go, reconcileNodeRoutes and reconcile (v1.36).
 * Abridged: Pods reach each other whatever routes there are; a node has one range.
 */
export const routeController = defineController<Memory>({
  name: 'node-route-controller',
  account: 'route-controller',
  component: 'route_controller',
  kinds: ['Node'],
  workers: WORKERS,
  memory: () => ({ routes: new Map() }),
  wakes: () => [],
  ticks: [{ name: LIST, every: PERIOD, run: (): readonly Wake[] => [LIST] }],
  // What failed is looked at again with everything else.
  maxRetries: 0,

  *reconcile(key, world): Sync {
    if (key === LIST) return yield* list(world)
    if (key.startsWith(ROUTE)) {
      yield* askCloud({ op: 'deleteRoute', name: key.slice(ROUTE.length) })
      return
    }
    const node = world.view.get('Node', undefined, key.slice(NODE.length))
    if (node !== undefined) yield* serve(node, world)
  },
})

function* list(world: World<Memory>): Sync {
  const { problem, routes = [] } = yield* askCloud({ op: 'routes', name: '' })
  if (problem !== undefined) return
  world.memory.routes = new Map(routes.map(({ name, node, cidr }) => [name, purposeOf(node, cidr)]))
  const wanted = new Set<string>()
  for (const node of world.view.list('Node')) {
    const { name } = node.metadata
    const { podCIDR = '' } = node.spec
    if (podCIDR === '') continue
    wanted.add(purposeOf(name, podCIDR))
    const isServed = conditionOf(node)?.status === 'False' && hasRoute(node, world)
    if (!isServed) world.wake(NODE + name)
  }
  for (const [name, purpose] of world.memory.routes) if (!wanted.has(purpose)) world.wake(ROUTE + name)
}

const conditionOf = ({ status }: Node): { readonly status: string } | undefined =>
  findCondition(status?.conditions, 'NetworkUnavailable')

const hasRoute = ({ metadata, spec }: Node, { memory }: World<Memory>): boolean => {
  const purpose = purposeOf(metadata.name, spec.podCIDR ?? '')
  for (const one of memory.routes.values()) if (one === purpose) return true
  return false
}

function* serve(node: Node, world: World<Memory>): Sync {
  const { name } = node.metadata
  const { podCIDR: cidr = '' } = node.spec
  if (!hasRoute(node, world)) {
    const started = world.monotonic
    const route = routeName(node)
    const { problem } = yield* askCloud({ op: 'createRoute', name: route, nodes: [name], cidr })
    if (problem !== undefined) {
      const took = `${Math.floor((world.monotonic - started) / 1_000)}ms`
      const message = `Could not create route ${node.metadata.uid} ${cidr} for node ${name} after ${took}: ${problem}`
      world.event('Node', node, 'Warning', 'FailedToCreateRoute', message)
      return yield* tell(node, false, world)
    }
  }
  yield* tell(node, true, world)
}

/** Source: route_controller.go, updateNetworkingCondition. */
function* tell(node: Node, hasIt: boolean, { now }: World<Memory>): Sync {
  const status = hasIt ? 'False' : 'True'
  if (conditionOf(node)?.status === status) return
  const words = hasIt
    ? { reason: 'RouteCreated', message: 'RouteController created a route' }
    : { reason: 'NoRouteCreated', message: 'RouteController failed to create a route' }
  yield* setNetworkUnavailable(node.metadata.name, { status, ...words }, now)
}

/** Source: cloud-provider/node/helpers/taints.go and component-helpers/node/util/conditions.go, SetNodeCondition. */
export function* setNetworkUnavailable(
  name: string,
  condition: { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string },
  now: Micros,
): Sync<boolean> {
  const at = rfc3339(now)
  const conditions = [{ type: 'NetworkUnavailable', ...condition, lastHeartbeatTime: at, lastTransitionTime: at }]
  const body = { status: { conditions } }
  const answer = yield* call({
    ...{ verb: 'patch', kind: 'Node', name, subresource: 'status', patchType: 'strategic', body },
  })
  return answer.ok
}
