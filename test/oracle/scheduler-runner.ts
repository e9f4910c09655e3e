/** Runs vectors of ../shared/oracles/scheduler through a feed and tells what came out differently. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision } from '../../src/actors/scheduler/decision.ts'
import { BareFeed, type Course, type Feed } from './scheduler-feed.ts'
import type { Result, ScheduleStep, Step, Vector } from './scheduler-vectors.ts'

export interface Difference {
  readonly file: string
  /** Number of the step, from 0, and the Pod or operation. */
  readonly step: number
  readonly about: string
  readonly field: string
  readonly expected: unknown
  readonly actual: unknown
}

/** Compared and equal, by what is compared. */
export interface Tally {
  readonly [what: string]: { readonly equal: number; readonly compared: number }
}

export interface FileReport {
  readonly file: string
  readonly area: string
  readonly tally: Tally
  readonly differences: readonly Difference[]
}

export const vectorFiles = (directory: string): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()

export const readVector = (directory: string, file: string): Vector =>
  JSON.parse(readFileSync(join(directory, file), 'utf8')) as Vector

export function runVector(file: string, vector: Vector, feed: Feed = new BareFeed(vector)): FileReport {
  const differences: Difference[] = []
  const tally: Record<string, { equal: number; compared: number }> = {}
  vector.steps.forEach((step, number) => {
    for (const { what, fields } of runStep(feed, step)) {
      const wrong = fields.filter(({ expected, actual }) => canonical(expected) !== canonical(actual))
      const count = (tally[what] ??= { equal: 0, compared: 0 })
      count.compared++
      if (wrong.length === 0) count.equal++
      for (const { field, expected, actual } of wrong) {
        // A field is a part of the decision and may be one of a part that is counted by itself.
        if (differences.some((known) => known.step === number && known.field === field)) continue
        differences.push({ file, step: number, about: aboutOf(step), field, expected, actual })
      }
    }
  })
  return { file, area: vector.area, tally, differences }
}

interface Comparison {
  readonly what: string
  readonly fields: readonly { readonly field: string; readonly expected: unknown; readonly actual: unknown }[]
}

const aboutOf = (step: Step): string =>
  step.op === 'schedule' || step.op === 'createBound' ? `${step.op} ${step.pod.metadata.name}` : step.op

function runStep(feed: Feed, step: Step): readonly Comparison[] {
  switch (step.op) {
    case 'schedule':
      return runSchedule(feed, step)
    case 'createBound':
      feed.create('Pod', step.pod)
      return []
    case 'deletePod': {
      const [namespace, name = ''] = step.name.split('/')
      feed.remove('Pod', name, namespace)
      return []
    }
    case 'addNode':
      feed.create('Node', step.node)
      return []
    case 'deleteNode':
      feed.remove('Node', step.name)
      return []
    case 'patchNode':
      feed.patch('Node', step.name, step.patch)
      return []
    case 'finishVictims': {
      const { removed, held } = feed.finishVictims()
      const fields = [
        { field: 'removed', expected: step.result.removed, actual: removed },
        { field: 'held', expected: step.result.held, actual: held },
      ]
      return [{ what: 'held', fields }]
    }
  }
}

function runSchedule(feed: Feed, step: ScheduleStep): readonly Comparison[] {
  const { namespace = 'default', name } = step.pod.metadata
  const unbound = unboundClaims(feed, step.pod)
  const course = feed.schedule(step.pod, step.holdVictims === true)
  const actual = resultOf(feed, step, course, unbound)
  const pod = feed.get('Pod', name, namespace)
  if (pod !== undefined && course.node !== undefined && step.startTime !== undefined) {
    feed.patch('Pod', name, { status: { phase: 'Running', startTime: step.startTime } }, namespace)
  }
  const gone = ['unschedulable', 'gated', 'preempted-unbound']
  if (gone.includes(actual.outcome)) feed.remove('Pod', name, namespace)
  return compare(step.result, actual)
}

/** What is compared under which name. A decision is equal when everything recorded of it is. */
function compare(expected: Result, actual: Result): readonly Comparison[] {
  const field = (key: keyof Result) => ({ field: key, expected: expected[key], actual: actual[key] })
  const every = Object.keys({ ...expected, ...actual }) as (keyof Result)[]
  const decision = every.filter((key) => expected[key] !== undefined || actual[key] !== undefined)
  const comparisons: Comparison[] = [{ what: 'decisions', fields: decision.map(field) }]
  const part = (what: string, ...keys: (keyof Result)[]): void => {
    if (keys.some((key) => expected[key] !== undefined)) comparisons.push({ what, fields: keys.map(field) })
  }
  part('bindings', 'node')
  part('messages', 'reason', 'message', 'finalMessage')
  part('victims', 'nominatedNodeName', 'victims')
  part('scores', 'scores')
  return comparisons
}

function resultOf(
  feed: Feed,
  { pod }: ScheduleStep,
  { decisions, failures, victims, node }: Course,
  unbound: readonly string[],
): Result {
  const [first] = failures
  const last = failures[failures.length - 1]
  const final = decisions[decisions.length - 1]
  if (decisions.length === 0) {
    const message = 'Scheduling is blocked due to non-empty scheduling gates'
    return { outcome: 'gated', reason: first?.reason ?? 'SchedulingGated', message: first?.message ?? message }
  }
  const found = victims.length > 0 ? 'preempted' : 'bound'
  const waiting = feed.isHolding ? 'nominated' : 'preempted-unbound'
  const outcome = node !== undefined ? found : first?.nominated === undefined ? 'unschedulable' : waiting
  return {
    outcome,
    node,
    ...(node === undefined || final === undefined ? {} : ofBinding(final)),
    reason: first?.reason,
    message: first?.message,
    nominatedNodeName: first?.nominated,
    victims: first?.nominated === undefined ? undefined : victims[0],
    finalMessage: outcome === 'preempted-unbound' ? last?.message : undefined,
    volumes: node === undefined ? undefined : volumesOf(feed, pod, unbound),
    claims: node === undefined ? undefined : claimsOf(feed, pod),
  }
}

const ofBinding = ({ evaluatedNodes, feasibleNodes, scores, hint }: Decision): Partial<Result> => ({
  evaluatedNodes,
  feasibleNodes,
  hint,
  scores:
    scores === undefined
      ? undefined
      : {
          plugins: scores.plugins.map(({ name }) => name),
          nodes: scores.nodes.map(({ node, total, scores: own }) => [node, total, ...own]),
        },
})

/** Claims of the Pod that have no volume yet. */
const unboundClaims = (feed: Feed, pod: ScheduleStep['pod']): readonly string[] =>
  (pod.spec.volumes ?? [])
    .map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? '')
    .filter((name) => {
      const claim = feed.get('PersistentVolumeClaim', name, pod.metadata.namespace ?? 'default')
      return claim !== undefined && (claim.spec.volumeName ?? '') === ''
    })

function volumesOf(feed: Feed, pod: ScheduleStep['pod'], names: readonly string[]): Result['volumes'] {
  const { namespace = 'default' } = pod.metadata
  const volumes: Record<string, { boundPV?: string; provisionedPV?: string; selectedNode?: string }> = {}
  for (const name of names) {
    const claim = feed.get('PersistentVolumeClaim', name, namespace)
    if (claim === undefined) continue
    const selectedNode = claim.metadata.annotations?.['volume.kubernetes.io/selected-node']
    const volume = claim.spec.volumeName
    volumes[name] = selectedNode === undefined ? { boundPV: volume } : { provisionedPV: volume, selectedNode }
  }
  return names.length === 0 ? undefined : volumes
}

function claimsOf(feed: Feed, pod: ScheduleStep['pod']): Result['claims'] {
  const { namespace = 'default' } = pod.metadata
  const claims: Record<string, readonly unknown[]> = {}
  for (const { resourceClaimName } of pod.spec.resourceClaims ?? []) {
    if (resourceClaimName === undefined) continue
    const results = feed.get('ResourceClaim', resourceClaimName, namespace)?.status?.allocation?.devices?.results
    claims[resourceClaimName] = results ?? []
  }
  return Object.keys(claims).length === 0 ? undefined : claims
}

/** Text that is equal for equal values, whatever the order of their keys. */
const canonical = (value: unknown): string => JSON.stringify(value, (_key, part: unknown) => sorted(part)) ?? ''

function sorted(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
}
