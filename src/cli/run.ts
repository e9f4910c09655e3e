import { either as E } from 'fp-ts'
import { toStderr, toStdout } from './colours.ts'
import { nodesReady } from '../cluster/nodes-ready.ts'
import { formatDuration } from '../chaos/duration.ts'
import { describeFault } from '../cluster/fault.ts'
import { formatFault, parseFault, type PlannedFault } from '../chaos/fault-script.ts'
import { createCluster, type Cluster } from '../cluster.ts'
import type { Micros } from '../events/envelope.ts'
import { seconds } from '../events/time.ts'
import { isReady } from '../kubernetes/pods.ts'
import { renderTimeline } from '../projections/timeline.ts'
import { autoscaling, type AutoscalingOptions } from './autoscaling.ts'
import { BadInput, CONVERGED, NOT_CONVERGED } from './exit-codes.ts'
import { readManifests, servedOf } from './manifests.ts'
import { readSchedulerConfig } from './scheduler-config.ts'
import { createProgress } from './progress.ts'
import { endStates, lastWarnings } from './end-states.ts'
import { openRecorder } from './recorder.ts'

export interface RunOptions {
  readonly files: readonly string[]
  readonly nodes: number
  readonly controlPlane: 1 | 2 | 3
  readonly duration: Micros
  readonly seed: number
  readonly faults: readonly string[]
  readonly record?: string
  /** File with a KubeSchedulerConfiguration. */
  readonly schedulerConfig?: string
  readonly autoscaling: AutoscalingOptions
  readonly json: boolean
  readonly serverSide: boolean
}

/** A virtual second at a time, so that progress can be seen. */
const SLICE: Micros = seconds(1)
/** The control plane's time to come up before the manifests are applied. */
const BOOT_WITHIN: Micros = seconds(60)

/** `seatrial run`: manifests in virtual time, with faults. Gives the exit code. @throws BadInput */
export const run = (options: RunOptions): number => {
  if (options.files.length === 0) throw new BadInput(['there is nothing to run: give manifests with -f'])
  const autoscalers = autoscaling(options.autoscaling)
  const manifests = readManifests(options.files, autoscalers.addons)
  const faults = parseFaults(options.faults)
  warnOfLateFaults(faults, options.duration)
  const objects = servedOf(manifests)

  const { seed, nodes, controlPlane, schedulerConfig } = options
  const scheduler = schedulerConfig === undefined ? {} : { scheduler: readSchedulerConfig(schedulerConfig) }
  const given = { seed, nodes, controlPlane, ...scheduler, ...autoscalers }
  const recorder = options.record === undefined ? undefined : openRecorder(options.record, given)
  const started = Date.now()
  const cluster = createCluster({ ...given, sinks: recorder === undefined ? [] : [recorder.sink] })
  planFaults(cluster, faults)
  cluster.runUntil(nodesReady, { within: Math.min(BOOT_WITHIN, options.duration) })
  cluster.apply(objects, { serverSide: options.serverSide })
  advance(cluster, options.duration, !options.json)
  recorder?.close(cluster)

  const unsettled = cluster.unsettled()
  if (options.json) process.stdout.write(`${JSON.stringify(summary(cluster, faults, unsettled, started))}\n`)
  else report(cluster, unsettled, started)
  return unsettled.length === 0 ? CONVERGED : NOT_CONVERGED
}

const parseFaults = (texts: readonly string[]): readonly PlannedFault[] => {
  const parsed = texts.map(parseFault)
  const problems = parsed.flatMap((one) => (E.isLeft(one) ? [one.left] : []))
  if (problems.length > 0) throw new BadInput(problems)
  return parsed.flatMap((one) => (E.isRight(one) ? [one.right] : []))
}

const warnOfLateFaults = (faults: readonly PlannedFault[], end: Micros): void => {
  for (const planned of faults.filter(({ at }) => at >= end)) {
    const told = `fault "${formatFault(planned)}" is not met: the run is over after ${formatDuration(end)}, see --for`
    process.stderr.write(`${toStderr.yellow('warning:')} ${told}\n`)
  }
}

const planFaults = (cluster: Cluster, faults: readonly PlannedFault[]): void => {
  for (const { fault, at, for: duration } of faults) {
    try {
      cluster.inject(fault, { at, for: duration })
    } catch (error) {
      throw new BadInput([`fault "${describeFault(fault)}": ${error instanceof Error ? error.message : String(error)}`])
    }
  }
}

const advance = (cluster: Cluster, until: Micros, visible: boolean): void => {
  const progress = createProgress(until, visible)
  while (cluster.now < until) {
    cluster.run(Math.min(SLICE, until - cluster.now))
    const pods = cluster.list('Pod')
    progress.update(
      cluster.now,
      `${pods.filter(isReady).length}/${pods.length} pods ready, ${cluster.log.length} events`,
    )
  }
  progress.stop()
}

const summary = (
  cluster: Cluster,
  faults: readonly PlannedFault[],
  unsettled: readonly string[],
  started: number,
): Record<string, unknown> => {
  const pods = cluster.list('Pod')
  return {
    seed: cluster.seed,
    digest: cluster.digest(),
    events: cluster.log.length,
    virtualMs: Math.floor(cluster.now / 1000),
    wallMs: Date.now() - started,
    converged: unsettled.length === 0,
    pods: {
      total: pods.length,
      running: pods.filter((pod) => pod.status?.phase === 'Running').length,
      ready: pods.filter(isReady).length,
    },
    faults: faults.map(formatFault),
    unsettled,
  }
}

const report = (cluster: Cluster, unsettled: readonly string[], started: number): void => {
  const out = (text: string): boolean => process.stdout.write(`${text}\n`)
  out(renderTimeline(cluster.timeline()))
  out('')
  const view = cluster.at(cluster.now)
  out(endStates(view))
  out('')
  for (const problem of unsettled) out(`${toStdout.red('not settled')} ${problem}`)
  if (unsettled.length > 0) for (const line of lastWarnings(view)) out(`${toStdout.yellow('warning')} ${line}`)
  const wall = ((Date.now() - started) / 1000).toFixed(1)
  const virtual = Math.floor(cluster.now / 1_000_000)
  const verdict = unsettled.length === 0 ? toStdout.green('converged') : toStdout.red('not converged')
  out(`${verdict}  seed ${cluster.seed}, ${cluster.log.length} events, ${virtual} s of cluster time in ${wall} s`)
  out(`digest ${cluster.digest()}`)
}
