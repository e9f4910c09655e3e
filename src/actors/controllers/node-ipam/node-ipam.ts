import { defineController } from '../../../engine/client/controller.ts'
import type { ApiFailure } from '../../../engine/client/api-client.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import { nameOnly } from '../shared/references.ts'
import { SubnetPool } from './subnet-pool.ts'

/** Source: pkg/controller/nodeipam/ipam/cidr_allocator.go, cidrUpdateRetries. */
const TRIES = 3

/**
 * Gives every node a range of Pod addresses. What it gave it learns from the node: who changes the node meanwhile makes it try
 * another range, which the API refuses.
 * Source: pkg/controller/nodeipam/ipam/range_allocator.go (v1.36). Abridged: one address family.
 */
export const nodeIpamController = defineController<SubnetPool>({
  name: 'node-ipam-controller',
  account: 'node-controller',
  asks: 'when built',
  component: 'cidrAllocator',
  kinds: ['Node'],
  workers: 30,
  memory: () => new SubnetPool(),

  wakes({ name, before, after }, { memory: pool }) {
    if (after !== undefined) return [name]
    const podCIDR = (before as Node | undefined)?.spec.podCIDR
    if (podCIDR !== undefined) pool.release(podCIDR)
    return []
  },

  *reconcile(name, { view, memory: pool, event }): Sync {
    const node = view.get('Node', undefined, name)
    if (node === undefined) return
    if (node.spec.podCIDR !== undefined) return void pool.occupy(node.spec.podCIDR)
    const tell = (reason: string): void => {
      const about = nameOnly('v1', 'Node', name, undefined, node.metadata.uid)
      event('Node', about, 'Normal', reason, `Node ${name} status is now: ${reason}`)
    }
    const podCIDR = pool.allocate()
    if (podCIDR === undefined) {
      tell('CIDRNotAvailable')
      return { retry: 'CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range' }
    }
    const body = { spec: { podCIDR, podCIDRs: [podCIDR] } }
    let failure: ApiFailure | undefined
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const answer = yield* call({ verb: 'patch', kind: 'Node', name, patchType: 'strategic', body })
      if (answer.ok) return
      failure = answer
    }
    tell('CIDRAssignmentFailed')
    // After a time-out nobody knows whether the node has it.
    if (failure?.reason !== 'ServerTimeout') pool.release(podCIDR)
    return { retry: failure?.message ?? '' }
  },
})
