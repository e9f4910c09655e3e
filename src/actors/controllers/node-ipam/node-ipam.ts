import { defineController } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import { nameOnly } from '../shared/references.ts'
import { SubnetPool } from './subnet-pool.ts'

/** Source: pkg/controller/nodeipam/ipam/cidr_allocator.go, cidrUpdateRetries. */
const TRIES = 3

interface Memory {
  readonly pool: SubnetPool
  /** Which node holds which subnet. Rebuilt from the nodes' specs after a restart. */
  readonly byNode: Map<string, string>
}

/**
 * Gives every node a range of Pod addresses.
 * Source: pkg/controller/nodeipam/ipam/range_allocator.go (v1.36). Abridged: one address family.
 */
export const nodeIpamController = defineController<Memory>({
  name: 'node-ipam-controller',
  account: 'node-controller',
  asks: 'when built',
  component: 'cidrAllocator',
  kinds: ['Node'],
  workers: 30,
  memory: () => ({ pool: new SubnetPool(), byNode: new Map() }),

  wakes(change, { memory: { pool, byNode } }) {
    const podCIDR = (change.after as Node | undefined)?.spec.podCIDR
    const held = byNode.get(change.name)
    if (change.after === undefined) {
      if (held !== undefined) pool.release(held)
      byNode.delete(change.name)
      return []
    }
    if (podCIDR === undefined) return [change.name]
    if (held === undefined && pool.occupy(podCIDR)) byNode.set(change.name, podCIDR)
    return []
  },

  *reconcile(name, { view, memory: { pool, byNode }, event }): Sync {
    const node = view.get('Node', undefined, name)
    if (node === undefined || node.spec.podCIDR !== undefined) return
    const podCIDR = byNode.get(name) ?? pool.allocate()
    if (podCIDR === undefined) {
      const why = `Node ${name} status is now: CIDRNotAvailable`
      event('Node', nameOnly('v1', 'Node', name, undefined, node.metadata.uid), 'Normal', 'CIDRNotAvailable', why)
      return { retry: 'CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range' }
    }
    byNode.set(name, podCIDR)
    const body = { spec: { podCIDR, podCIDRs: [podCIDR] } }
    let failure = ''
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const answer = yield* call({ verb: 'patch', kind: 'Node', name, patchType: 'strategic', body })
      if (answer.ok || answer.code === 404) return
      failure = answer.message
    }
    return { retry: failure }
  },
})
