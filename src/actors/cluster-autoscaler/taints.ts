import type { World } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import type { Micros } from '../../events/envelope.ts'
import { EPOCH_SECONDS } from '../../kubernetes/time.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import type { Taint } from '../../kubernetes/types/scheduling.ts'

/** Source: cluster-autoscaler/utils/taints/taints.go, ToBeDeletedTaint and DeletionCandidateTaint (v1.36). */
export const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler'
export const DELETION_CANDIDATE = 'DeletionCandidateOfClusterAutoscaler'

/** Source: taints.go, maxRetryDeadline and conflictRetryInterval: tried again for a few seconds. */
const TRIES = 5

const EFFECTS = { [TO_BE_DELETED]: 'NoSchedule', [DELETION_CANDIDATE]: 'PreferNoSchedule' } as const

export type OwnTaint = keyof typeof EFFECTS

export const isTainted = ({ spec }: Node, key: OwnTaint): boolean =>
  spec.taints?.some((taint) => taint.key === key) === true

/** Puts a taint on a node, its value the time in seconds; gives why it could not. */
export const addTaint = (name: string, key: OwnTaint, world: World): Sync<string | undefined> =>
  change(name, world, (taints) => {
    if (taints.some((taint) => taint.key === key)) return undefined
    const value = String(EPOCH_SECONDS + Math.floor((world.now as Micros) / 1_000_000))
    return [...taints, { key, value, effect: EFFECTS[key] }]
  })

export const removeTaints = (name: string, keys: readonly OwnTaint[], world: World): Sync<string | undefined> =>
  change(name, world, (taints) => {
    const left = taints.filter(({ key }) => !keys.some((own) => own === key))
    return left.length === taints.length ? undefined : left
  })

function* change(
  name: string,
  world: World,
  changed: (taints: readonly Taint[]) => readonly Taint[] | undefined,
): Sync<string | undefined> {
  let node = world.view.get('Node', undefined, name)
  let problem = `node ${name} not found`
  for (let tries = 0; tries < TRIES && node !== undefined; tries++) {
    const taints = changed(node.spec.taints ?? [])
    if (taints === undefined) return undefined
    const body = { ...node, spec: { ...node.spec, taints } }
    const answer = yield* call({ verb: 'update', kind: 'Node', name, body })
    if (answer.ok) return undefined
    problem = answer.message
    if (answer.code !== 409) return problem
    const fresh = yield* call({ verb: 'get', kind: 'Node', name })
    node = fresh.ok ? fresh.object : undefined
  }
  return problem
}
