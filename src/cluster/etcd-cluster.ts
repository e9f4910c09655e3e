import { RaftSafety } from '../actors/etcd/invariants.ts'
import type { StoreImage } from '../actors/etcd/mvcc/store.ts'
import type { WalRecord } from '../actors/etcd/raft/storage.ts'
import { imageOnDisk, restoredFiles, restoredImage } from '../actors/etcd/restore.ts'
import type { Kernel } from '../engine/kernel/kernel.ts'
import type { ActorId, Seq } from '../events/envelope.ts'
import type { ResolvedOptions } from './options.ts'

/** The members of etcd as their operator sees them: machines with files, which can be kept and put back. */
export class EtcdCluster {
  readonly members: readonly ActorId[]
  readonly voters: readonly number[]
  /** Watches over Raft's promises; those of a restored cluster are new. */
  safety: RaftSafety | undefined
  private readonly kernel: Kernel
  private readonly isExternal: boolean
  private readonly isWatched: boolean
  /** The newest backup. */
  private kept: StoreImage | undefined

  constructor(kernel: Kernel, { etcd, etcdTopology, retain }: ResolvedOptions) {
    this.kernel = kernel
    this.voters = Array.from({ length: etcd }, (_, index) => index + 1)
    this.members = this.voters.map((member) => `etcd/${member}`)
    this.isExternal = etcdTopology === 'external'
    this.isWatched = retain !== 'none'
    this.renewSafety()
  }

  /** The machine of a member. */
  hostOf(member: number): string {
    return `${this.isExternal ? 'etcd' : 'cp'}-${member}`
  }

  /** Keeps what a member holds, up to the revision that the log tells of. Gives the revision. */
  backUp(member: ActorId, told: number): number {
    this.kept = this.imageOf(member, told)
    return this.kept.revision
  }

  /** Every member stops. */
  stop(cause: Seq): void {
    for (const member of this.members) this.kernel.machines.kill(member, cause)
  }

  /** What a restore begins with: the newest backup or, if there is none, what a member has on its disk. */
  source(member: ActorId, told: number): StoreImage {
    return this.kept ?? this.imageOf(member, told)
  }

  /** Puts the same state on the disk of every member, and starts them as a new cluster. Members must be stopped. */
  restore(image: StoreImage, revision: number, isBumped: boolean, cause: Seq): void {
    this.renewSafety()
    const files = restoredFiles(restoredImage(image, revision, isBumped), this.voters)
    for (const member of this.members) {
      this.kernel.machines.replaceContent(member, files)
      this.kernel.machines.revive(member, cause)
    }
  }

  private imageOf(member: ActorId, told: number): StoreImage {
    // A member's disk holds what the member wrote.
    return imageOnDisk(this.kernel.machines.contentOf(member) as readonly WalRecord[], this.voters, told)
  }

  private renewSafety(): void {
    this.safety = this.isWatched ? new RaftSafety() : undefined
  }
}
