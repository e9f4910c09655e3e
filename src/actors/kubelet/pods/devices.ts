import type { ActorContext } from '../../../engine/actor.ts'
import type { ApiClient } from '../../../engine/client/api-client.ts'
import { keyFor } from '../../../engine/client/keys.ts'
import type { ActorId, LogEvent, Micros, Seq } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import { isReservedFor, claimOf, foreignResourceClaim, notMadeYet } from '../../../kubernetes/resource-claims.ts'
import type { Pod, PodResourceClaim } from '../../../kubernetes/types/pod.ts'
import type { ResourceClaim } from '../../../kubernetes/types/resource.ts'
import type { Why } from '../why.ts'
import type { PodRecord } from './record.ts'
import { wait, type Work } from './work.ts'
import type { SyncWorld } from './world.ts'

/** DRA drivers of this node by name, as their sockets tell. */
export type DevicePlugins = ReadonlyMap<string, ActorId>

/** A Pod is looked at again, though nothing failed, after 60 to 90 s. Source: pkg/kubelet/pod_workers.go, completeWork. */
const RESYNC: readonly [Micros, Micros] = [seconds(60), seconds(90)]

/** Undefined: all went well. */
type Problem = string | undefined

interface Pending {
  readonly plugin: ActorId
  readonly done: (problem: Problem) => void
}

/**
 * The devices that Pods claim: before a Pod's sandbox is made the drivers make them ready, after its containers have ended
 * they take them back, unless another Pod of this node uses the same claim.
 * Source: pkg/kubelet/cm/dra/manager.go, prepareResources and unprepareResources (v1.36).
 * Abridged: which claims are ready is not kept on disk; after a restart every driver is asked to take them back.
 */
export class Devices {
  private readonly client: ApiClient
  private readonly context: ActorContext
  private readonly plugins: DevicePlugins
  private readonly why: Why
  /** Drivers that have made a claim ready, by the claim's key. */
  private readonly prepared = new Map<string, readonly ActorId[]>()
  private readonly pending = new Map<number, Pending>()
  private next = 1

  constructor(client: ApiClient, context: ActorContext, plugins: DevicePlugins, why: Why) {
    this.client = client
    this.context = context
    this.plugins = plugins
    this.why = why
  }

  /** True when the event is a driver's answer. That a driver went away, others may want to know as well. */
  receive(event: LogEvent): boolean {
    if (event.type === 'ConnectionLost') {
      for (const [call, { plugin }] of [...this.pending]) if (plugin === event.data.peer) this.answer(call, UNAVAILABLE)
      return false
    }
    if (event.type === 'NodeResourcesPrepared' || event.type === 'NodeResourcesUnprepared') {
      return this.answer(event.data.call, undefined)
    }
    return event.type === 'DeviceCallRefused' && this.answer(event.data.call, event.data.message)
  }

  /** Makes the devices of a Pod's claims ready. */
  prepare(pod: Pod, done: (problem: Problem) => void): void {
    this.gather(pod, pod.spec.resourceClaims ?? [], new Map(), (wanted) => {
      if (typeof wanted === 'string') return done(wanted)
      this.each([...wanted], done, ([plugin, claims], next) => {
        const call = this.expect(plugin, (problem) => {
          if (problem !== undefined) return next(`NodePrepareResources: ${problem}`)
          for (const claim of claims) {
            this.prepared.set(claim, [...new Set([...(this.prepared.get(claim) ?? []), plugin])])
          }
          next(undefined)
        })
        this.context.emit('NodePrepareResources', { call, pod: pod.metadata.uid, claims }, this.to(plugin))
      })
    })
  }

  /** Takes the devices of a Pod's claims back, but for those that others of the node use. */
  unprepare(pod: Pod, others: readonly Pod[], done: (problem: Problem) => void): void {
    const used = new Set(others.flatMap(claimKeys))
    const wanted = new Map<ActorId, string[]>()
    const free = claimKeys(pod).filter((key) => !used.has(key))
    for (const key of free) {
      for (const plugin of this.prepared.get(key) ?? this.plugins.values()) {
        wanted.set(plugin, [...(wanted.get(plugin) ?? []), key])
      }
    }
    const finish = (problem: Problem): void => {
      if (problem === undefined) for (const key of free) this.prepared.delete(key)
      done(problem)
    }
    this.each([...wanted], finish, ([plugin, claims], next) => {
      const call = this.expect(plugin, (problem) =>
        next(problem === undefined ? undefined : `NodeUnprepareResources: ${problem}`),
      )
      this.context.emit('NodeUnprepareResources', { call, claims }, this.to(plugin))
    })
  }

  /** Which driver has to make which claims ready; a text where that cannot be. */
  private gather(
    pod: Pod,
    [reference, ...rest]: readonly PodResourceClaim[],
    found: Map<ActorId, string[]>,
    done: (found: ReadonlyMap<ActorId, readonly string[]> | string) => void,
  ): void {
    if (reference === undefined) return done(found)
    const named = claimOf(pod, reference)
    if (named === 'missing') return done(notMadeYet(pod))
    if (named === 'none') return this.gather(pod, rest, found, done)
    const { namespace } = pod.metadata
    this.client.call(this.context, { verb: 'get', kind: 'ResourceClaim', namespace, name: named.name }, (answer) => {
      if (!answer.ok || answer.object === undefined) {
        return done(`fetch ResourceClaim ${named.name}: ${answer.ok ? 'no object' : answer.message}`)
      }
      const problem = this.note(pod, answer.object, named.made, found)
      if (problem !== undefined) return done(problem)
      this.gather(pod, rest, found, done)
    })
  }

  private note(pod: Pod, claim: ResourceClaim, isMade: boolean, found: Map<ActorId, string[]>): Problem {
    const foreign = isMade ? foreignResourceClaim(pod, claim) : undefined
    if (foreign !== undefined) return foreign
    const { name, uid } = claim.metadata
    if (!isReservedFor(claim, pod)) {
      return `pod ${pod.metadata.name} (${pod.metadata.uid}) is not allowed to use ResourceClaim ${name} (${uid})`
    }
    const { allocation } = claim.status ?? {}
    if (allocation === undefined) return `ResourceClaim ${name}: claim not allocated`
    for (const driver of new Set(allocation.devices?.results?.map((result) => result.driver))) {
      const plugin = this.plugins.get(driver)
      if (plugin === undefined) return `DRA driver ${driver} is not registered`
      found.set(plugin, [...(found.get(plugin) ?? []), keyFor(pod.metadata.namespace, name)])
    }
    return undefined
  }

  private each<T>(
    [first, ...rest]: readonly T[],
    done: (problem: Problem) => void,
    act: (item: T, next: (problem: Problem) => void) => void,
  ): void {
    if (first === undefined) return done(undefined)
    act(first, (problem) => (problem === undefined ? this.each(rest, done, act) : done(problem)))
  }

  private expect(plugin: ActorId, done: (problem: Problem) => void): number {
    const call = this.next++
    this.pending.set(call, { plugin, done })
    return call
  }

  private to(plugin: ActorId): { readonly to: ActorId; readonly cause: Seq | undefined } {
    return { to: plugin, cause: this.why.seq }
  }

  private answer(call: number, problem: Problem): boolean {
    const pending = this.pending.get(call)
    this.pending.delete(call)
    pending?.done(problem)
    return true
  }
}

const UNAVAILABLE = 'rpc error: code = Unavailable desc = connection error: error reading server preface: EOF'

const claimKeys = (pod: Pod): readonly string[] =>
  (pod.spec.resourceClaims ?? []).flatMap((reference) => {
    const named = claimOf(pod, reference)
    return typeof named === 'object' ? [keyFor(pod.metadata.namespace, named.name)] : []
  })

const hasClaims = ({ spec }: Pod): boolean => (spec.resourceClaims?.length ?? 0) > 0

/**
 * Before the sandbox is made. Gives when to look again; undefined when all is ready. Nothing of it fails the sync, so that it is
 * not tried again before the next regular look. Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, SyncPod (v1.36).
 */
export function* prepareDevices({ pod }: PodRecord, world: SyncWorld): Work<Micros | undefined> {
  if (!hasClaims(pod)) return undefined
  const problem = yield* wait<Problem>((resume) => world.devices.prepare(pod, resume), { canAbandon: true })
  if (problem === undefined) return undefined
  const message = `Failed to prepare dynamic resources: ${problem}`
  world.event(pod, undefined, 'Warning', 'FailedPrepareDynamicResources', message)
  return world.context.now + world.context.random.between(...RESYNC)
}

/** After the containers have ended, and before the status says so. Source: pkg/kubelet/kubelet.go, SyncTerminatingPod (v1.36). */
export function* unprepareDevices(record: PodRecord, world: SyncWorld): Work<boolean> {
  if (!hasClaims(record.pod)) return true
  const others = world.activePods().filter(({ metadata }) => metadata.uid !== record.uid)
  return (yield* wait<Problem>((resume) => world.devices.unprepare(record.pod, others, resume))) === undefined
}
