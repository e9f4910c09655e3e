import { createCluster, type Cluster, type CreateOptions } from '../cluster.ts'
import { inputsOf } from './inputs.ts'
import type { Recording } from '../events/recording.ts'

/**
 * Runs a recording's cluster again from its seed, options and inputs, to where the recording ends. The same version of
 * Seatrial gives the same log; another one may not, and the first divergence shows what changed.
 */
export const reexecute = ({ header, events }: Recording): Cluster => {
  const { seed } = header
  // Options were written by `recordingHeader`; what a later version does not know it ignores.
  const cluster = createCluster({ ...(header.options as CreateOptions), seed, retain: 'all' })
  for (const input of inputsOf(events)) cluster.plan(input)
  const last = events.at(-1)
  if (last !== undefined) cluster.run(last.at - cluster.now)
  return cluster
}
