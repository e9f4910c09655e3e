import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { isSidecar } from '../../../kubernetes/pods.ts'
import { instanceOf, isRunning, type PodState, type RuntimeContainer } from '../runtime/pod-state.ts'
import { resizeOf, type ActualResources, type ContainerResize } from './resize.ts'
import { isToBeStarted, restartsOnFailure } from './restart.ts'

/** What the probes say of a running container: keep it, wait, or restart it and why. */
export type ProbeVerdict = 'healthy' | 'failed liveness' | 'failed startup'

export interface ProbeVerdicts {
  verdict(uid: string, container: Container, instance: RuntimeContainer): ProbeVerdict
  /** Its startup probe has succeeded, or it has none. */
  hasStarted(uid: string, container: Container, instance: RuntimeContainer): boolean
}

/** Why a container must end although its Pod goes on: a probe, or what it was granted takes a restart. */
export type KillReason = Exclude<ProbeVerdict, 'healthy'> | 'resized'

/** A container that must end although its Pod goes on. */
export interface ContainerKill {
  readonly container: Container
  readonly instance: RuntimeContainer
  readonly reason: KillReason
  readonly message: string
}

/** What has to be done so that the runtime holds what the Pod asks for. */
export interface PodActions {
  /** End everything first: the sandbox is gone, or nothing is left to do. */
  readonly killPod: boolean
  readonly createSandbox: boolean
  /** Number of the sandbox to create. */
  readonly attempt: number
  readonly kill: readonly ContainerKill[]
  /** Init containers to start, in order. */
  readonly init: readonly Container[]
  readonly start: readonly Container[]
  /** Running containers that are to have other resources. */
  readonly resize: readonly ContainerResize[]
  /** Ephemeral containers to start, be the Pod initialised or not. They run once. */
  readonly ephemeral: readonly Container[]
}

const NONE: readonly Container[] = []
const NOTHING: PodActions = {
  killPod: false,
  createSandbox: false,
  attempt: 0,
  kill: [],
  init: NONE,
  start: NONE,
  resize: [],
  ephemeral: NONE,
}

/** Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, computePodActions (v1.36). `actual` for Pods that were resized. */
export const podActions = (pod: Pod, state: PodState, probes: ProbeVerdicts, actual?: ActualResources): PodActions => {
  if (state.sandbox?.ready !== true) return withNewSandbox(pod, state)
  const kill: ContainerKill[] = []
  const resize: ContainerResize[] = []
  const ephemeral = newEphemeral(pod, state)
  const progress = initProgress({ pod, state, probes, actual, kill, resize })
  if (progress.failed) return { ...NOTHING, killPod: true }
  if (!progress.done) return { ...NOTHING, kill, init: progress.start, resize, ephemeral }

  const start: Container[] = []
  let kept = 0
  for (const container of pod.spec.containers) {
    const instance = instanceOf(state, container.name)
    if (!isRunning(instance)) {
      if (isToBeStarted(pod, container, state)) start.push(container)
      continue
    }
    const verdict = probes.verdict(pod.metadata.uid, container, instance)
    if (verdict === 'healthy') {
      if (keepsRunning(container, instance, actual, kill, resize)) kept++
      else start.push(container)
      continue
    }
    const restarts = restartsOnFailure(pod)
    if (restarts) start.push(container)
    kill.push({ container, instance, reason: verdict, message: killMessage(container, verdict, restarts) })
  }
  const isOver = kept === 0 && start.length === 0
  return { ...NOTHING, killPod: isOver, kill, init: isOver ? NONE : progress.start, start, resize, ephemeral }
}

/** Notes what a healthy container is to have. False when it takes a restart. */
const keepsRunning = (
  container: Container,
  instance: RuntimeContainer,
  actual: ActualResources | undefined,
  kill: ContainerKill[],
  resize: ContainerResize[],
): boolean => {
  const change = resizeOf(container, instance, actual)
  if (change?.restarts === true) {
    kill.push({
      container,
      instance,
      reason: 'resized',
      message: `Container ${container.name} resize requires restart`,
    })
    return false
  }
  if (change !== undefined) resize.push(change)
  return true
}

const newEphemeral = ({ spec }: Pod, state: PodState): readonly Container[] =>
  spec.ephemeralContainers === undefined
    ? NONE
    : spec.ephemeralContainers.filter(({ name }) => instanceOf(state, name) === undefined)

const withNewSandbox = (pod: Pod, state: PodState): PodActions => {
  const attempt = state.sandbox === undefined ? 0 : state.sandbox.attempt + 1
  const end: PodActions = { ...NOTHING, killPod: true, attempt }
  if (!restartsOnFailure(pod) && attempt !== 0 && state.containers.length > 0) return end
  const start = pod.spec.containers.filter((container) => {
    const code = instanceOf(state, container.name)?.end?.exitCode
    return !(pod.spec.restartPolicy === 'OnFailure' && code === 0)
  })
  const hasInitialized = pod.spec.containers.some(({ name }) => instanceOf(state, name) !== undefined)
  if (start.length === 0 && hasInitialized) return end
  const [firstInit] = pod.spec.initContainers ?? []
  const begin = { ...end, createSandbox: true }
  return firstInit === undefined ? { ...begin, start } : { ...begin, init: [firstInit] }
}

const killMessage = (container: Container, verdict: ProbeVerdict, restarts: boolean): string => {
  const what = verdict === 'failed startup' ? 'startup' : 'liveness'
  const message = `Container ${container.name} failed ${what} probe`
  return restarts ? `${message}, will be restarted` : message
}

/** What init containers are judged by, and where it is noted what becomes of running ones. */
interface Look {
  readonly pod: Pod
  readonly state: PodState
  readonly probes: ProbeVerdicts
  readonly actual: ActualResources | undefined
  readonly kill: ContainerKill[]
  readonly resize: ContainerResize[]
}

interface InitProgress {
  readonly done: boolean
  readonly failed: boolean
  readonly start: readonly Container[]
}

/**
 * How far initialisation is. Init containers run one after the other; a sidecar counts as done once it has started, and
 * is kept running. Looked at from the last one back, since remains of the first ones may be gone from the runtime.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, computeInitContainerActions (v1.36).
 */
const initProgress = (look: Look): InitProgress => {
  const { pod, state } = look
  const containers = pod.spec.initContainers ?? []
  if (containers.length === 0) return { done: true, failed: false, start: [] }
  const hasRegular = pod.spec.containers.some(({ name }) => instanceOf(state, name) !== undefined)
  let done = hasRegular
  let seen = hasRegular
  const start: Container[] = []
  for (let i = containers.length - 1; i >= 0; i--) {
    const container = containers[i]
    if (container === undefined) continue
    const instance = instanceOf(state, container.name)
    const sidecar = isSidecar(container)
    if (instance === undefined) {
      if (seen && sidecar) start.unshift(container)
      continue
    }
    if (seen && !sidecar) continue
    const following = containers[i + 1]
    const goOn = (): void => {
      if (following === undefined) done = true
      else if (!seen) start.unshift(following)
    }
    if (sidecar) lookAtSidecar(look, container, instance, start, goOn)
    else if (instance.end !== undefined) {
      if (instance.end.exitCode === 0) goOn()
      else if (!restartsOnFailure(pod)) return { done: false, failed: true, start: [] }
      else start.unshift(container)
    } else keepsRunning(container, instance, look.actual, look.kill, look.resize)
    seen = true
  }
  const [first] = containers
  if (!seen && first !== undefined) start.unshift(first)
  return { done, failed: false, start }
}

const lookAtSidecar = (
  { pod, probes, actual, kill, resize }: Look,
  container: Container,
  instance: RuntimeContainer,
  start: Container[],
  goOn: () => void,
): void => {
  const { uid } = pod.metadata
  if (!isRunning(instance)) {
    start.unshift(container)
    return
  }
  const verdict = probes.verdict(uid, container, instance)
  if (verdict !== 'healthy') {
    kill.push({ container, instance, reason: verdict, message: killMessage(container, verdict, true) })
    start.unshift(container)
  } else if (!keepsRunning(container, instance, actual, kill, resize)) start.unshift(container)
  if (verdict !== 'failed startup' && probes.hasStarted(uid, container, instance)) goOn()
}
