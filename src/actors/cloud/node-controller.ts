import { defineController, type Controller } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import { askCloud } from './ask.ts'
import { setNetworkUnavailable } from './route-controller.ts'

/** Source: cloud-provider/api/well_known_taints.go, TaintExternalCloudProvider (v1.36). */
export const UNINITIALIZED = 'node.cloudprovider.kubernetes.io/uninitialized'

/** Source: cloud-provider/controllers/node/node_controller.go, getNodeModifiersFromCloudProvider, for clouds with routes. */
const NO_ROUTE = { status: 'True', reason: 'NoRouteCreated', message: 'Node created without a route' } as const

const isFresh = ({ spec }: Node): boolean => spec.taints?.some(({ key }) => key === UNINITIALIZED) === true

/**
 * Says of a new node what only the cloud knows: which instance it is, of what type and where. Until then nothing runs on it.
 * Abridged: addresses are as the kubelet says; nothing is looked at again later.
 * Source: cloud-provider/controllers/node/node_controller.go, syncNode (v1.36).
 */
export const cloudNodeController = (needsRoutes: boolean): Controller =>
  defineController({
    name: 'cloud-node-controller',
    kinds: ['Node'],
    workers: 1,
    memory: () => undefined,
    wakes: ({ name, after }) => (after === undefined || !isFresh(after as Node) ? [] : [name]),

    *reconcile(name, world): Sync {
      const node = world.view.get('Node', undefined, name)
      if (node === undefined || !isFresh(node)) return
      const { problem, instance } = yield* askCloud({ op: 'instance', name })
      if (problem !== undefined) return { retry: `failed to get instance metadata for node ${name}: ${problem}` }
      // Whoever is no instance of this cloud is the lifecycle controller's business.
      if (instance === undefined)
        return { retry: `failed to get instance metadata for node ${name}: instance not found` }
      if (needsRoutes) yield* setNetworkUnavailable(name, NO_ROUTE, world.now)
      const { id, type, zone, region } = instance
      const labels = {
        ...node.metadata.labels,
        'beta.kubernetes.io/instance-type': type,
        'node.kubernetes.io/instance-type': type,
        ...(zone === '' ? {} : { 'failure-domain.beta.kubernetes.io/zone': zone, 'topology.kubernetes.io/zone': zone }),
        ...(region === ''
          ? {}
          : { 'failure-domain.beta.kubernetes.io/region': region, 'topology.kubernetes.io/region': region }),
      }
      const taints = (node.spec.taints ?? []).filter(({ key }) => key !== UNINITIALIZED)
      const providerID = node.spec.providerID ?? `seatrial://${zone === '' ? '' : `${zone}/`}${id}`
      const body = { ...node, metadata: { ...node.metadata, labels }, spec: { ...node.spec, providerID, taints } }
      const answer = yield* call({ verb: 'update', kind: 'Node', name, body })
      if (!answer.ok) return { retry: answer.message }
      world.event('Node', answer.object ?? node, 'Normal', 'Synced', 'Node synced successfully')
    },
  })
