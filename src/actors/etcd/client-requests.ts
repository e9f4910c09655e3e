import type { EtcdRange, EtcdRequest, EtcdResponse } from '../../events/catalogue/etcd-request.ts'
import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, Micros, Seq } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import { ERROR } from './mvcc/error-text.ts'
import { exceedsQuota, malformation } from './mvcc/quota.ts'
import type { MvccStore } from './mvcc/store.ts'
import { rangeOf, rangeRefusal } from './mvcc/transaction.ts'
import { Pending, type Waiting } from './pending.ts'
import type { MemberId } from './raft/entry.ts'
import type { Ready } from './raft/ready.ts'
import type { Raft } from './raft/state.ts'
import type { RaftInput } from './raft/step.ts'

/** A request is given up after this. Source: server/config/config.go, ReqTimeout: 5 s and two election timeouts. */
const REQUEST_TIMEOUT: Micros = seconds(5) + 2 * seconds(1)
/** Requests that have waited too long are looked for this often. */
const SWEEP: Micros = millis(500)

export const SWEEP_TIMER = 'sweep'

/** What requests need of the member that serves them. */
export interface Serving {
  readonly id: MemberId
  readonly quotaBytes: number
  readonly store: MvccStore
  readonly raft: Raft
  readonly step: (input: RaftInput) => void
}

/**
 * The requests that come to one member, from their arrival to their answer: writes become proposals, linearizable reads wait
 * for an index, and who has waited too long is told so. Source: server/etcdserver/v3_server.go (3.6).
 */
export class ClientRequests {
  private readonly context: ActorContext
  private readonly leases: LeaseKeeper
  private readonly member: Serving
  private readonly pending = new Pending()
  /** Writes that met no leader; they go out when there is one. */
  private parked: { readonly ref: Seq; readonly request: EtcdRequest }[] = []

  constructor(context: ActorContext, leases: LeaseKeeper, member: Serving) {
    this.context = context
    this.leases = leases
    this.member = member
  }

  arrive(client: ActorId, { request, op }: EventData<'EtcdRequested'>, seq: Seq): void {
    const waiting: Waiting = { client, request, op, since: this.context.monotonic }
    const flaw = malformation(op)
    if (flaw !== undefined) return this.refuse(waiting, flaw)
    switch (op.op) {
      case 'range':
        if (op.serializable === true) return this.answerRead(waiting, op)
        this.pending.addRead(seq, waiting)
        this.sweepLater()
        return this.member.step({ type: 'read', context: seq })
      case 'lease-keep-alive':
        return this.keepAlive(waiting, op.lease)
      case 'defragment':
        return this.defragment(waiting)
      case 'move-leader':
        this.member.step({ type: 'transfer', to: op.member })
        return this.answer(waiting, { outcome: 'succeeded' })
      default:
        return this.write(waiting, seq)
    }
  }

  private write(waiting: Waiting, seq: Seq): void {
    const { op } = waiting
    if (exceedsQuota(this.member.store, op, this.member.quotaBytes)) {
      this.raiseAlarm(seq)
      return this.refuse(waiting, ERROR.noSpace)
    }
    this.pending.addWrite(seq, waiting)
    this.sweepLater()
    this.propose([{ ref: seq, request: op }])
  }

  /** What is to be decided; it waits for a leader if there is none. */
  propose(proposals: readonly { readonly ref: Seq; readonly request: EtcdRequest }[]): void {
    if (this.member.raft.leader === 0) this.parked.push(...proposals)
    else this.member.step({ type: 'propose', proposals })
  }

  private raiseAlarm(seq: Seq): void {
    const { id: member } = this.member
    if (this.member.store.alarms.has(member)) return
    this.propose([{ ref: seq, request: { op: 'alarm', kind: 'NOSPACE', member, active: true } }])
  }

  /** Abridged: upstream forwards a keep-alive to the leader; here only the leader takes it. Kubernetes keeps no lease alive. */
  private keepAlive(waiting: Waiting, id: number): void {
    if (this.member.raft.role !== 'leader') return this.refuse(waiting, ERROR.notLeader)
    if (!this.leases.keepAlive(id, this.member.store)) return this.refuse(waiting, ERROR.leaseNotFound)
    this.answer(waiting, { outcome: 'succeeded' })
  }

  private defragment(waiting: Waiting): void {
    const bytesBefore = this.member.store.bytesAllocated
    this.member.store.defragment()
    const bytesAfter = this.member.store.bytesAllocated
    this.context.emit('EtcdDefragmented', { member: this.member.id, bytesBefore, bytesAfter })
    this.answer(waiting, { outcome: 'succeeded' })
  }

  private answerRead(waiting: Waiting, op: EtcdRange): void {
    const refusal = rangeRefusal(this.member.store, op)
    if (refusal !== undefined) this.refuse(waiting, refusal)
    else this.answer(waiting, { outcome: 'succeeded', results: [rangeOf(this.member.store, op)] })
  }

  private refuse(waiting: Waiting, error: string): void {
    this.answer(waiting, { outcome: 'refused', error })
  }

  private answer({ client, request }: Waiting, answer: Omit<EtcdResponse, 'request' | 'revision'>, cause?: Seq): void {
    this.context.emit(
      'EtcdResponded',
      { request, revision: this.member.store.revision, ...answer },
      cause === undefined ? { to: client } : { to: client, cause },
    )
  }

  private sweepLater(): void {
    if (!this.context.hasTimer(SWEEP_TIMER, '')) this.context.setTimer(SWEEP_TIMER, '', SWEEP)
  }

  /**
   * Gives up what has waited for too long; a write may still happen: its client cannot know. Asks again for the index of
   * reads that nobody has confirmed: the question may be lost. Source: v3_server.go, readIndexRetryTime.
   */
  sweep(): void {
    const overdue = this.pending.takeOverdue(this.context.monotonic - REQUEST_TIMEOUT)
    for (const waiting of overdue) this.refuse(waiting, this.member.raft.leader === 0 ? ERROR.noLeader : ERROR.timeout)
    this.parked = this.parked.filter(({ ref }) => this.pending.hasWrite(ref))
    this.askForIndexes()
    if (this.pending.size > 0) this.sweepLater()
  }

  private askForIndexes(): void {
    for (const context of this.pending.unconfirmedReads()) this.member.step({ type: 'read', context })
  }

  /** There is a leader: what waited for one goes out; reads that none has confirmed are asked again, as upstream does. */
  leaderKnown(): void {
    if (this.parked.length > 0) this.member.step({ type: 'propose', proposals: this.parked.splice(0) })
    this.askForIndexes()
  }

  /** What a step of Raft means to those who wait. */
  carriedOut({ dropped, reads }: Ready): void {
    if (dropped.length > 0) this.parked.push(...dropped)
    if (reads.length > 0) this.pending.confirm(reads)
    for (const waiting of this.pending.takeReadable(this.member.store.appliedIndex)) {
      if (waiting.op.op === 'range') this.answerRead(waiting, waiting.op)
    }
  }

  /** A write has been applied: who asked for it here is answered. */
  applied(ref: Seq, answer: Pick<EtcdResponse, 'outcome' | 'results' | 'error'>): void {
    const waiting = this.pending.takeWrite(ref)
    if (waiting !== undefined) this.answer(waiting, answer, ref)
  }
}
