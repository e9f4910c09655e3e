import { nodesReady } from '../cluster/nodes-ready.ts'
import { podKey } from '../cluster/object-ref.ts'
import { createCluster, type Cluster } from '../cluster.ts'
import type { Micros } from '../events/envelope.ts'
import { podCondition } from '../kubernetes/pods.ts'
import type { Pod } from '../kubernetes/types/pod.ts'
import { explainAttempt, renderExplanation } from '../projections/schedule-explanation.ts'
import type { SchedulingAttempt } from '../projections/scheduling.ts'
import { openRecord } from '../replay/record.ts'
import { reexecute } from '../replay/reexecute.ts'
import { BadInput, CONVERGED } from './exit-codes.ts'
import { readManifests, servedOf } from './manifests.ts'
import { namesLike, suggestion } from './names-like.ts'
import { loadRecording } from './recordings.ts'
import { readSchedulerConfig } from './scheduler-config.ts'

export interface ExplainOptions {
  /** A recording; else manifests are run. */
  readonly recording?: string
  /** Run the recording again to tell of every node; what a recording holds is the best and some of the others. */
  readonly all: boolean
  readonly files: readonly string[]
  readonly nodes: number
  readonly controlPlane: 1 | 2 | 3
  readonly duration: Micros
  readonly seed: number
  readonly schedulerConfig?: string
  readonly output: 'table' | 'json'
}

/** The part of a run that decisions are read from. */
interface Told {
  attempt(pod: string): SchedulingAttempt | undefined
  pod(namespace: string, name: string): Pod | undefined
  /** Pods that may have been meant. */
  like(namespace: string, name: string): readonly string[]
}

/** `seatrial explain-schedule`: why a Pod is on its node, or on none. Gives the exit code. @throws BadInput */
export const explainSchedule = (pod: string, options: ExplainOptions): number => {
  const key = keyOf(pod)
  const told = options.recording === undefined ? ran(options) : recorded(options.recording, options.all)
  const attempt = told.attempt(key)
  if (attempt !== undefined) {
    const explanation = explainAttempt(attempt)
    const text = options.output === 'json' ? JSON.stringify(explanation) : renderExplanation(explanation)
    process.stdout.write(`${text}\n`)
    return CONVERGED
  }
  throw new BadInput([untried(key, told)])
}

const keyOf = (pod: string): string => {
  try {
    return podKey(pod)
  } catch (error) {
    throw new BadInput([error instanceof Error ? error.message : String(error)])
  }
}

/** A Pod that no scheduler has tried: gated, bound by somebody else, or for a scheduler that is not there. */
const untried = (key: string, told: Told): string => {
  const [namespace = '', name = ''] = key.split('/')
  const pod = told.pod(namespace, name)
  if (pod === undefined)
    return `there is no pod ${key}, and no scheduler has tried one${suggestion(told.like(namespace, name))}`
  const { nodeName, schedulerName } = pod.spec
  if (nodeName !== undefined) return `pod ${key} was created on node ${nodeName}: no scheduler has tried it`
  const condition = podCondition(pod, 'PodScheduled')
  if (condition?.message !== undefined) return `pod ${key} was not tried: ${condition.message}`
  return `pod ${key} was not tried by scheduler ${schedulerName ?? ''}`
}

const recorded = (path: string, all: boolean): Told => {
  const recording = loadRecording(path)
  if (all) return ofCluster(reexecute(recording, { explain: 'all' }))
  const { projections } = openRecord(recording)
  return {
    attempt: (pod) => projections.scheduling.last.get(pod),
    pod: (namespace, name) => projections.head().get('Pod', namespace, name),
    like: (namespace, name) => namesLike(projections, { kind: 'Pod', namespace, name }),
  }
}

const ran = (options: ExplainOptions): Told => {
  if (options.files.length === 0) throw new BadInput(['give a recording, or manifests with -f'])
  const objects = servedOf(readManifests(options.files))
  const { seed, nodes, controlPlane, schedulerConfig } = options
  const config = schedulerConfig === undefined ? {} : readSchedulerConfig(schedulerConfig)
  const cluster = createCluster({ seed, nodes, controlPlane, scheduler: { ...config, explain: 'all' } })
  cluster.runUntil(nodesReady, { within: options.duration })
  cluster.apply(objects)
  cluster.run(Math.max(0, options.duration - cluster.now))
  return ofCluster(cluster)
}

const ofCluster = (cluster: Cluster): Told => ({
  attempt: (pod) => cluster.scheduling.last.get(pod),
  pod: (namespace, name) => cluster.get('Pod', namespace, name),
  like: (namespace, name) => {
    const told = { head: () => cluster.at(cluster.now), timeline: () => cluster.timeline() }
    return namesLike(told, { kind: 'Pod', namespace, name })
  },
})
