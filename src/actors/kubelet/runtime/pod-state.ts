import type { Micros } from '../../../events/envelope.ts'
import type { ResourceRequirements } from '../../../kubernetes/types/container.ts'

/** One instance of a container, as the runtime tells it. */
export interface RuntimeContainer {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly restartCount: number
  readonly startedAt: Micros
  /** Requests and limits that it has; absent: those that its Pod came with. */
  readonly resources?: ResourceRequirements
  /** Absent while it runs. */
  readonly end?: ContainerEnd
}

export interface ContainerEnd {
  readonly exitCode: number
  readonly reason: string
  readonly finishedAt: Micros
}

export interface RuntimeSandbox {
  readonly id: string
  readonly ip: string
  readonly attempt: number
  readonly ready: boolean
}

/** What the runtime holds for one Pod. Immutable: comparing two of them is comparing references. */
export interface PodState {
  readonly sandbox: RuntimeSandbox | undefined
  /** Newest first; of each name the last two. */
  readonly containers: readonly RuntimeContainer[]
}

export const NOTHING_RUNS: PodState = { sandbox: undefined, containers: [] }

/** The newest instance of a container. */
export const instanceOf = (state: PodState, name: string): RuntimeContainer | undefined => {
  for (const container of state.containers) if (container.name === name) return container
  return undefined
}

export const isRunning = (container: RuntimeContainer | undefined): container is RuntimeContainer =>
  container !== undefined && container.end === undefined

export const runningContainers = (state: PodState): readonly RuntimeContainer[] => state.containers.filter(isRunning)

export const withSandbox = (state: PodState, sandbox: RuntimeSandbox): PodState => ({ ...state, sandbox })

export const withoutSandbox = (state: PodState, id: string): PodState =>
  state.sandbox?.id === id ? { ...state, sandbox: { ...state.sandbox, ready: false } } : state

/** Of each name the runtime keeps one instance that has ended. */
const KEPT_PER_NAME = 2

export const withContainer = (state: PodState, container: RuntimeContainer): PodState => {
  let kept = 1
  const others = state.containers.filter((other) => other.name !== container.name || kept++ < KEPT_PER_NAME)
  return { ...state, containers: [container, ...others] }
}

export const withEnd = (state: PodState, id: string, end: ContainerEnd): PodState => ({
  ...state,
  containers: state.containers.map((container) => (container.id === id ? { ...container, end } : container)),
})

export const withResources = (state: PodState, id: string, resources: ResourceRequirements): PodState => ({
  ...state,
  containers: state.containers.map((container) => (container.id === id ? { ...container, resources } : container)),
})
