import { call, defineController, type Sync } from '../../../engine/client/controller.ts'
import { invariant } from '../../../engine/invariant.ts'
import type { Node } from '../../../kubernetes/types/node.ts'

/** Source: cmd/kube-controller-manager: --cluster-cidr as the recordings have it, --node-cidr-mask-size 24. */
const CLUSTER_CIDR_FIRST_OCTETS = '10.244'
/** A /16 holds this many /24; a larger cluster goes on in the next /16. */
const SUBNETS_PER_16 = 256

interface Memory {
  /** Which node holds which subnet. Rebuilt from the nodes' specs after a restart. */
  readonly byNode: Map<string, number>
  readonly taken: Set<number>
}

/**
 * Gives every node a range of Pod addresses.
 * Source: pkg/controller/nodeipam/ipam/range_allocator.go (v1.36). Abridged: one address family; ranges beyond 10.244/16
 * continue with 10.245/16.
 */
export const nodeIpamController = defineController<Memory>({
  name: 'node-ipam-controller',
  account: 'node-controller',
  component: 'cidrAllocator',
  kinds: ['Node'],
  workers: 30,
  memory: () => ({ byNode: new Map(), taken: new Set() }),

  wakes(change, { memory }) {
    const node = change.after as Node | undefined
    if (node !== undefined) {
      occupy(memory, change.name, node.spec.podCIDR)
      return node.spec.podCIDR === undefined ? [change.name] : []
    }
    const subnet = memory.byNode.get(change.name)
    memory.byNode.delete(change.name)
    if (subnet !== undefined) memory.taken.delete(subnet)
    return []
  },

  *reconcile(name, world): Sync {
    const node = world.view.get('Node', undefined, name)
    if (node === undefined || node.spec.podCIDR !== undefined) return
    const podCIDR = cidrOf(world.memory.byNode.get(name) ?? allocate(world.memory, name))
    const body = { spec: { podCIDR, podCIDRs: [podCIDR] } }
    const answer = yield* call({ verb: 'patch', kind: 'Node', name, patchType: 'strategic', body })
    if (!answer.ok && answer.code !== 404) return { retry: answer.message }
  },
})

const occupy = (memory: Memory, node: string, cidr: string | undefined): void => {
  if (cidr === undefined || memory.byNode.has(node)) return
  const subnet = subnetOf(cidr)
  if (subnet === undefined) return
  memory.byNode.set(node, subnet)
  memory.taken.add(subnet)
}

const allocate = (memory: Memory, node: string): number => {
  let subnet = 0
  while (memory.taken.has(subnet)) subnet++
  memory.taken.add(subnet)
  memory.byNode.set(node, subnet)
  return subnet
}

const [FIRST = 0, SECOND = 0] = CLUSTER_CIDR_FIRST_OCTETS.split('.').map(Number)

const cidrOf = (subnet: number): string => {
  const second = SECOND + Math.floor(subnet / SUBNETS_PER_16)
  invariant(second < 256, 'the cluster has addresses for its nodes')
  return `${FIRST}.${second}.${subnet % SUBNETS_PER_16}.0/24`
}

const subnetOf = (cidr: string): number | undefined => {
  const match = /^(\d+)\.(\d+)\.(\d+)\.0\/24$/.exec(cidr)
  if (match === null || Number(match[1]) !== FIRST) return undefined
  return (Number(match[2]) - SECOND) * SUBNETS_PER_16 + Number(match[3])
}
