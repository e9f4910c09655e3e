import type { Micros, Seq } from '../events/envelope.ts'
import { InvariantError } from '../engine/invariant.ts'
import type { Kernel } from '../engine/kernel/kernel.ts'
import { seconds } from '../events/time.ts'
import { nextLife } from '../kubernetes/revision.ts'
import type { EtcdCluster } from './etcd-cluster.ts'
import { ETCD_LEADER, type Fault, type ProcessRef } from './fault.ts'

/** By whom fault events are. */
const CHAOS = 'chaos'

/** A fault that is in force. */
export interface ActiveFault {
  readonly id: number
  readonly fault: Fault
  readonly seq: Seq
}

/** What an injector has to know of etcd. */
export interface EtcdAccess {
  readonly cluster: EtcdCluster
  /** Who leads it, as far as the log tells. */
  readonly leader: () => ProcessRef | undefined
  /** The newest revision that the log tells of. */
  readonly revision: () => number
}

/** Long enough to copy a small backup to each machine and to start etcd there. */
const RESTORE_TIME: Micros = seconds(30)

/** How long a fault lasts for which nobody said so; undefined: until it is healed. */
export const defaultLength = ({ kind }: Fault): Micros | undefined => {
  // Nobody holds a killed process down unless asked to: its supervisor starts it again.
  if (kind === 'kill') return 0
  return kind === 'restore' ? RESTORE_TIME : undefined
}

/** Lets faults begin and end: first the event in the log, then its effect in the kernel. */
export class Injector {
  private readonly kernel: Kernel
  private readonly etcd: EtcdAccess
  private readonly inForce = new Map<number, ActiveFault>()
  private next = 1

  constructor(kernel: Kernel, etcd: EtcdAccess) {
    this.kernel = kernel
    this.etcd = etcd
  }

  active(): readonly ActiveFault[] {
    return [...this.inForce.values()]
  }

  /** Begins a fault and gives its number. What it names must exist: see `checkFault`. */
  begin(wanted: Fault): number {
    const id = this.next++
    const fault = this.resolve(wanted)
    if (fault.kind === 'backup') {
      this.backUp(id, fault.process)
      return id
    }
    this.kernel.countFault(1)
    const seq = this.start(id, fault)
    this.inForce.set(id, { id, fault, seq })
    return id
  }

  /** Ends a fault; nothing happens if it has ended already. */
  end(id: number): void {
    const active = this.inForce.get(id)
    if (active === undefined) return
    this.inForce.delete(id)
    this.kernel.countFault(-1)
    this.stop(id, active.fault)
  }

  private resolve(fault: Fault): Fault {
    if (!('process' in fault) || fault.process !== ETCD_LEADER) return fault
    return { ...fault, process: this.etcd.leader() ?? 'etcd/1' }
  }

  /** It is over at once, so it is never in force. */
  private backUp(id: number, process: ProcessRef): void {
    const revision = this.etcd.cluster.backUp(process, this.etcd.revision())
    this.kernel.record(CHAOS, 'EtcdBackedUp', { fault: id, process, revision }, 0)
  }

  private finishRestore(id: number, { process, bump }: Extract<Fault, { readonly kind: 'restore' }>): void {
    const { cluster, revision: told } = this.etcd
    const image = cluster.source(process, told())
    const { revision: from } = image
    const isBumped = bump > 0
    const revision = isBumped ? from + bump : nextLife(from, told())
    const seq = this.kernel.record(CHAOS, 'EtcdRestored', { fault: id, from, revision }, 0)
    // Another fault that ended meanwhile may have let a member start.
    cluster.stop(seq)
    cluster.restore(image, revision, isBumped, seq)
  }

  private start(id: number, fault: Fault): Seq {
    const { kernel } = this
    switch (fault.kind) {
      case 'crash': {
        const seq = kernel.record(CHAOS, 'HostPoweredOff', { fault: id, host: fault.host }, 0)
        kernel.machines.powerOff(fault.host, seq)
        return seq
      }
      case 'kill': {
        const seq = kernel.record(CHAOS, 'ProcessKilled', { fault: id, process: fault.process }, 0)
        kernel.machines.kill(fault.process, seq)
        return seq
      }
      case 'pause': {
        const seq = kernel.record(CHAOS, 'ProcessPaused', { fault: id, process: fault.process }, 0)
        kernel.machines.pause(fault.process)
        return seq
      }
      case 'backup':
        throw new InvariantError('a backup is never in force')
      case 'restore': {
        const { process, bump } = fault
        const seq = kernel.record(CHAOS, 'EtcdRestoreBegun', { fault: id, process, bump }, 0)
        this.etcd.cluster.stop(seq)
        return seq
      }
      case 'slow-disk': {
        const { host, factor } = fault
        kernel.machines.host(host).diskFactor = factor
        return kernel.record(CHAOS, 'DiskSlowed', { fault: id, host, factor }, 0)
      }
      case 'full-disk':
        kernel.machines.host(fault.host).diskFull = true
        return kernel.record(CHAOS, 'DiskFilled', { fault: id, host: fault.host }, 0)
      case 'skew':
        kernel.machines.host(fault.host).skew = fault.by
        return kernel.record(CHAOS, 'ClockSkewed', { fault: id, host: fault.host, skewMicros: fault.by }, 0)
      default:
        return this.startLinkFault(id, fault)
    }
  }

  private startLinkFault(id: number, fault: Extract<Fault, { readonly from: string }>): Seq {
    const { kernel } = this
    const { from, to } = fault
    if (fault.kind === 'partition') {
      const { bothWays } = fault
      const seq = kernel.record(CHAOS, 'LinkPartitioned', { fault: id, from, to, bothWays }, 0)
      kernel.addLinkRule({ fault: id, from, to, bothWays, verdict: { verdict: 'drop' } })
      return seq
    }
    if (fault.kind === 'delay') {
      const seq = kernel.record(CHAOS, 'LinkDelayed', { fault: id, from, to, delayMicros: fault.delay }, 0)
      kernel.addLinkRule({ fault: id, from, to, bothWays: true, verdict: { verdict: 'delay', delay: fault.delay } })
      return seq
    }
    const { lossPpm } = fault
    const seq = kernel.record(CHAOS, 'LinkLossy', { fault: id, from, to, lossPpm }, 0)
    kernel.addLinkRule({ fault: id, from, to, bothWays: true, verdict: { verdict: 'loss', lossPpm } })
    return seq
  }

  private stop(id: number, fault: Fault): void {
    const { kernel } = this
    switch (fault.kind) {
      case 'crash':
        kernel.machines.powerOn(fault.host, kernel.record(CHAOS, 'HostPoweredOn', { fault: id, host: fault.host }, 0))
        return
      case 'kill':
        kernel.machines.revive(
          fault.process,
          kernel.record(CHAOS, 'ProcessRevived', { fault: id, process: fault.process }, 0),
        )
        return
      case 'pause':
        kernel.record(CHAOS, 'ProcessResumed', { fault: id, process: fault.process }, 0)
        kernel.machines.resume(fault.process)
        return
      case 'backup':
        return
      case 'restore':
        this.finishRestore(id, fault)
        return
      case 'slow-disk':
      case 'full-disk': {
        const host = kernel.machines.host(fault.host)
        if (fault.kind === 'slow-disk') host.diskFactor = 1
        else host.diskFull = false
        kernel.record(CHAOS, 'DiskHealed', { fault: id, host: fault.host }, 0)
        return
      }
      case 'skew':
        kernel.machines.host(fault.host).skew = 0
        kernel.record(CHAOS, 'ClockHealed', { fault: id, host: fault.host }, 0)
        return
      default:
        kernel.record(CHAOS, 'LinkHealed', { fault: id, from: fault.from, to: fault.to }, 0)
        kernel.removeLinkRule(id)
    }
  }
}

/** Why a fault cannot be injected into this cluster; undefined when it can. */
export const checkFault = (kernel: Kernel, fault: Fault): string | undefined => {
  const hosts: readonly string[] = 'host' in fault ? [fault.host] : 'from' in fault ? [fault.from, fault.to] : []
  for (const host of hosts) {
    if (host !== '*' && !kernel.machines.hasHost(host))
      return `there is no host ${host}; there are ${kernel.machines.hostNames().join(', ')}`
  }
  if ((fault.kind === 'backup' || fault.kind === 'restore') && !/^etcd[/-]/.test(fault.process))
    return `${fault.process} is no etcd member`
  if (!('process' in fault) || fault.process === ETCD_LEADER || kernel.machines.hasProcess(fault.process))
    return undefined
  return `there is no process ${fault.process}; there are ${kernel.machines.processIds().join(', ')}`
}
