import type { ActorContext } from '../../../engine/actor.ts'
import type { ApiAnswer, ApiClient } from '../../../engine/client/api-client.ts'
import { seconds } from '../../../events/time.ts'
import type { Micros, Seq } from '../../../events/envelope.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { isTerminal, isTerminating } from '../../../kubernetes/pods.ts'
import type { Pod, PodStatus } from '../../../kubernetes/types/pod.ts'
import type { Why } from '../why.ts'
import { shows, statusPatch } from './patch.ts'

/** How often what failed, or what others overwrote, is looked at again. Source: pkg/kubelet/status/status_manager.go, syncPeriod. */
const BATCH_PERIOD: Micros = seconds(10)

const BATCH = 'status-batch'

/** What the writer needs to know of Pods. */
export interface StatusHost {
  /** The Pod as this kubelet's view has it. */
  pod(uid: string): Pod | undefined
  /** Containers of it still run, so a terminal phase would be a lie. */
  hasRunning(uid: string): boolean
}

interface Entry {
  readonly uid: string
  status: PodStatus
  version: number
  /** Version that the API server has taken. */
  sent: number
  /** Nothing of the Pod is left on the node: it may be deleted for good. */
  finished: boolean
  /** The Pod as the API server last answered, if that is newer than the view. */
  answered: Pod | undefined
  /** What made the newest status. */
  cause: Seq
}

/**
 * Keeps the API's view of each Pod's status as the kubelet has it: one patch at a time, the newest status of each Pod, so
 * what changes faster than the API server answers is told once. The last thing it does for a Pod is to delete it.
 * Source: pkg/kubelet/status/status_manager.go (v1.36).
 * Abridged: the Pod is not read again before each patch; the difference is taken to the newest version that was seen.
 */
export class StatusWriter {
  private readonly client: ApiClient
  private readonly host: StatusHost
  private readonly why: Why
  private readonly context: ActorContext
  private readonly entries = new Map<string, Entry>()
  private readonly queue = new Set<string>()
  private busy = false

  constructor(client: ApiClient, host: StatusHost, why: Why, context: ActorContext) {
    this.client = client
    this.host = host
    this.why = why
    this.context = context
  }

  /** The status that was last set. */
  get(uid: string): PodStatus | undefined {
    return this.entries.get(uid)?.status
  }

  /** Sets the status of a Pod and tells the API server what is new. */
  set(uid: string, status: PodStatus, finished = false): void {
    const cause = this.why.seq ?? this.context.seq
    const entry = this.entries.get(uid)
    if (entry === undefined) {
      this.entries.set(uid, { uid, status, version: 1, sent: 0, finished, answered: undefined, cause })
    } else {
      if (!finished && sameJson(entry.status, status)) return
      entry.status = status
      entry.version++
      entry.cause = cause
      entry.finished ||= finished
    }
    this.queue.add(uid)
    this.pump()
  }

  forget(uid: string): void {
    this.entries.delete(uid)
    this.queue.delete(uid)
  }

  /** The view of a Pod moved. If somebody else has changed what is the kubelet's, it is changed back with the next batch. */
  seen(pod: Pod): void {
    const entry = this.entries.get(pod.metadata.uid)
    if (entry === undefined || entry.sent < entry.version || this.queue.has(entry.uid)) return
    if (entry.answered !== undefined && revisionOf(pod) <= revisionOf(entry.answered)) return
    if (shows(pod.status, this.told(entry, pod.status)) && !this.isDeletable(entry, pod)) return
    entry.sent = 0
    this.planBatch()
  }

  /** True when the event was the writer's alarm. */
  alarm(name: string): boolean {
    if (name !== BATCH) return false
    for (const entry of this.entries.values()) if (entry.sent < entry.version) this.queue.add(entry.uid)
    this.pump()
    return true
  }

  private planBatch(): void {
    if (this.context.hasTimer(BATCH, '')) return
    this.context.setTimer(BATCH, '', BATCH_PERIOD - (this.context.monotonic % BATCH_PERIOD))
  }

  private pump(): void {
    while (!this.busy) {
      const [uid] = this.queue
      if (uid === undefined) return
      this.queue.delete(uid)
      const entry = this.entries.get(uid)
      if (entry !== undefined) this.send(entry)
    }
  }

  private send(entry: Entry): void {
    const pod = this.newest(entry)
    if (pod === undefined) return
    const { version } = entry
    const patch = statusPatch(entry.uid, pod.status, this.told(entry, pod.status))
    if (patch === undefined) {
      entry.sent = version
      this.deleteIfDone(entry, pod)
      return
    }
    const { namespace, name } = pod.metadata
    this.busy = true
    this.client.call(
      this.context,
      { verb: 'patch', kind: 'Pod', namespace, name, subresource: 'status', patchType: 'strategic', body: patch },
      (answer) => {
        this.busy = false
        this.patched(entry, version, answer)
        this.pump()
      },
      { cause: entry.cause },
    )
  }

  private patched(entry: Entry, version: number, answer: ApiAnswer<'Pod'>): void {
    if (!answer.ok) {
      if (answer.code === 404) this.forget(entry.uid)
      else this.planBatch()
      return
    }
    entry.sent = Math.max(entry.sent, version)
    if (answer.object === undefined) return
    entry.answered = answer.object
    this.deleteIfDone(entry, answer.object)
  }

  /** Source: status_manager.go, canBeDeleted. */
  private isDeletable(entry: Entry, pod: Pod): boolean {
    return entry.finished && isTerminating(pod) && isTerminal(pod)
  }

  private deleteIfDone(entry: Entry, pod: Pod): void {
    if (!this.isDeletable(entry, pod)) return
    const { namespace, name, uid } = pod.metadata
    const options = { gracePeriodSeconds: 0, preconditions: { uid } }
    this.client.call(this.context, { verb: 'delete', kind: 'Pod', namespace, name, options }, (answer) => {
      if (answer.ok || answer.code === 404 || answer.code === 409) this.forget(uid)
      else {
        entry.sent = 0
        this.planBatch()
      }
    })
  }

  /** A terminal phase waits until no container runs. Source: status_manager.go, mergePodStatus. */
  private told({ uid, status }: Entry, shown: PodStatus | undefined): PodStatus {
    const ends = status.phase === 'Succeeded' || status.phase === 'Failed'
    if (!ends || shown?.phase === status.phase || !this.host.hasRunning(uid)) return status
    return { ...status, phase: shown?.phase, reason: shown?.reason, message: shown?.message }
  }

  private newest({ uid, answered }: Entry): Pod | undefined {
    const viewed = this.host.pod(uid)
    if (viewed === undefined || answered === undefined) return viewed
    return revisionOf(answered) > revisionOf(viewed) ? answered : viewed
  }
}

const revisionOf = (pod: Pod): number => Number(pod.metadata.resourceVersion)
