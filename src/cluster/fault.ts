import type { Micros } from '../events/envelope.ts'

/** A host by name, or `*` for every other one. */
export type HostRef = string
/** A process by id (`kubelet/node-1`, `kube-scheduler/0`), or whoever leads etcd when the fault begins. */
export type ProcessRef = string

/** The process that leads etcd when a fault begins. */
export const ETCD_LEADER: ProcessRef = 'etcd-leader'

/** What can go wrong. Plain JSON; chaos draws these, people write them (`crash node-2`). */
export type Fault =
  /** A machine loses power; when the fault ends it boots. */
  | { readonly kind: 'crash'; readonly host: HostRef }
  /** A process is killed; when the fault ends, or at once if it has no end, its supervisor starts it again. */
  | { readonly kind: 'kill'; readonly process: ProcessRef }
  | { readonly kind: 'pause'; readonly process: ProcessRef }
  /** No packet passes, in one direction or both. */
  | { readonly kind: 'partition'; readonly from: HostRef; readonly to: HostRef; readonly bothWays: boolean }
  | { readonly kind: 'delay'; readonly from: HostRef; readonly to: HostRef; readonly delay: Micros }
  | { readonly kind: 'loss'; readonly from: HostRef; readonly to: HostRef; readonly lossPpm: number }
  | { readonly kind: 'slow-disk'; readonly host: HostRef; readonly factor: number }
  | { readonly kind: 'full-disk'; readonly host: HostRef }
  | { readonly kind: 'skew'; readonly host: HostRef; readonly by: Micros }
  /** A copy of what an etcd member holds is kept. No harm is done, but it stands among faults: it is what operators do. */
  | { readonly kind: 'backup'; readonly process: ProcessRef }
  /**
   * etcd is stopped and, when the fault ends, starts as a new cluster: with the newest backup or, if none was made, with what
   * stands on the disk of `process`. Its revision is moved on by `bump` and all before is compacted, so that whoever read
   * from the lost past has to list again. With a bump of 0, as who forgets it does, whoever remembers a later revision than the
   * backup's waits for it and is told nothing of what is written until then.
   */
  | { readonly kind: 'restore'; readonly process: ProcessRef; readonly bump: number }

export const crash = (host: HostRef): Fault => ({ kind: 'crash', host })
export const kill = (process: ProcessRef): Fault => ({ kind: 'kill', process })
export const pause = (process: ProcessRef): Fault => ({ kind: 'pause', process })
export const partition = (from: HostRef, to: HostRef = '*'): Fault => ({ kind: 'partition', from, to, bothWays: true })
export const oneWayPartition = (from: HostRef, to: HostRef = '*'): Fault => ({
  kind: 'partition',
  from,
  to,
  bothWays: false,
})
export const delay = (from: HostRef, by: Micros, to: HostRef = '*'): Fault => ({ kind: 'delay', from, to, delay: by })
export const loss = (from: HostRef, lossPpm: number, to: HostRef = '*'): Fault => ({ kind: 'loss', from, to, lossPpm })
export const slowDisk = (host: HostRef, factor: number): Fault => ({ kind: 'slow-disk', host, factor })
export const fullDisk = (host: HostRef): Fault => ({ kind: 'full-disk', host })
export const skew = (host: HostRef, by: Micros): Fault => ({ kind: 'skew', host, by })

export const backup = (process: ProcessRef = ETCD_LEADER): Fault => ({ kind: 'backup', process })

/** More revisions than any cluster writes between a backup and its restore. Source: etcd.io/docs/v3.6/op-guide/recovery. */
export const REVISION_BUMP = 1_000_000_000
export const restore = (process: ProcessRef = ETCD_LEADER, bump = REVISION_BUMP): Fault => ({
  kind: 'restore',
  process,
  bump,
})

/** What the fault concerns, as people would write it. */
export const describeFault = (fault: Fault): string => {
  switch (fault.kind) {
    case 'crash':
    case 'full-disk':
      return `${fault.kind} ${fault.host}`
    case 'slow-disk':
      return `slow-disk ${fault.host} ${fault.factor}x`
    case 'skew':
      return `skew ${fault.host} ${fault.by / 1000}ms`
    case 'kill':
    case 'pause':
    case 'backup':
      return `${fault.kind} ${fault.process}`
    case 'restore':
      return `restore ${fault.process}${fault.bump === REVISION_BUMP ? '' : ` bump ${fault.bump}`}`
    case 'partition':
      return `partition ${fault.from}${fault.to === '*' ? '' : ` ${fault.to}`}${fault.bothWays ? '' : ' one-way'}`
    case 'delay':
      return `delay ${fault.from}${fault.to === '*' ? '' : ` ${fault.to}`} ${fault.delay / 1000}ms`
    case 'loss':
      return `loss ${fault.from}${fault.to === '*' ? '' : ` ${fault.to}`} ${fault.lossPpm / 10_000}%`
  }
}
