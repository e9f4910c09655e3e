import { exponential } from '../../../engine/client/backoff.ts'
import type { Micros } from '../../../events/envelope.ts'
import { millis, seconds } from '../../../events/time.ts'
import { allContainers } from '../../../kubernetes/pods.ts'
import { setCondition } from '../../../kubernetes/conditions.ts'
import { parseTime, rfc3339 } from '../../../kubernetes/time.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod, PodStatus } from '../../../kubernetes/types/pod.ts'
import type { RuntimeResult } from '../runtime/client.ts'
import { isRunning, runningContainers, type RuntimeContainer } from '../runtime/pod-state.ts'
import { finalStatus, generateStatus } from '../status/generate.ts'
import { podActions, type ContainerKill } from './actions.ts'
import { waitingReason } from './container.chart.ts'
import { graceAfterProbe, graceOf } from './grace.ts'
import { worker, type PodRecord } from './record.ts'
import { actualPod, actualResources, isResizeInProgress, resizeContainers } from './resize.ts'
import type { Unmounted } from './claims.ts'
import { prepareDevices, unprepareDevices } from './devices.ts'
import { volumeReferences, type Missing } from './references.ts'
import { startContainer } from './start.ts'
import { PodStop, type StopTarget } from './stop.ts'
import { wait, type Work, type WorkEnd } from './work.ts'
import type { WorkerEmitted } from './worker.chart.ts'
import type { SyncWorld } from './world.ts'

/** The sync that a worker's chart asks for. */
export const workFor = (emitted: WorkerEmitted, record: PodRecord, world: SyncWorld): Work => {
  switch (emitted.type) {
    case 'sync pod':
      return syncPod(record, world)
    case 'sync terminating pod':
      return syncTerminatingPod(record, world)
    case 'sync terminated pod':
      return syncTerminatedPod(record, world)
  }
}

/** The Pod is to run. Source: pkg/kubelet/kubelet.go, SyncPod; kuberuntime_manager.go, SyncPod (v1.36). */
function* syncPod(record: PodRecord, world: SyncWorld): Work {
  const { pod } = record
  if (record.resizing !== undefined || record.allocation !== record.admitted) {
    world.allocations.noteProgress(record, isResizeInProgress(record))
  }
  const status = statusNow(record, world, false)
  setStatus(record, world, status)
  if (status.phase === 'Succeeded' || status.phase === 'Failed') {
    worker.step(record.row, { type: 'Completed' }, () => {})
    return {}
  }
  const unmounted = yield* mountVolumes(record, world)
  if (unmounted !== undefined) return { retry: { notBefore: unmounted } }
  world.prober.add(pod)
  world.prober.statusSet(record.uid)

  const actions = podActions(pod, record.observed, world.prober, actualResources(record))
  if (actions.killPod) {
    yield* stopAll(record, world, graceOf(pod))
    yield* stopSandbox(record, world)
    if (!actions.createSandbox) return {}
  } else for (const kill of actions.kill) yield* killContainer(record, world, kill)

  const unready = actions.createSandbox ? yield* prepareDevices(record, world) : undefined
  if (unready !== undefined) return { retry: { notBefore: unready } }
  if (actions.createSandbox && !(yield* createSandbox(record, world, actions.attempt))) return { retry: {} }
  let started = false
  let retry: WorkEnd['retry']
  const note = (result: { readonly started: boolean; readonly notBefore?: Micros }): boolean => {
    started ||= result.started
    if (!result.started) retry = soonest(retry, result.notBefore)
    return result.started
  }
  // Source: kuberuntime_manager.go, SyncPod, step 6: before init containers, so that these can be debugged.
  for (const container of actions.ephemeral) note(yield* startContainer(record, world, container))
  for (const container of actions.init) {
    const ok = note(yield* startContainer(record, world, container))
    if (!ok && container.restartPolicy !== 'Always') return { retry, look: started }
  }
  if (actions.resize.length > 0) {
    const problem = yield* resizeContainers(record, world, actions.resize)
    if (problem === undefined) started = true
    else {
      world.allocations.noteError(record, problem)
      retry = soonest(retry, undefined)
    }
  }
  for (const container of actions.start) note(yield* startContainer(record, world, container))
  return { retry, look: started }
}

/** Source: pkg/util/goroutinemap/exponentialbackoff/exponential_backoff.go: a failed mount is tried again after 500 ms, doubled up to about 2 min. */
const MOUNT_BACKOFF: Micros = millis(500)
const MOUNT_BACKOFF_MAX: Micros = seconds(122)

/**
 * What a Pod's volumes show must be there. Gives when to try again, or undefined when all is mounted.
 * Abridged: mounting takes no time; volumes of Pods and claims of file systems are there, or not attached, or not found.
 */
function* mountVolumes(record: PodRecord, world: SyncWorld): Work<Micros | undefined> {
  const { pod } = record
  if (record.isMounted) return undefined
  const missing = yield* wait<Missing>(
    (resume) => world.references.check(pod.metadata.namespace ?? '', volumeReferences(pod), resume),
    { canAbandon: true },
  )
  if (missing === undefined) return yield* awaitClaims(record, world)
  const message = `MountVolume.SetUp failed for volume "${missing.reference.volume ?? ''}" : ${missing.message}`
  world.event(pod, undefined, 'Warning', 'FailedMount', message)
  return world.context.now + exponential(MOUNT_BACKOFF, MOUNT_BACKOFF_MAX, record.mountFailures++)
}

/** How often it looks whether a volume is attached. Source: volume_manager.go. */
const ATTACH_POLL: Micros = seconds(1)

/**
 * The volumes that the Pod claims must be attached to the node. A kubelet that waits says nothing, however long it takes: only
 * the attach-detach controller tells why. Source: volume_manager.go, WaitForAttachAndMount; kubelet.go, SyncPod (v1.36).
 */
function* awaitClaims(record: PodRecord, world: SyncWorld): Work<Micros | undefined> {
  const { pod } = record
  const { now } = world.context
  const unmounted = yield* wait<Unmounted>((resume) => world.claims.check(pod, resume), { canAbandon: true })
  if (unmounted === undefined) {
    record.isMounted = true
    return undefined
  }
  const { volume, problem } = unmounted
  if (problem === undefined) return now + ATTACH_POLL
  const lists = `unmounted volumes=[${volume}], unattached volumes=[], failed to process volumes=[${volume}]`
  world.event(pod, undefined, 'Warning', 'FailedMount', `Unable to attach or mount volumes: ${lists}: ${problem}`)
  return now + exponential(MOUNT_BACKOFF, MOUNT_BACKOFF_MAX, record.mountFailures++)
}

/** Source: pkg/kubelet/container/sync_result.go, MinBackoffExpiration: a known moment counts before the usual delay. */
const soonest = (known: WorkEnd['retry'], notBefore: Micros | undefined): WorkEnd['retry'] => {
  if (notBefore === undefined) return known ?? {}
  return { notBefore: Math.min(known?.notBefore ?? notBefore, notBefore) }
}

/** The Pod is to end. Source: pkg/kubelet/kubelet.go, SyncTerminatingPod (v1.36). */
function* syncTerminatingPod(record: PodRecord, world: SyncWorld): Work {
  if (!record.isGone) setStatus(record, world, statusNow(record, world, false))
  world.prober.terminate(record.uid)
  yield* stopAll(record, world, graceOf(record.pod))
  yield* stopSandbox(record, world)
  const state = world.runtime.state(record.uid)
  if (runningContainers(state).length > 0) return { retry: {} }
  if (!(yield* unprepareDevices(record, world))) return { retry: {} }
  record.observed = state
  world.prober.remove(record.uid)
  if (!record.isGone) setStatus(record, world, statusNow(record, world, true))
  worker.step(record.row, { type: 'Stopped' }, () => {})
  return {}
}

/** The Pod has ended; what is left is to say so. Source: pkg/kubelet/kubelet.go, SyncTerminatedPod (v1.36). */
function* syncTerminatedPod(record: PodRecord, world: SyncWorld): Work {
  yield* []
  if (!record.isGone) {
    const status = statusNow(record, world, true)
    world.statuses.set(record.uid, finalStatus(record.pod, status), true)
  }
  worker.step(record.row, { type: 'CleanedUp' }, () => {})
  return {}
}

/** Generates the status from what was last observed. */
export const statusNow = (record: PodRecord, world: SyncWorld, isTerminal: boolean): PodStatus => {
  const { pod, uid, observed } = record
  const { now } = world.context
  const status = generateStatus({
    pod,
    state: observed,
    previous: world.statuses.get(uid) ?? pod.status,
    seenPhase: record.seenPhase,
    isTerminal,
    nodeIP: world.nodeIP,
    now,
    waitingReason: (container) => waitingReason(record.slots.get(container)),
    health: (container, shown) => world.prober.health(pod, container, shown),
    resizing: record.resizing,
    actual: actualResources(record),
    actualPod: actualPod(record, observed),
  })
  return isTerminal ? status : withDeadline(pod, status, now)
}

/** Source: pkg/kubelet/active_deadline.go (v1.36). */
const withDeadline = (pod: Pod, status: PodStatus, now: Micros): PodStatus => {
  const deadline = deadlineOf(pod, status)
  if (deadline === undefined || now < deadline) return status
  const message = 'Pod was active on the node longer than the specified deadline'
  return { ...status, phase: 'Failed', reason: 'DeadlineExceeded', message }
}

/** When a Pod has been active for as long as it may. */
export const deadlineOf = (pod: Pod, status: PodStatus | undefined): Micros | undefined => {
  const { activeDeadlineSeconds } = pod.spec
  const since = status?.startTime
  if (activeDeadlineSeconds === undefined || since === undefined) return undefined
  return (parseTime(since) ?? 0) + activeDeadlineSeconds * 1_000_000
}

const setStatus = (record: PodRecord, world: SyncWorld, status: PodStatus): void => {
  world.statuses.set(record.uid, status)
  world.prober.statusSet(record.uid)
}

function* createSandbox(record: PodRecord, world: SyncWorld, attempt: number): Work<boolean> {
  const { pod, uid } = record
  const { namespace = '', name } = pod.metadata
  if (attempt > 0) {
    world.event(pod, undefined, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
  }
  const hostNetwork = pod.spec.hostNetwork === true
  const result = yield* wait<RuntimeResult<'SandboxReady'>>((resume) =>
    world.runtime.runSandbox({ uid, namespace, pod: name, attempt, hostNetwork }, resume),
  )
  if (!result.ok) {
    const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = ${result.message}`
    world.event(pod, undefined, 'Warning', 'FailedCreatePodSandBox', message)
    return false
  }
  tellSandboxReady(record, world)
  return true
}

/** The condition changes at once, before images are pulled. Source: pkg/kubelet/kubelet.go, OnPodSandboxReady (v1.36). */
const tellSandboxReady = (record: PodRecord, world: SyncWorld): void => {
  const status = world.statuses.get(record.uid)
  if (status === undefined) return
  const before = status.conditions?.find(({ type }) => type === 'PodReadyToStartContainers')
  if (before === undefined) return
  const ready = { ...before, status: 'True', lastTransitionTime: undefined } as const
  const conditions = setCondition(status.conditions, ready, rfc3339(world.context.now))
  world.statuses.set(record.uid, { ...status, conditions })
}

function* stopSandbox(record: PodRecord, world: SyncWorld): Work<void> {
  const { sandbox } = world.runtime.state(record.uid)
  if (sandbox?.ready !== true) return
  yield* wait((resume) => world.runtime.stopSandbox(record.uid, sandbox.id, resume))
}

function* stopAll(record: PodRecord, world: SyncWorld, grace: Micros): Work<void> {
  const targets = runningContainers(world.runtime.state(record.uid)).map((instance): StopTarget => {
    const container = containerOf(record.pod, instance)
    world.event(record.pod, instance.name, 'Normal', 'Killing', `Stopping container ${instance.name}`)
    return { instance, container, grace }
  })
  record.grace = grace
  yield* stopTargets(record, world, targets)
}

function* killContainer(record: PodRecord, world: SyncWorld, kill: ContainerKill): Work<void> {
  const { container, instance, message } = kill
  world.event(record.pod, container.name, 'Normal', 'Killing', message)
  const current = world.runtime.state(record.uid).containers.find(({ id }) => id === instance.id)
  if (!isRunning(current)) return
  const grace = graceAfterProbe(record.pod, container, kill.reason)
  yield* stopTargets(record, world, [{ instance, container, grace }])
}

function* stopTargets(record: PodRecord, world: SyncWorld, targets: readonly StopTarget[]): Work<void> {
  const { uid, pod } = record
  for (const { instance } of targets) world.prober.unsettle(uid, instance.name)
  yield* wait<void>((resume) => {
    const { runtime, context } = world
    const done = (): void => {
      record.stop = undefined
      resume()
    }
    record.stop = new PodStop({ uid, pod, runtime, context, done })
    record.stop.begin(targets)
  })
}

const containerOf = (pod: Pod, instance: RuntimeContainer): Container | undefined =>
  allContainers(pod).find(({ name }) => name === instance.name)
