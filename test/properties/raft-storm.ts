import fc from 'fast-check'
import type { MvccStore } from '../../src/actors/etcd/mvcc/store.ts'
import type { MemberId } from '../../src/actors/etcd/raft/entry.ts'
import type { RaftOptions } from '../../src/actors/etcd/raft/options.ts'
import { millis, seconds } from '../../src/events/time.ts'
import { RaftCluster, type Weather } from '../unit/etcd/raft-cluster.ts'
import { RegisterHistory } from './register-history.ts'

/** How hard it blows: everything that happens is drawn from `seed`. Chances in millionths. */
export interface Storm {
  readonly seed: number
  readonly voters: 1 | 3 | 5 | 7
  readonly dropPpm: number
  readonly duplicatePpm: number
  readonly delayMaxMillis: number
  readonly inOrder: boolean
  readonly syncMaxMillis: number
  /** Relative weights of what befalls the cluster. */
  readonly cuts: number
  readonly crashes: number
  readonly pauses: number
  readonly changes: number
}

export const storms: fc.Arbitrary<Storm> = fc.record({
  seed: fc.integer({ min: 0, max: 0xffff_ffff }),
  voters: fc.constantFrom(1, 3, 5, 7),
  dropPpm: fc.constantFrom(0, 10_000, 100_000, 300_000),
  duplicatePpm: fc.constantFrom(0, 50_000, 300_000),
  delayMaxMillis: fc.constantFrom(1, 20, 200, 1_500),
  inOrder: fc.boolean(),
  syncMaxMillis: fc.constantFrom(2, 30, 300),
  cuts: fc.constantFrom(0, 1, 3),
  crashes: fc.constantFrom(0, 1, 3),
  pauses: fc.constantFrom(0, 1),
  changes: fc.constantFrom(0, 0, 1),
})

const STORM_LENGTH = seconds(20)
/** How long a healed cluster may take to be of use again: ten election timeouts. */
const RECOVERY = seconds(10)
/** A client asks again when it has heard nothing for so long: a leader that hands over takes no proposals. */
const CLIENT_PATIENCE = seconds(2)

/** Rides out a storm with clients at work, heals everything and gives what the clients saw. Throws when a promise of Raft is broken. */
export const ride = (storm: Storm, options: Partial<RaftOptions> = {}): Ridden => {
  const ridden = new Ridden(storm, options)
  ridden.storm()
  return ridden
}

export class Ridden {
  readonly cluster: RaftCluster
  readonly history = new RegisterHistory()
  private readonly plan: Storm
  private newest: MemberId
  private nextValue = 1

  constructor(plan: Storm, options: Partial<RaftOptions>) {
    this.plan = plan
    this.newest = plan.voters
    // Small snapshots, so that a storm sees many.
    const sizes = { snapshotEvery: 40, keptBeforeSnapshot: 10, messageBytesMax: 400, inflightMax: 4 }
    this.cluster = new RaftCluster(
      plan.seed,
      plan.voters,
      { ...sizes, ...options },
      {
        applied: (_member, ref, store) => this.history.written(ref, revisionOf(store), this.cluster.now),
        read: (_member, context, store) =>
          this.history.read(context, revisionOf(store), store.get(KEY)?.value, this.cluster.now),
      },
    )
  }

  storm(): void {
    const { cluster } = this
    const weather: Weather = {
      delayMin: 200,
      delayMax: millis(this.plan.delayMaxMillis),
      inOrder: this.plan.inOrder,
      dropPpm: this.plan.dropPpm,
      duplicatePpm: this.plan.duplicatePpm,
      syncMin: 500,
      syncMax: millis(this.plan.syncMaxMillis),
    }
    cluster.run(seconds(3))
    cluster.weather = weather
    while (cluster.now < seconds(3) + STORM_LENGTH) {
      for (let clients = cluster.random.below(4); clients > 0; clients--) this.work()
      this.befall()
      cluster.retireRemoved('on disk')
      cluster.run(cluster.random.between(millis(5), millis(300)))
    }
  }

  /** Ends all faults. True if the cluster is of use again in time. */
  recovers(): boolean {
    const { cluster } = this
    cluster.healAll()
    const deadline = cluster.now + RECOVERY
    let asked = { at: 0, put: 0, read: 0 }
    while (cluster.now < deadline) {
      cluster.run(millis(100))
      cluster.retireRemoved('in memory')
      if (this.undisputedLeader() === undefined) continue
      if (asked.at + CLIENT_PATIENCE < cluster.now) {
        asked = { at: cluster.now, put: this.write(this.someVoter()), read: this.query(this.someVoter()) }
      } else if (this.history.isDone(asked.put) && this.history.isDone(asked.read) && this.agree()) return true
    }
    return false
  }

  /** Whether every voter has applied the same log and holds the same state. */
  private agree(): boolean {
    const voters = this.voters().map((id) => this.cluster.member(id))
    const first = voters[0]
    return voters.every(
      ({ store }) => store.appliedIndex === first?.store.appliedIndex && store.digest === first.store.digest,
    )
  }

  private undisputedLeader(): MemberId | undefined {
    const leader = this.cluster.leader
    if (leader === undefined) return undefined
    return this.voters().every((id) => this.cluster.member(id).raft.leader === leader.id) ? leader.id : undefined
  }

  private voters(): readonly MemberId[] {
    return this.cluster.leader?.raft.voters ?? []
  }

  private someVoter(): MemberId {
    const voters = this.voters()
    return voters[this.cluster.random.below(voters.length)] ?? 1
  }

  private someone(): MemberId {
    const ids = [...this.cluster.members.keys()]
    return ids[this.cluster.random.below(ids.length)] ?? 1
  }

  private work(): void {
    const { random } = this.cluster
    if (random.chance(600_000)) this.write(this.someone())
    else this.query(this.someone())
  }

  private write(member: MemberId): number {
    const value = this.nextValue++
    const { cluster, history } = this
    return history.invoke(
      () => cluster.propose(member, { op: 'put', key: KEY, value, size: cluster.random.below(200) }),
      { write: value, at: cluster.now },
    )
  }

  private query(member: MemberId): number {
    return this.history.invoke(() => this.cluster.read(member), { write: undefined, at: this.cluster.now })
  }

  private befall(): void {
    const { cuts, crashes, pauses, changes } = this.plan
    const { cluster } = this
    const luck = 6
    let drawn = cluster.random.below(luck + cuts + crashes + pauses + changes)
    if ((drawn -= cuts) < 0) this.cutSomething()
    else if ((drawn -= crashes) < 0) this.crashSomeone()
    else if ((drawn -= pauses) < 0) this.pauseSomeone()
    else if ((drawn -= changes) < 0) this.changeMembers()
    else if (drawn === 0) cluster.healLinks()
    else if (drawn === 1) for (const id of cluster.members.keys()) cluster.restart(id)
  }

  private cutSomething(): void {
    const { cluster } = this
    if (cluster.random.chance(300_000)) cluster.cut(this.someone(), this.someone())
    else if (cluster.random.chance(400_000)) cluster.isolate([cluster.leader?.id ?? 1])
    else cluster.isolate([...cluster.members.keys()].filter(() => cluster.random.chance(500_000)))
  }

  private crashSomeone(): void {
    const { cluster } = this
    const everybody = cluster.random.chance(100_000)
    const victims = everybody ? [...cluster.members.keys()] : [this.someone()]
    for (const id of victims) {
      cluster.crash(id)
      cluster.schedule(cluster.now + cluster.random.below(seconds(3)), () => cluster.restart(id))
    }
  }

  private pauseSomeone(): void {
    const { cluster } = this
    const id = this.someone()
    cluster.pause(id)
    cluster.schedule(cluster.now + cluster.random.below(seconds(4)), () => cluster.resume(id))
  }

  /**
   * Adds, removes, hands over. Never leaves fewer than three: changes take effect when they are applied, so the one who stays
   * of two may need the vote of the one who is removed, in this model as upstream.
   */
  private changeMembers(): void {
    const { cluster } = this
    const voters = this.voters()
    if (cluster.random.chance(300_000)) {
      const leader = cluster.leader
      if (leader !== undefined) cluster.take(leader, { type: 'transfer', to: this.someVoter() })
    } else if (voters.length > 3 && cluster.random.chance(500_000)) {
      this.cluster.propose(this.someone(), { op: 'member-remove', member: this.someVoter() })
    } else if (voters.length < 7) {
      const member = ++this.newest
      cluster.join(member)
      this.cluster.propose(this.someone(), { op: 'member-add', member })
    }
  }
}

const KEY = 'register'

const revisionOf = (store: MvccStore): number => store.get(KEY)?.mod ?? 0
