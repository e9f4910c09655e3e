import type { ContainerStatus } from '../../../kubernetes/types/container.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod, PodCondition, PodPhase } from '../../../kubernetes/types/pod.ts'
import { isSidecar } from '../../../kubernetes/pods.ts'
import { findCondition } from '../../../kubernetes/conditions.ts'

/** A condition before anybody has said since when. */
type Verdict = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>

export interface ConditionsInput {
  readonly pod: Pod
  readonly phase: PodPhase
  readonly initStatuses: readonly ContainerStatus[]
  readonly statuses: readonly ContainerStatus[]
  readonly hasSandbox: boolean
  /** Conditions that others than the kubelet own: readiness gates. */
  readonly others: readonly PodCondition[]
}

/** What the kubelet alone writes. Source: pkg/kubelet/types/pod_status.go, PodConditionsByKubelet (v1.36). */
export const KUBELET_CONDITIONS: ReadonlySet<string> = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'PodResizePending',
  'PodResizeInProgress',
])

/** The kubelet's five conditions in the order in which it writes them. Source: pkg/kubelet/status/generate.go (v1.36). */
export const kubeletConditions = (input: ConditionsInput): readonly Verdict[] => {
  const containers = containersReady(input)
  return [
    { type: 'PodReadyToStartContainers', status: input.hasSandbox ? 'True' : 'False' },
    initialized(input),
    ready(input, containers),
    containers,
    { type: 'PodScheduled', status: 'True' },
  ]
}

const initialized = ({ pod, phase, initStatuses, statuses }: ConditionsInput): Verdict => {
  const unknown: string[] = []
  const incomplete: string[] = []
  for (const container of pod.spec.initContainers ?? []) {
    const status = byName(initStatuses, container)
    if (status === undefined) unknown.push(container.name)
    else if (isSidecar(container) ? status.started !== true : !status.ready) incomplete.push(container.name)
  }
  if (phase === 'Succeeded' && unknown.length === 0)
    return { type: 'Initialized', status: 'True', reason: 'PodCompleted' }
  // Sticky: once a regular container has run, initialisation is over, whatever becomes of init containers.
  if (statuses.some(hasStarted)) return { type: 'Initialized', status: 'True' }
  const messages = sentences(['unknown', unknown], ['incomplete', incomplete])
  if (messages === '') return { type: 'Initialized', status: 'True' }
  return { type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized', message: messages }
}

const hasStarted = ({ state, lastState, started }: ContainerStatus): boolean =>
  started === true ||
  state?.running !== undefined ||
  state?.terminated !== undefined ||
  lastState?.terminated !== undefined

const containersReady = ({ pod, phase, initStatuses, statuses }: ConditionsInput): Verdict => {
  const type = 'ContainersReady'
  const unknown: string[] = []
  const unready: string[] = []
  const look = (container: Container, status: ContainerStatus | undefined): void => {
    if (status === undefined) unknown.push(container.name)
    else if (!status.ready) unready.push(container.name)
  }
  for (const container of pod.spec.initContainers ?? []) {
    if (isSidecar(container)) look(container, byName(initStatuses, container))
  }
  for (const container of pod.spec.containers) look(container, byName(statuses, container))
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' }
  const message = sentences(['unknown', unknown], ['unready', unready])
  return message === '' ? { type, status: 'True' } : { type, status: 'False', reason: 'ContainersNotReady', message }
}

const ready = ({ pod, others }: ConditionsInput, containers: Verdict): Verdict => {
  if (containers.status !== 'True') return { ...containers, type: 'Ready' }
  const closed: string[] = []
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const condition = findCondition(others, conditionType)
    if (condition === undefined) {
      closed.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`)
    } else if (condition.status !== 'True') {
      closed.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`)
    }
  }
  if (closed.length === 0) return { type: 'Ready', status: 'True' }
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: closed.join(', ') }
}

const byName = (statuses: readonly ContainerStatus[], { name }: Container): ContainerStatus | undefined => {
  for (const status of statuses) if (status.name === name) return status
  return undefined
}

const sentences = (...kinds: readonly (readonly [string, readonly string[]])[]): string =>
  kinds
    .filter(([, names]) => names.length > 0)
    .map(([kind, names]) => `containers with ${kind} status: [${names.join(' ')}]`)
    .join(', ')
