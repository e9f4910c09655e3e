import { formatFault, type PlannedFault } from '../../src/chaos/fault-script.ts'
import { createCluster, type Cluster, type CreateOptions } from '../../src/cluster.ts'
import { minutes, seconds } from '../../src/events/time.ts'
import { STORM_ENDS } from '../arbitraries/storms.ts'
import type { Workload } from '../arbitraries/workloads.ts'

/** One run of a property: a workload on a cluster in a storm. */
export interface Trial {
  readonly options: CreateOptions
  readonly workload: Workload
  readonly storm: readonly PlannedFault[]
}

/** How long after the last fault has ended everything must be as asked: a dead node's way back, and one stuck rollout. */
export const CONVERGES_WITHIN = minutes(15)

/** Runs a trial to the end of its storm. */
export const runTrial = ({ options, workload, storm }: Trial): Cluster => {
  const cluster = createCluster(options)
  for (const { fault, at, for: duration } of storm) cluster.inject(fault, { at, for: duration })
  cluster.run(seconds(20))
  cluster.apply(workload.objects)
  cluster.run(STORM_ENDS - cluster.now)
  cluster.heal()
  return cluster
}

/** The command that shows the trial again. */
export const reproduction = ({ options, workload, storm }: Trial): string => {
  const manifest = workload.objects.map((object) => JSON.stringify(object)).join('\n---\n')
  const flags = [
    `--seed ${options.seed}`,
    `--nodes ${typeof options.nodes === 'number' ? options.nodes : 3}`,
    `--control-plane ${options.controlPlane ?? 1}`,
    '--for 20m',
    ...storm.map((fault) => `--fault '${formatFault(fault)}'`),
  ]
  return `npx seatrial run -f - ${flags.join(' ')} <<'END'\n${manifest}\nEND`
}
