import { createCluster, type Cluster, type CreateOptions } from '../cluster.ts'
import type { SchedulerSpec } from '../cluster/schedulers.ts'
import { inputsOf } from './inputs.ts'
import type { Recording } from '../events/recording.ts'

/**
 * Runs a recording's cluster again from its seed, options and inputs, to where the recording ends. The same version of
 * Seatrial gives the same log; another one may not, and the first divergence shows what changed.
 *
 * @param scheduler code of the plugins that its scheduler ran with, which no recording has; or how much is to be told
 */
export const reexecute = (
  { header, events }: Recording,
  scheduler: Pick<SchedulerSpec, 'plugins' | 'explain'> = {},
): Cluster => {
  const { seed } = header
  // Options were written by `recordingHeader`; what a later version does not know it ignores.
  const options = header.options as CreateOptions
  const changed = Object.keys(scheduler).length > 0
  const cluster = createCluster({
    ...options,
    ...{ seed, retain: 'all' },
    ...(changed ? { scheduler: { ...options.scheduler, ...scheduler } } : {}),
  })
  for (const input of inputsOf(events)) cluster.plan(input)
  const last = events.at(-1)
  if (last !== undefined) cluster.run(last.at - cluster.now)
  return cluster
}
