import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { commandTakes } from '../../../kubernetes/workload/command.ts'
import { formatDuration } from '../../../kubernetes/workload/duration.ts'
import { withTag } from '../../../kubernetes/workload/images.ts'
import { modelFor } from '../../../kubernetes/workload/model.ts'
import type { ImageResult } from '../images/puller.ts'
import type { RuntimeResult } from '../runtime/client.ts'
import { instanceOf } from '../runtime/pod-state.ts'
import { moveSlot, type SlotEvent } from './container.chart.ts'
import { slotOf, type PodRecord } from './record.ts'
import { environmentReferences, type Missing } from './references.ts'
import { wait, type Work } from './work.ts'
import type { SyncWorld } from './world.ts'

/** Whether a container runs now; if not, when it may be tried again at the soonest. */
export interface StartResult {
  readonly started: boolean
  readonly notBefore?: Micros
}

/** A hook that is due after a start is over. Key: `uid/container`. */
export const POST_START_TIMER = 'post-start'

/**
 * Brings one container up: its back-off must be over, its image there, its configuration complete.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, startContainer; kuberuntime_manager.go, doBackOff (v1.36).
 */
export function* startContainer(record: PodRecord, world: SyncWorld, container: Container): Work<StartResult> {
  const { pod, uid } = record
  const { name } = container
  const slot = slotOf(record, name)
  const notBefore = backOff(record, world, container)
  if (notBefore !== undefined) return { started: false, notBefore }

  moveSlot(slot, { type: 'Tried' })
  const event = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    world.event(pod, name, type, reason, message)
  const fail = (problem: SlotEvent & { readonly message: string }, said: string): StartResult => {
    moveSlot(slot, problem)
    event('Warning', 'Failed', `Error: ${said}`)
    return { started: false }
  }
  const image = yield* wait<ImageResult>((resume) => world.puller.ensure(pod, container, event, resume), {
    canAbandon: true,
  })
  if (!image.ok) return fail(imageProblem(image), image.reason)

  const missing = yield* wait<Missing>((resume) =>
    world.references.check(pod.metadata.namespace ?? '', environmentReferences(container), resume),
  )
  if (missing !== undefined)
    return fail({ type: 'CreateContainerConfigError', message: missing.message }, missing.message)

  const { sandbox } = world.runtime.state(uid)
  const result = yield* wait<RuntimeResult<'ContainerStarted'>>((resume) =>
    world.runtime.startContainer(
      {
        uid,
        sandbox: sandbox?.id ?? '',
        name,
        image: withTag(container.image ?? ''),
        restartCount: restartCount(record, name),
        workload: modelFor(pod, container),
        // A runtime that is told nothing stands for what the Pod came with.
        ...(record.allocation === record.admitted ? {} : { resources: container.resources ?? {} }),
      },
      resume,
    ),
  )
  if (!result.ok) return fail({ type: 'RunContainerError', message: result.message }, result.message)
  event('Normal', 'Created', 'Container created')
  event('Normal', 'Started', 'Container started')
  yield* postStart(record, world, container)
  moveSlot(slot, { type: 'Started' })
  return { started: true }
}

/** The reasons that the image puller gives are the slot's events. */
const imageProblem = ({ reason, message }: ImageResult & { readonly ok: false }): SlotEvent & { message: string } => {
  const type = IMAGE_PROBLEMS.find((known) => known === reason) ?? 'ErrImagePull'
  return { type, message }
}

const IMAGE_PROBLEMS = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName'] as const

/** When the container may start; undefined for now. The first restart is immediate, for a back-off begins with it. */
const backOff = (record: PodRecord, world: SyncWorld, container: Container): Micros | undefined => {
  const { pod, uid, observed } = record
  const { name } = container
  const ended = observed.containers.find((one) => one.name === name && one.end !== undefined)?.end
  if (ended === undefined) return undefined
  const { now } = world.context
  const key = `${uid}_${name}`
  const until = world.restarts.until(key, ended.finishedAt, now)
  if (until === undefined) {
    world.restarts.next(key, ended.finishedAt, now)
    return undefined
  }
  const fullName = podFullName(pod)
  const said = `Back-off restarting failed container ${name} in pod ${fullName}`
  world.event(pod, name, 'Warning', 'BackOff', said)
  const delay = formatDuration(world.restarts.get(key))
  const message = `back-off ${delay} restarting failed container=${name} pod=${fullName}`
  moveSlot(slotOf(record, name), { type: 'CrashLoopBackOff', message })
  return until
}

/** As upstream's logs and messages name a Pod. Source: pkg/kubelet/util/format/pod.go. */
const podFullName = ({ metadata }: Pod): string => `${metadata.name}_${metadata.namespace ?? ''}(${metadata.uid})`

/**
 * One more than that of the last instance. When the runtime knows none, what the status says of one that ran: upstream
 * counts its log files. Source: kuberuntime_container.go, calcRestartCountByLogDir.
 */
const restartCount = ({ pod, observed }: PodRecord, name: string): number => {
  const instance = instanceOf(observed, name)
  if (instance !== undefined) return instance.restartCount + 1
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const shown = [...containerStatuses, ...initContainerStatuses].find((status) => status.name === name)
  return shown?.containerID === undefined ? 0 : shown.restartCount + 1
}

function* postStart(record: PodRecord, world: SyncWorld, container: Container): Work<void> {
  const hook = container.lifecycle?.postStart
  const takes = hook?.sleep === undefined ? commandTakes(hook?.exec?.command) : seconds(hook.sleep.seconds)
  if (takes === 0) return
  yield* wait<void>((resume) => {
    const key = `${record.uid}/${container.name}`
    world.hooks.set(key, resume)
    world.context.setTimer(POST_START_TIMER, key, takes)
  })
}
