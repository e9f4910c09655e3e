import { RaftSafety } from '../../../src/actors/etcd/invariants.ts'
import { apply } from '../../../src/actors/etcd/mvcc/apply.ts'
import { MvccStore, type StoreImage } from '../../../src/actors/etcd/mvcc/store.ts'
import { nextDeadline } from '../../../src/actors/etcd/raft/clock.ts'
import type { Entry, MemberId, Snapshot } from '../../../src/actors/etcd/raft/entry.ts'
import type { RaftMessage } from '../../../src/actors/etcd/raft/message.ts'
import type { RaftOptions } from '../../../src/actors/etcd/raft/options.ts'
import type { Ready } from '../../../src/actors/etcd/raft/ready.ts'
import { takeSnapshot } from '../../../src/actors/etcd/raft/snapshot.ts'
import { bootstrap, joining, startRaft } from '../../../src/actors/etcd/raft/start.ts'
import type { Raft } from '../../../src/actors/etcd/raft/state.ts'
import { step, type RaftInput } from '../../../src/actors/etcd/raft/step.ts'
import { checkpointOf, recordOf, recover, type WalRecord } from '../../../src/actors/etcd/raft/storage.ts'
import type { EtcdRequest } from '../../../src/events/catalogue/etcd-request.ts'
import type { Micros } from '../../../src/events/envelope.ts'
import { describeEntries, describeMessage } from './describe.ts'

interface Actor {
  readonly id: MemberId
  readonly initial: Snapshot
  raft: Raft
  store: MvccStore
  alive: boolean
  /** Its disk syncs only when told to. */
  slow: boolean
  readonly disk: WalRecord[]
  synced: number
  /** Number of records up to the last one that had to be synced. */
  promisable: number
  held: { readonly behind: number; readonly message: RaftMessage }[]
}

/**
 * A Raft cluster in which nothing happens by itself: a script says whose time is up, which message arrives and which disk
 * syncs. What happens is told in lines.
 */
export class Stage {
  readonly lines: string[] = []
  private readonly actors = new Map<MemberId, Actor>()
  private readonly options: Partial<RaftOptions>
  private readonly safety = new RaftSafety()
  /** In the order in which they were sent. */
  private underWay: { readonly from: MemberId; readonly message: RaftMessage }[] = []
  private now: Micros = 0
  /** Cut off from all others, but not from each other. */
  private apart: readonly MemberId[] = []
  /** How requests are shown, by their reference. */
  private readonly names = new Map<number, string>()
  private nextRef = 1

  constructor(voters: number, options: Partial<RaftOptions>) {
    this.options = options
    const ids = Array.from({ length: voters }, (_, i) => i + 1)
    const initial = bootstrap(ids, emptyState(1))
    for (const id of ids) this.enter(id, initial)
  }

  actor(id: MemberId): Actor {
    const actor = this.actors.get(id)
    if (actor === undefined) throw new Error(`there is no member ${id}`)
    return actor
  }

  ids(): readonly MemberId[] {
    return [...this.actors.keys()]
  }

  join(id: MemberId): void {
    this.enter(id, joining(emptyState(0)))
  }

  /** Lets time pass until this member's own clock wants something. */
  wake(id: MemberId): void {
    const deadline = nextDeadline(this.actor(id).raft)
    if (deadline === undefined) this.say(`${id} waits for nothing`)
    else this.now = Math.max(this.now, deadline)
    this.take(id, { type: 'tick' })
  }

  propose(id: MemberId, request: EtcdRequest, name: string): void {
    const ref = this.nextRef++
    this.names.set(ref, name)
    this.take(id, { type: 'propose', proposals: [{ ref, request }] })
  }

  read(id: MemberId): void {
    this.take(id, { type: 'read', context: this.nextRef++ })
  }

  take(id: MemberId, input: RaftInput): void {
    const actor = this.actor(id)
    if (!actor.alive) return
    const ready = step(actor.raft, this.now, input)
    this.safety.stepped(actor.raft, ready)
    this.carryOut(actor, ready)
  }

  /** Delivers what is under way, and what that brings about, until nothing is; or only what goes one way. */
  deliver(from?: MemberId, to?: MemberId, count = Infinity): void {
    for (let delivered = 0; delivered < count; delivered++) {
      const next = this.underWay.findIndex((one) => passes(one, from, to))
      const [one] = next === -1 ? [] : this.underWay.splice(next, 1)
      if (one === undefined) return
      this.say(`${one.from} > ${one.message.to} ${describeMessage(one.message, this.names)}`)
      this.take(one.message.to, { type: 'receive', message: one.message })
    }
  }

  /** Loses what is under way, all of it or one way. */
  drop(from?: MemberId, to?: MemberId): void {
    const before = this.underWay.length
    this.underWay = this.underWay.filter((one) => !passes(one, from, to))
    this.say(`${before - this.underWay.length} lost`)
  }

  /** Nothing passes between these and the others; for none, everything passes again. */
  keepApart(ids: readonly MemberId[]): void {
    this.apart = ids
    this.underWay = this.underWay.filter(({ from, message }) => !this.isCut(from, message.to))
  }

  slowDisk(id: MemberId): void {
    this.actor(id).slow = true
  }

  sync(id: MemberId): void {
    const actor = this.actor(id)
    actor.synced = actor.disk.length
    this.release(actor)
  }

  /** Loses power; what was under way to and from it is lost too. */
  crash(id: MemberId): void {
    const actor = this.actor(id)
    const lost = actor.disk.length - actor.synced
    actor.alive = false
    actor.disk.length = actor.synced
    actor.promisable = 0
    actor.held = []
    this.underWay = this.underWay.filter((one) => one.from !== id && one.message.to !== id)
    this.say(`${id} is down, ${lost} unsynced records are lost`)
  }

  restart(id: MemberId): void {
    const actor = this.actor(id)
    actor.slow = false
    this.begin(actor)
    const { term, log } = actor.raft
    this.say(`${id} is up in term ${term}, log to ${log.lastIndex}/${log.lastTerm}, committed ${log.committed}`)
  }

  snapshot(id: MemberId): void {
    const actor = this.actor(id)
    const { index } = takeSnapshot(actor.raft, actor.store.image())
    actor.disk.push(checkpointOf(actor.raft))
    this.say(`${id} has a snapshot up to ${index}, its log begins at ${actor.raft.log.firstIndex}`)
    if (!actor.slow) this.sync(id)
  }

  describe(id: MemberId): string {
    const { raft, alive } = this.actor(id)
    if (!alive) return `${id} down`
    const { log } = raft
    const last = `${log.lastIndex}/${log.lastTerm}`
    return `${id} ${raft.role} term=${raft.term} leader=${raft.leader} log=${last} committed=${log.committed}`
  }

  describeLog(id: MemberId): string {
    const { log } = this.actor(id).raft
    return `${id} ${describeEntries(log.between(log.firstIndex, log.lastIndex), this.names)}`
  }

  // Inside

  private say(line: string): void {
    this.lines.push(line)
  }

  private enter(id: MemberId, initial: Snapshot): void {
    const actor: Actor = {
      id,
      initial,
      ...this.incarnate(id, [], initial),
      alive: true,
      slow: false,
      disk: [],
      synced: 0,
      promisable: 0,
      held: [],
    }
    this.actors.set(id, actor)
    this.begin(actor)
  }

  private incarnate(id: MemberId, disk: readonly WalRecord[], initial: Snapshot) {
    const recovered = recover(disk, initial)
    const { raft, ready } = startRaft({ ...this.options, id, random: () => 0 }, recovered, this.now)
    return { raft, ready, store: new MvccStore(recovered.snapshot.state as StoreImage) }
  }

  private begin(actor: Actor): void {
    const { raft, ready, store } = this.incarnate(actor.id, actor.disk, actor.initial)
    actor.raft = raft
    actor.store = store
    actor.alive = true
    this.safety.started(raft, ready)
    for (const entry of ready.committed) this.apply(actor, entry)
  }

  private carryOut(actor: Actor, ready: Ready): void {
    const { id } = actor
    if (ready.role !== undefined) {
      const { role, term, leader } = ready.role
      this.say(
        `${id} is ${role} in term ${term}${role === 'follower' ? ` of ${leader === 0 ? 'nobody' : leader}` : ''}`,
      )
    }
    if (ready.snapshot !== undefined) {
      actor.store = new MvccStore(ready.snapshot.state as StoreImage)
      this.say(`${id} installs a snapshot up to ${ready.snapshot.index}`)
    }
    const record = recordOf(ready)
    if (record !== undefined) actor.disk.push(record)
    if (ready.mustSync) actor.promisable = actor.disk.length
    for (const message of ready.messages) this.send(actor, message)
    for (const message of ready.afterSync) actor.held.push({ behind: actor.promisable, message })
    for (const entry of ready.committed) this.apply(actor, entry)
    if (ready.committed.length > 0) this.say(`${id} applies ${describeEntries(ready.committed, this.names)}`)
    for (const { type, data } of ready.membership)
      this.say(`${id} ${type} ${data.member}, voters ${data.voters.join(' ')}`)
    for (const { index } of ready.reads) {
      const value = actor.store.get('x')?.value
      this.say(`${id} may answer a read from ${index}: it has applied ${actor.store.appliedIndex}, x=${String(value)}`)
    }
    for (const { ref } of ready.dropped) this.say(`${id} cannot take ${this.names.get(ref) ?? ref}`)
    if (!actor.slow) actor.synced = actor.disk.length
    this.release(actor)
  }

  private apply(actor: Actor, entry: Entry): void {
    apply(actor.store, entry)
    this.safety.applied(actor.id, entry.index, actor.store.digest)
  }

  private release(actor: Actor): void {
    while (actor.held.length > 0 && (actor.held[0]?.behind ?? 0) <= actor.synced) {
      const message = actor.held.shift()?.message
      if (message !== undefined) this.send(actor, message)
    }
  }

  private send(actor: Actor, message: RaftMessage): void {
    this.safety.promised(actor.id, message)
    if (message.to === actor.id) this.take(actor.id, { type: 'receive', message })
    else if (!this.isCut(actor.id, message.to)) this.underWay.push({ from: actor.id, message })
  }

  private isCut(from: MemberId, to: MemberId): boolean {
    return this.apart.includes(from) !== this.apart.includes(to)
  }
}

const passes = (
  { from: sender, message }: { readonly from: MemberId; readonly message: RaftMessage },
  from: MemberId | undefined,
  to: MemberId | undefined,
): boolean => (from === undefined || from === sender) && (to === undefined || to === message.to)

const emptyState = (appliedIndex: number): StoreImage => ({ ...new MvccStore().image(), appliedIndex })
