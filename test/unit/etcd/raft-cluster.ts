import { createEventQueue } from '../../../src/engine/kernel/queue.ts'
import { createRandom, type Random } from '../../../src/engine/kernel/random.ts'
import type { EtcdRequest } from '../../../src/events/catalogue/etcd-request.ts'
import type { Micros } from '../../../src/events/envelope.ts'
import { RaftSafety } from '../../../src/actors/etcd/invariants.ts'
import { apply } from '../../../src/actors/etcd/mvcc/apply.ts'
import { MvccStore, type StoreImage } from '../../../src/actors/etcd/mvcc/store.ts'
import { nextDeadline } from '../../../src/actors/etcd/raft/clock.ts'
import type { Index, MemberId, Snapshot } from '../../../src/actors/etcd/raft/entry.ts'
import type { RaftMessage } from '../../../src/actors/etcd/raft/message.ts'
import type { RaftOptions } from '../../../src/actors/etcd/raft/options.ts'
import type { ReadState, Ready } from '../../../src/actors/etcd/raft/ready.ts'
import { isSnapshotDue, takeSnapshot } from '../../../src/actors/etcd/raft/snapshot.ts'
import { bootstrap, joining, startRaft } from '../../../src/actors/etcd/raft/start.ts'
import type { Raft } from '../../../src/actors/etcd/raft/state.ts'
import { step, type RaftInput } from '../../../src/actors/etcd/raft/step.ts'
import { checkpointOf, recordOf, recover, type WalRecord } from '../../../src/actors/etcd/raft/storage.ts'

/** What the network and the disks do to everybody, in microseconds and millionths. */
export interface Weather {
  readonly delayMin: Micros
  readonly delayMax: Micros
  /** Messages of one member to another never overtake each other, as in a TCP stream. */
  readonly inOrder: boolean
  readonly dropPpm: number
  readonly duplicatePpm: number
  readonly syncMin: Micros
  readonly syncMax: Micros
}

export const CALM: Weather = {
  delayMin: 200,
  delayMax: 400,
  inOrder: true,
  dropPpm: 0,
  duplicatePpm: 0,
  syncMin: 800,
  syncMax: 1_600,
}

/** One member with its disk, and what it keeps until the disk has it. */
export interface Member {
  readonly id: MemberId
  readonly initial: Snapshot
  raft: Raft
  store: MvccStore
  alive: boolean
  paused: boolean
  incarnation: number
  disk: WalRecord[]
  /** Number of records that survive a power cut. */
  synced: number
  syncing: boolean
  /** Number of records up to the last one that had to be synced: what a promise waits for. */
  promisable: number
  /** Behind which number of records a message may leave. */
  held: { readonly behind: number; readonly messages: readonly RaftMessage[] }[]
  /** Reads that are confirmed and wait until the state is new enough. */
  reads: ReadState[]
  alarmAt: Micros | undefined
  backlog: RaftInput[]
}

/** What a test wants to hear. */
export interface Listener {
  applied?(member: MemberId, ref: number, store: MvccStore): void
  read?(member: MemberId, context: number, store: MvccStore): void
  dropped?(member: MemberId, ref: number): void
  stepped?: (member: MemberId, ready: Ready) => void
}

/**
 * Members of one Raft cluster in a world of one queue, one clock and one stream of chance: messages are delayed, lost,
 * doubled and overtake each other, links are cut, and a crash loses what was not synced. `RaftSafety` watches every step.
 */
export class RaftCluster {
  now: Micros = 0
  weather: Weather = CALM
  readonly random: Random
  readonly safety = new RaftSafety()
  readonly members = new Map<MemberId, Member>()
  readonly listener: Listener
  /** Messages sent so far. */
  sent = 0
  /** Alarms that rang so far. */
  alarms = 0
  private readonly queue = createEventQueue<() => void>()
  private readonly cuts = new Set<string>()
  private readonly lastArrival = new Map<string, Micros>()
  /** Who know themselves removed, and by when of the log. */
  private readonly removed = new Map<MemberId, Index>()
  private readonly retired = new Set<MemberId>()
  private readonly options: Partial<RaftOptions>
  private nextRef = 1_000

  constructor(seed: number, voters: number, options: Partial<RaftOptions> = {}, listener: Listener = {}) {
    this.random = createRandom(seed)
    this.options = options
    this.listener = listener
    const ids = Array.from({ length: voters }, (_, i) => i + 1)
    const initial = bootstrap(ids, freshState(1))
    for (const id of ids) this.add(id, initial)
  }

  // The world

  run(duration: Micros): void {
    const until = this.now + duration
    for (let at = this.queue.nextAt(); at !== undefined && at <= until; at = this.queue.nextAt()) {
      this.now = at
      this.queue.pop()?.()
    }
    this.now = until
  }

  runUntil(reached: () => boolean, within: Micros): boolean {
    for (const until = this.now + within; this.now < until && !reached();) this.run(10_000)
    return reached()
  }

  schedule(at: Micros, action: () => void): void {
    this.queue.push(at, action)
  }

  cut(from: MemberId, to: MemberId): void {
    this.cuts.add(`${from}>${to}`)
  }

  /** Nothing passes between the members named and the others. */
  isolate(group: readonly MemberId[]): void {
    for (const a of this.members.keys()) {
      for (const b of this.members.keys()) if (group.includes(a) !== group.includes(b)) this.cut(a, b)
    }
  }

  healLinks(): void {
    this.cuts.clear()
  }

  healAll(): void {
    this.healLinks()
    this.weather = CALM
    for (const member of this.members.values()) {
      this.resume(member.id)
      this.restart(member.id)
    }
  }

  // Members

  member(id: MemberId): Member {
    const member = this.members.get(id)
    if (member === undefined) throw new Error(`no member ${id}`)
    return member
  }

  get leader(): Member | undefined {
    let newest: Member | undefined
    for (const member of this.members.values()) {
      if (!member.alive || member.raft.role !== 'leader') continue
      if (newest === undefined || member.raft.term > newest.raft.term) newest = member
    }
    return newest
  }

  /** Starts a member that the cluster does not know yet. */
  join(id: MemberId): void {
    this.add(id, joining(freshState(0)))
  }

  /** The machine loses power: what its disk had not synced is gone. */
  crash(id: MemberId): void {
    const member = this.member(id)
    if (!member.alive) return
    member.alive = false
    member.incarnation++
    member.disk.length = member.synced
    member.promisable = 0
    member.held = []
    member.reads = []
    member.backlog = []
    member.syncing = false
    member.alarmAt = undefined
    for (const other of this.members.values()) {
      if (other.id !== id) this.later(other, 1_000, { type: 'unreachable', member: id })
    }
  }

  restart(id: MemberId): void {
    const member = this.member(id)
    if (!member.alive && !this.retired.has(id)) this.begin(member)
  }

  pause(id: MemberId): void {
    this.member(id).paused = true
  }

  resume(id: MemberId): void {
    const member = this.member(id)
    if (!member.paused) return
    member.paused = false
    for (const input of member.backlog.splice(0)) this.take(member, input)
  }

  /**
   * Stops members that know themselves removed, once most of those who stay know it too, for good if power cuts are still to
   * come. An operator who stops one of two members earlier can lose the cluster; upstream's one second of grace is a guess,
   * and here not the subject.
   */
  retireRemoved(knowledge: 'in memory' | 'on disk'): void {
    for (const [id, index] of this.removed) {
      const { voters } = this.member(id).raft
      const aware = voters.filter((voter) => {
        const { disk, synced, initial, raft } = this.member(voter)
        if (knowledge === 'in memory') return raft.log.committed >= index
        return recover(disk.slice(0, synced), initial).hardState.commit >= index
      })
      if (aware.length * 2 <= voters.length) continue
      this.removed.delete(id)
      this.retired.add(id)
      this.crash(id)
    }
  }

  // Clients

  /** Asks a member to write; gives the reference under which it will be applied. */
  propose(id: MemberId, request: EtcdRequest): number {
    const ref = this.nextRef++
    this.take(this.member(id), { type: 'propose', proposals: [{ ref, request }] })
    return ref
  }

  put(id: MemberId, key: string, value: unknown): number {
    return this.propose(id, { op: 'put', key, value, size: 10 })
  }

  /** Asks a member for a linearizable read; gives the context under which it will be answered. */
  read(id: MemberId): number {
    const context = this.nextRef++
    this.take(this.member(id), { type: 'read', context })
    return context
  }

  take(member: Member, input: RaftInput): void {
    if (!member.alive) return
    if (member.paused) {
      member.backlog.push(input)
      return
    }
    const ready = step(member.raft, this.now, input)
    this.safety.stepped(member.raft, ready)
    this.listener.stepped?.(member.id, ready)
    this.carryOut(member, ready)
    this.arm(member)
  }

  // Inside

  private add(id: MemberId, initial: Snapshot): void {
    const member: Member = {
      id,
      initial,
      // Replaced at once by `begin`, which starts a member from its disk.
      ...this.incarnate(id, [], initial),
      alive: false,
      paused: false,
      incarnation: 0,
      disk: [],
      synced: 0,
      syncing: false,
      promisable: 0,
      held: [],
      reads: [],
      alarmAt: undefined,
      backlog: [],
    }
    this.members.set(id, member)
    this.begin(member)
  }

  private incarnate(id: MemberId, disk: readonly WalRecord[], initial: Snapshot) {
    const recovered = recover(disk, initial)
    const random = this.random.fork(`member ${id} at ${this.now}`)
    const options: RaftOptions = { ...this.options, id, random: (n) => random.below(n) }
    const { raft, ready } = startRaft(options, recovered, this.now)
    // The one place that knows what the opaque state is.
    return { raft, ready, store: new MvccStore(recovered.snapshot.state as StoreImage) }
  }

  private begin(member: Member): void {
    const { raft, store, ready } = this.incarnate(member.id, member.disk, member.initial)
    member.raft = raft
    member.store = store
    member.alive = true
    this.safety.started(raft, ready)
    this.carryOut(member, ready)
    this.arm(member)
  }

  /** What `Ready` asks of an owner, in its order. */
  private carryOut(member: Member, ready: Ready): void {
    if (ready.snapshot !== undefined) member.store = new MvccStore(ready.snapshot.state as StoreImage)
    const record = recordOf(ready)
    if (record !== undefined) member.disk.push(record)
    if (ready.mustSync) {
      member.promisable = member.disk.length
      this.sync(member)
    }
    for (const message of ready.messages) this.send(member, message)
    if (ready.afterSync.length > 0) this.hold(member, ready.afterSync)
    for (const entry of ready.committed) {
      apply(member.store, entry)
      this.safety.applied(member.id, entry.index, member.store.digest)
      if (entry.ref !== 0) this.listener.applied?.(member.id, entry.ref, member.store)
    }
    for (const { type, data } of ready.membership) {
      if (type === 'MemberRemoved' && data.member === member.id) this.removed.set(member.id, member.raft.log.committed)
    }
    for (const read of ready.reads) member.reads.push(read)
    for (const { ref } of ready.dropped) this.listener.dropped?.(member.id, ref)
    this.serveReads(member)
    if (isSnapshotDue(member.raft)) {
      takeSnapshot(member.raft, member.store.image())
      member.disk.push(checkpointOf(member.raft))
      this.sync(member)
    }
  }

  private serveReads(member: Member): void {
    const waiting: ReadState[] = []
    for (const read of member.reads) {
      if (read.index <= member.store.appliedIndex) this.listener.read?.(member.id, read.context, member.store)
      else waiting.push(read)
    }
    member.reads = waiting
  }

  private sync(member: Member): void {
    if (member.syncing) return
    member.syncing = true
    const { incarnation } = member
    const upTo = member.disk.length
    this.schedule(this.now + this.random.between(this.weather.syncMin, this.weather.syncMax), () => {
      if (member.incarnation !== incarnation) return
      member.syncing = false
      member.synced = upTo
      if (member.disk.length > upTo) this.sync(member)
      this.release(member)
    })
  }

  private hold(member: Member, messages: readonly RaftMessage[]): void {
    member.held.push({ behind: member.promisable, messages })
    this.release(member)
  }

  private release(member: Member): void {
    while (member.held.length > 0 && (member.held[0]?.behind ?? 0) <= member.synced) {
      for (const message of member.held.shift()?.messages ?? []) this.send(member, message)
    }
  }

  private send(member: Member, message: RaftMessage): void {
    this.safety.promised(member.id, message)
    const { to } = message
    if (to === member.id) {
      this.later(member, 0, { type: 'receive', message })
      return
    }
    this.sent++
    const { weather, random } = this
    const lost = this.cuts.has(`${member.id}>${to}`) || random.chance(weather.dropPpm)
    if (lost) {
      // A stream that breaks under a snapshot or its answer is noticed at both ends; of other losses some are noticed.
      const snapshot = message.type === 'InstallSnapshot' || message.type === 'SnapshotAnswered'
      if (snapshot || random.chance(200_000)) this.later(member, 50_000, { type: 'unreachable', member: to })
      if (snapshot) this.later(this.member(to), 50_000, { type: 'unreachable', member: member.id })
      return
    }
    this.deliver(message)
    // Streams between members do not double what they carry, and a proposal has nothing that would tell a copy.
    if (message.type !== 'ForwardProposal' && random.chance(weather.duplicatePpm)) this.deliver(message)
  }

  private deliver(message: RaftMessage): void {
    const receiver = this.members.get(message.to)
    if (receiver === undefined) return
    const delay = this.delayOf(message)
    this.later(receiver, delay, { type: 'receive', message })
    // Nobody listens there: the connection is refused.
    const sender = this.member(message.data.from)
    if (!receiver.alive) this.later(sender, 2 * delay, { type: 'unreachable', member: receiver.id })
  }

  private delayOf({ to, data }: RaftMessage): Micros {
    const { delayMin, delayMax, inOrder } = this.weather
    const arrival = this.now + this.random.between(delayMin, delayMax)
    if (!inOrder) return arrival - this.now
    const link = `${data.from}>${to}`
    const inTurn = Math.max(arrival, this.lastArrival.get(link) ?? 0)
    this.lastArrival.set(link, inTurn)
    return inTurn - this.now
  }

  private later(member: Member, delay: Micros, input: RaftInput): void {
    const { incarnation } = member
    this.schedule(this.now + delay, () => {
      // A message in flight may reach the next incarnation; what a member says to itself dies with it.
      const own = input.type !== 'receive' || input.message.data.from === member.id
      if (own && member.incarnation !== incarnation) return
      this.take(member, input)
    })
  }

  /** One alarm per member, at the deadline as it was when the alarm was set. */
  private arm(member: Member): void {
    const deadline = nextDeadline(member.raft)
    if (deadline === undefined || (member.alarmAt !== undefined && member.alarmAt <= deadline)) return
    const at = Math.max(deadline, this.now)
    const { incarnation } = member
    member.alarmAt = at
    this.schedule(at, () => {
      if (member.incarnation !== incarnation || member.alarmAt !== at) return
      member.alarmAt = undefined
      this.alarms++
      this.take(member, { type: 'tick' })
      // A paused member keeps the alarm in its backlog.
      if (!member.paused) this.arm(member)
    })
  }
}

/** An empty store as of the snapshot that members begin with. */
const freshState = (appliedIndex: number): StoreImage => ({ ...new MvccStore().image(), appliedIndex })
