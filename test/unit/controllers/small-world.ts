/**
 * A small world for one controller: objects, a kubelet of a few lines, and every way in which the controller can be out of
 * step with them for a while: a kind of which it sees nothing new, a restart, both.
 */
import type { Controller } from '../../../src/engine/client/controller.ts'
import { seconds } from '../../../src/events/time.ts'
import type { Kind } from '../../../src/kubernetes/kinds.ts'
import { isReady } from '../../../src/kubernetes/pods.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import { controllerBench, type ControllerBench, type Given } from '../../support/controller-bench.ts'

export interface SmallWorld {
  readonly controller: () => Controller
  readonly kinds: readonly Kind[]
  readonly given: readonly Given[]
  /** What happens meanwhile, by second. */
  readonly inputs?: Readonly<Record<number, (bench: ControllerBench) => void>>
  /** How a Pod goes on, once a second. Default: it becomes ready. */
  readonly kubelet?: (pod: Pod, bench: ControllerBench) => void
  /** What holds every second. */
  readonly always: (bench: ControllerBench) => void
  /** What is true in the end. */
  readonly finally: (bench: ControllerBench) => void
  readonly rounds: number
}

/** The controller sees nothing new of a kind for some seconds; or it begins again without memory. */
export interface Disturbance {
  readonly from: number
  readonly stalls?: Kind
  readonly for?: number
  readonly restarts?: boolean
}

/** Each kind stalled from each second on for one second and for four, a restart in each second, and both. */
export const disturbances = ({ kinds, rounds }: Pick<SmallWorld, 'kinds' | 'rounds'>): readonly Disturbance[] => {
  const all: Disturbance[] = [{ from: rounds + 1 }]
  for (let from = 0; from < rounds / 2; from++) {
    all.push({ from, restarts: true })
    for (const stalls of kinds) for (const length of [1, 4]) all.push({ from, stalls, for: length })
  }
  return all
}

export const describeDisturbance = ({ from, stalls, for: length, restarts = false }: Disturbance): string =>
  `second ${from}:${restarts ? ' restart' : ''}${stalls === undefined ? '' : ` no news of ${stalls} for ${length} s`}`

export const live = (world: SmallWorld, disturbance: Disturbance): ControllerBench => {
  let bench = controllerBench(world.controller())
    .given(...world.given)
    .show()
  for (let round = 0; round < world.rounds; round++) {
    world.inputs?.[round]?.(bench)
    if (round === disturbance.from && disturbance.restarts === true) bench = restarted(bench, world)
    if (round === disturbance.from && disturbance.stalls !== undefined) bench.stall(disturbance.stalls)
    if (round === disturbance.from + (disturbance.for ?? 0) && disturbance.stalls !== undefined)
      bench.flow(disturbance.stalls)
    bench.show().run(seconds(1))
    for (const pod of bench.list('Pod')) (world.kubelet ?? becomesReady)(pod, bench)
    world.always(bench)
  }
  world.finally(bench)
  return bench
}

/** Another run of the program over the same objects. */
const restarted = (bench: ControllerBench, { controller }: SmallWorld): ControllerBench => {
  const next = controllerBench(controller()).run(bench.now)
  for (const kind of ALL) next.given(...bench.list(kind))
  return next
}

const ALL: readonly Kind[] = [
  ...(['Node', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ReplicationController'] as const),
  ...(['ControllerRevision', 'PersistentVolumeClaim', 'Pod'] as const),
]

/** A Pod that is on its way out goes, if nothing holds it; any other is bound to its node and ready. */
export const becomesReady = (pod: Pod, bench: ControllerBench): void => {
  const { namespace, name, deletionTimestamp, finalizers = [] } = pod.metadata
  if (deletionTimestamp !== undefined) {
    if (finalizers.length === 0) bench.remove('Pod', namespace, name)
  } else if (!isReady(pod)) {
    bench.change('Pod', namespace, name, (before) => withPhase(before, 'Running', bench))
  }
}

/** So often a second passes, then each Pod goes on. */
export const round = (bench: ControllerBench, times = 1): ControllerBench => {
  for (let i = 0; i < times; i++) {
    bench.show().run(seconds(1))
    for (const pod of bench.list('Pod')) becomesReady(pod, bench)
  }
  return bench
}

/** All has come to rest, and what was written till then is not looked at. */
export const settled = (bench: ControllerBench): ControllerBench => {
  round(bench, 20).takeLines()
  return bench
}

export const withPhase = (pod: Pod, phase: 'Running' | 'Succeeded' | 'Failed', bench: ControllerBench): Pod => ({
  ...pod,
  spec: { ...pod.spec, nodeName: nodeOf(pod) },
  status: {
    phase,
    conditions: [
      { type: 'Ready', status: phase === 'Running' ? 'True' : 'False', lastTransitionTime: rfc3339(bench.now) },
    ],
  },
})

const nodeOf = ({ spec }: Pod): string => {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return spec.nodeName ?? terms[0]?.matchFields?.[0]?.values?.[0] ?? 'node-1'
}
