import { defineController } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'

const ANNOTATION = 'node.alpha.kubernetes.io/ttl'
const WORKERS = 5

interface Boundary {
  readonly sizeMin: number
  readonly sizeMax: number
  readonly ttlSeconds: number
}

/** The bounds overlap, so that a cluster at one of them does not change its mind with every node. Source: ttl_controller.go, ttlBoundaries. */
const BOUNDARIES: readonly Boundary[] = [
  { sizeMin: 0, sizeMax: 100, ttlSeconds: 0 },
  { sizeMin: 90, sizeMax: 500, ttlSeconds: 15 },
  { sizeMin: 450, sizeMax: 1000, ttlSeconds: 30 },
  { sizeMin: 900, sizeMax: 2000, ttlSeconds: 60 },
]
const LARGEST: Boundary = { sizeMin: 1800, sizeMax: 0x7fffffff, ttlSeconds: 300 }

/** How many nodes there are, and which of the boundaries that puts the cluster in. */
interface Memory {
  nodes: number
  step: number
}

/**
 * Tells each kubelet, by an annotation of its node, how long it may believe a Secret or ConfigMap that it has read: the longer
 * the larger the cluster. A new size is told to a node when the node changes next, which it does with every status.
 * Source: pkg/controller/ttl/ttl_controller.go (v1.36).
 */
export const ttlController = defineController<Memory>({
  name: 'ttl-controller',
  kinds: ['Node'],
  workers: WORKERS,
  memory: () => ({ nodes: 0, step: 0 }),

  wakes: ({ name, before, after }, { memory }) => {
    const { sizeMin, sizeMax } = boundaryOf(memory)
    if (before === undefined && ++memory.nodes > sizeMax) memory.step++
    if (after === undefined && --memory.nodes < sizeMin) memory.step--
    return after === undefined || after.metadata.annotations?.[ANNOTATION] === ttlOf(memory) ? [] : [name]
  },

  *reconcile(name, world): Sync {
    const node = world.view.get('Node', undefined, name)
    const ttl = ttlOf(world.memory)
    if (node === undefined || node.metadata.annotations?.[ANNOTATION] === ttl) return
    const body = { metadata: { annotations: { [ANNOTATION]: ttl } } }
    const answer = yield* call({ verb: 'patch', kind: 'Node', name, patchType: 'strategic', body })
    if (!answer.ok) return { retry: answer.message }
  },
})

const boundaryOf = ({ step }: Memory): Boundary => BOUNDARIES[step] ?? LARGEST

const ttlOf = (memory: Memory): string => String(boundaryOf(memory).ttlSeconds)
