import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import { actorOf, type ActorContext, type HostedActor } from '../../engine/actor.ts'
import type { RaftSafety } from './invariants.ts'
import { announceChange, announceOperation } from './announce.ts'
import { LEASE_TIMER, LeaseKeeper } from './lease-keeper.ts'
import { apply } from './mvcc/apply.ts'
import { QUOTA_BYTES } from './mvcc/quota.ts'
import { MvccStore, type StoreImage } from './mvcc/store.ts'
import { ClientRequests, SWEEP_TIMER, type Serving } from './client-requests.ts'
import { etcdMemberId, isRaftMessage, memberOf } from './peers.ts'
import type { RaftBug } from './raft/bug.ts'
import { nextDeadline } from './raft/clock.ts'
import { HEARTBEAT_INTERVAL } from './raft/options.ts'
import type { Entry, MemberId } from './raft/entry.ts'
import type { RaftMessage } from './raft/message.ts'
import type { Ready } from './raft/ready.ts'
import { isSnapshotDue, takeSnapshot } from './raft/snapshot.ts'
import { bootstrap, startRaft } from './raft/start.ts'
import type { Raft } from './raft/state.ts'
import { step, type RaftInput } from './raft/step.ts'
import { checkpointOf, recordOf, recover } from './raft/storage.ts'
import { emptyImage } from './restore.ts'
import { Wal } from './wal.ts'
import { WatchService } from './watch-service.ts'

/** After so long without a leader a member ends its watches: three election timeouts. Source: api/v3rpc/interceptor.go, maxNoLeaderCnt. */
const NO_LEADER_MAX: Micros = 3 * seconds(1)
const NO_LEADER = 'no-leader'
/** A member that is held up misses a tick only when the one before is still waiting for it: its ticker holds one. */
const TICK: Micros = HEARTBEAT_INTERVAL

export interface EtcdOptions {
  /** From 1. */
  readonly member: MemberId
  readonly voters: readonly MemberId[]
  readonly quotaBytes?: number
  /** Watches over Raft's promises from outside. */
  readonly safety?: RaftSafety
  /** A mistake planted on purpose. Only canary tests set it. */
  readonly bug?: RaftBug
}

/**
 * One etcd member: Raft decides the order of writes, the store applies them, watchers are told.
 *
 * Any member takes any request: writes go to the leader as proposals, linearizable reads wait until this member has applied
 * what the leader had committed when they came. What a member acknowledges is on its disk.
 * Source: server/etcdserver/server.go and v3_server.go (3.6).
 */
export const etcd = (options: EtcdOptions): HostedActor => actorOf((context) => new Member(options, context))

class Member {
  private readonly options: EtcdOptions
  private readonly context: ActorContext
  private readonly wal: Wal
  private readonly raft: Raft
  private store: MvccStore
  private readonly watches: WatchService
  private readonly leases: LeaseKeeper
  private readonly requests: ClientRequests
  /** The disk refused a write: this member's memory is ahead of its disk, and it must not speak again. */
  private failed = false
  private alarmAt: Micros | undefined
  /** What Raft wants done while the disk is busy. */
  private held: Step[] = []
  /** Since when it is busy. */
  private busySince: Micros = 0
  private isCarryingOut = false
  /** Whether this member led when it took the step that is being carried out. */
  private leads = false

  constructor(options: EtcdOptions, context: ActorContext) {
    this.options = options
    this.context = context
    this.watches = new WatchService(context)
    this.leases = new LeaseKeeper(context)
    this.requests = new ClientRequests(context, this.leases, this.serving())
    this.wal = new Wal(context.disk)
    const recovered = recover(this.wal.records(), bootstrap(options.voters, emptyImage()))
    this.store = new MvccStore(recovered.snapshot.state as StoreImage)
    const { member: id, bug } = options
    const random = (n: number): number => context.random.below(n)
    const { raft, ready } = startRaft({ id, random, bug }, recovered, context.monotonic)
    this.raft = raft
    options.safety?.started(raft, ready)
    this.carryOut(ready)
  }

  receive(event: LogEvent): void {
    if (this.failed) return
    switch (event.type) {
      case 'EtcdRequested':
        return this.requests.arrive(event.by, event.data, event.seq)
      case 'EtcdWatchRequested':
        return this.watches.begin(this.store, event.by, event.data)
      case 'EtcdWatchCancelled':
        return this.watches.cancel(event.by, event.data.watch)
      case 'EtcdProgressRequested':
        return this.watches.tellProgress(this.store, event.by)
      case 'DiskSynced':
        return this.onSynced(event.data.position)
      case 'DiskFailed':
        return this.context.exit(`write to disk failed: ${event.data.reason}`)
      case 'ConnectionLost':
        return this.onConnectionLost(event.data.peer)
      case 'TimerFired':
        return this.onTimer(event.data.name)
      default:
        if (isRaftMessage(event)) this.step({ type: 'receive', message: event })
    }
  }

  /** What requests need of the member. */
  private serving(): Serving {
    const store = (): MvccStore => this.store
    const raft = (): Raft => this.raft
    const { member: id, quotaBytes = QUOTA_BYTES } = this.options
    return {
      id,
      quotaBytes,
      get store() {
        return store()
      },
      get raft() {
        return raft()
      },
      step: (input) => this.step(input),
    }
  }

  // Raft

  private step(input: RaftInput): void {
    const ready = step(this.raft, this.context.monotonic, input)
    this.options.safety?.stepped(this.raft, ready)
    this.carryOut(ready)
  }

  /**
   * Does what a step wants done; later if the disk is busy. A member that waits for its disk goes on listening and says
   * nothing: it sends no heartbeats either, so that a leader with a slow disk loses its lead.
   * Source: server/etcdserver/raft.go, start: one loop counts ticks, sends and waits for the write-ahead log.
   */
  private carryOut(ready: Ready): void {
    this.held.push({ ready, leads: this.raft.role === 'leader' })
    if (this.isCarryingOut) return
    this.isCarryingOut = true
    while (this.held.length > 0 && !this.wal.isSyncing && !this.failed) this.carryOutAll(this.held.splice(0))
    this.isCarryingOut = false
    if (this.failed) return
    if (this.held.length === 0 && isSnapshotDue(this.raft)) this.saveSnapshot()
    this.armElectionTimer()
    this.leases.arm()
  }

  /** The steps that a member took while its disk was busy are written at once, as one. */
  private carryOutAll(steps: readonly Step[]): void {
    if (!this.save(steps)) return
    for (const { ready, leads } of steps) {
      this.leads = leads
      this.carryOutOne(ready)
    }
  }

  private carryOutOne(ready: Ready): void {
    if (ready.snapshot !== undefined) this.replaceStore(ready.snapshot.state as StoreImage)
    for (const message of ready.messages) this.send(message)
    if (ready.afterSync.length > 0) this.release(this.wal.hold(ready.afterSync))
    if (ready.role !== undefined) this.announceRole(ready)
    for (const entry of ready.committed) this.apply(entry)
    for (const change of ready.membership) if (this.leads) this.context.emit(change.type, change.data)
    this.requests.carriedOut(ready)
  }

  private onSynced(position: number): void {
    const wasSyncing = this.wal.isSyncing
    this.isCarryingOut = true
    this.release(this.wal.synced(position))
    this.isCarryingOut = false
    if (!wasSyncing || this.wal.isSyncing) return
    const missed = this.context.monotonic - this.busySince - TICK
    if (missed > 0) this.step({ type: 'stalled', duration: missed })
    else this.step({ type: 'tick' })
  }

  /** False if the disk refused: then nothing of these steps may be told to anyone, and the process ends. */
  private save(steps: readonly Step[]): boolean {
    const last = steps.length - 1
    const mustSync = steps.some(({ ready }) => ready.mustSync)
    if (mustSync) this.busySince = this.context.monotonic
    if (steps.every(({ ready }, i) => this.wal.append(recordOf(ready), mustSync && i === last))) return true
    this.failed = true
    this.context.exit('failed to save Raft hard state and entries')
    return false
  }

  /** A snapshot from the leader: watchers are told what they have missed. */
  private replaceStore(image: StoreImage): void {
    const known = this.store.revision
    this.store = new MvccStore(image)
    for (const change of this.store.changesSince(known + 1)) this.watches.tell(change, this.context.seq)
  }

  private send(message: RaftMessage): void {
    const { member } = this.options
    if (message.to === member) this.step({ type: 'receive', message })
    else this.context.emit(message.type, message.data, { to: etcdMemberId(message.to) })
  }

  private release(messages: readonly RaftMessage[]): void {
    for (const message of messages) {
      this.options.safety?.promised(this.options.member, message)
      this.send(message)
    }
  }

  private announceRole({ role: change }: Ready): void {
    if (change === undefined) return
    const { role, term, leader } = change
    const { member } = this.options
    this.context.emit('RaftRoleChanged', { member, role, term, leader })
    if (role === 'leader') this.context.emit('LeaderElected', { member, term })
    this.leases.changeRole(role === 'leader', this.store)
    if (leader === 0) {
      this.context.setTimer(NO_LEADER, '', NO_LEADER_MAX)
      return
    }
    this.context.cancelTimer(NO_LEADER, '')
    this.requests.leaderKnown()
  }

  private onConnectionLost(peer: ActorId): void {
    const member = memberOf(peer)
    if (member === undefined) this.watches.drop(peer)
    else this.step({ type: 'unreachable', member })
  }

  private onTimer(name: string): void {
    if (name === SWEEP_TIMER) return this.requests.sweep()
    if (name === LEASE_TIMER) return this.revokeExpired()
    if (name === NO_LEADER) return this.watches.endAll()
    this.alarmAt = undefined
    // Who waits for the disk takes no ticks.
    if (!this.wal.isSyncing) this.step({ type: 'tick' })
  }

  // The state machine

  private apply(entry: Entry): void {
    const { outcome, error, results, changes } = apply(this.store, entry)
    this.options.safety?.applied(this.options.member, entry.index, this.store.digest)
    const { leads } = this
    for (const change of changes) {
      // Followers tell their watchers too; the fact itself is told once, by whoever decided it.
      const cause = leads ? announceChange(this.context, change, entry.ref) : entry.ref
      this.watches.tell(change, cause)
    }
    if (leads) this.leases.note(entry.request, outcome, this.store)
    if (leads && outcome === 'succeeded') announceOperation(this.context, entry)
    this.requests.applied(entry.ref, { outcome, results, error })
  }

  private revokeExpired(): void {
    const revocations = this.leases.expired()
    if (revocations.length > 0) this.requests.propose(revocations)
    this.leases.arm()
  }

  private saveSnapshot(): void {
    takeSnapshot(this.raft, this.store.image())
    this.wal.appendCheckpoint(checkpointOf(this.raft))
  }

  // Alarms

  /** One alarm, at the deadline known when it was set; see nextDeadline. */
  private armElectionTimer(): void {
    const deadline = nextDeadline(this.raft)
    if (deadline === undefined || (this.alarmAt !== undefined && this.alarmAt <= deadline)) return
    this.alarmAt = deadline
    this.context.setTimer('raft', '', Math.max(0, deadline - this.context.monotonic))
  }
}

/** What one step wants done, and whether it was a leader's. */
interface Step {
  readonly ready: Ready
  readonly leads: boolean
}
