import type { EventType } from '../events/catalogue/index.ts'
import type { EventOf, LogEvent, Micros, Seq } from '../events/envelope.ts'

/** As much of the log as causes need. With `facts` retained, `get` is undefined for most; `causeOf` answers for all. */
export interface CauseLog {
  get(seq: Seq): LogEvent | undefined
  causeOf(seq: Seq): Seq
}

/**
 * The events that led to one, nearest first, itself included.
 *
 * Ends before an alarm that only follows itself: what a component looks at every few seconds was not caused by the time
 * when it began to look.
 */
export function* ancestors(log: CauseLog, from: Seq): Generator<Seq> {
  let seq = from
  while (seq > 0) {
    yield seq
    const cause = log.causeOf(seq)
    if (isPeriodic(log.get(seq), log.get(cause))) return
    seq = cause
  }
}

const isPeriodic = (event: LogEvent | undefined, cause: LogEvent | undefined): boolean =>
  event?.type === 'TimerFired' &&
  cause?.type === 'TimerFired' &&
  event.by === cause.by &&
  event.data.name === cause.data.name &&
  event.data.key === cause.data.key

type FaultStart =
  | EventOf<'HostPoweredOff'>
  | EventOf<'ProcessKilled'>
  | EventOf<'ProcessPaused'>
  | EventOf<'LinkPartitioned'>
  | EventOf<'LinkDelayed'>
  | EventOf<'LinkLossy'>
  | EventOf<'DiskSlowed'>
  | EventOf<'DiskFilled'>
  | EventOf<'EtcdRestoreBegun'>

/** Something that was wrong for a while: a fault, or a process that ended by itself. */
interface Trouble {
  readonly seq: Seq
  readonly since: Micros
  until: Micros
  /** Hosts whose traffic or power it concerns; `*` is all. */
  readonly hosts: readonly string[]
  readonly process: string | undefined
  /** The number that its start and end share; undefined for a process that ended by itself. */
  readonly fault: number | undefined
}

const STARTS: ReadonlySet<EventType> = new Set<EventType>([
  'HostPoweredOff',
  'ProcessKilled',
  'ProcessPaused',
  'LinkPartitioned',
  'LinkDelayed',
  'LinkLossy',
  'DiskSlowed',
  'DiskFilled',
  'EtcdRestoreBegun',
])
const ENDS: ReadonlySet<EventType> = new Set<EventType>([
  'HostPoweredOn',
  'ProcessRevived',
  'ProcessResumed',
  'LinkHealed',
  'DiskHealed',
  'EtcdRestored',
])

/**
 * What a log tells of absences: of them no event is the recorded cause, so they are joined to what explains them by the
 * node, the Pod or the time that both concern. Made by one pass over the log up to a position.
 */
export class Absences {
  private readonly missed = new Map<string, Seq[]>()
  private readonly expired = new Map<string, Seq>()
  private readonly troubles: Trouble[] = []
  private readonly hostOf = new Map<string, string>()
  private readonly leases = new Set<string>()
  /** Elections after which a lease had another holder than the first. */
  private readonly takeovers = new Set<Seq>()

  constructor(log: CauseLog, upTo: Seq) {
    for (let seq: Seq = 1; seq <= upTo; seq++) {
      const event = log.get(seq)
      if (event !== undefined) this.note(event)
    }
  }

  private note(event: LogEvent): void {
    switch (event.type) {
      case 'NodeHeartbeatMissed': {
        const seqs = this.missed.get(event.data.node)
        if (seqs === undefined) this.missed.set(event.data.node, [event.seq])
        else seqs.push(event.seq)
        return
      }
      case 'TolerationExpired':
        this.expired.set(event.data.uid, event.seq)
        return
      case 'LeaseAcquired':
        if (this.leases.has(event.data.lease)) this.takeovers.add(event.seq)
        this.leases.add(event.data.lease)
        return
      case 'ProcessStarted':
        this.hostOf.set(event.data.process, event.data.host)
        this.endTrouble(event.at, (trouble) => trouble.process === event.data.process && trouble.fault === undefined)
        return
      case 'ProcessExited':
        this.addTrouble(event.seq, event.at, [], event.data.process, undefined)
        return
      default:
        if (STARTS.has(event.type)) this.noteFault(event as FaultStart)
        else if (ENDS.has(event.type)) {
          const { fault } = event.data as { fault: number }
          this.endTrouble(event.at, (trouble) => trouble.fault === fault)
        }
    }
  }

  private noteFault(event: FaultStart): void {
    const { data } = event
    const hosts = 'host' in data ? [data.host] : 'from' in data ? [data.from, data.to] : []
    this.addTrouble(event.seq, event.at, hosts, 'process' in data ? data.process : undefined, data.fault)
  }

  private addTrouble(
    seq: Seq,
    since: Micros,
    hosts: readonly string[],
    process: string | undefined,
    fault: number | undefined,
  ): void {
    this.troubles.push({ seq, since, until: Number.MAX_SAFE_INTEGER, hosts, process, fault })
  }

  private endTrouble(at: Micros, matches: (trouble: Trouble) => boolean): void {
    for (const trouble of this.troubles) {
      if (trouble.until === Number.MAX_SAFE_INTEGER && matches(trouble)) trouble.until = at
    }
  }

  /** The newest fact before `seq` that a node was silent. */
  heartbeatMissed(node: string, before: Seq): Seq | undefined {
    return this.missed.get(node)?.findLast((seq) => seq < before)
  }

  /** The fact that a Pod's toleration ran out. */
  tolerationExpired(uid: string, before: Seq): Seq | undefined {
    const seq = this.expired.get(uid)
    return seq !== undefined && seq < before ? seq : undefined
  }

  /** Whether an election took the lead from somebody else: the first one of a lease explains nothing. */
  isTakeover(seq: Seq): boolean {
    return this.takeovers.has(seq)
  }

  /**
   * What kept a node silent from `from` to `to`: what concerned the node itself rather than the network between others or
   * the control plane; of several the one that began last.
   */
  silenceOf(node: string, from: Micros, to: Micros): Seq | undefined {
    const kubelet = `kubelet/${node}`
    const host = this.hostOf.get(kubelet) ?? node
    const active = this.troubles.filter((trouble) => trouble.since <= to && trouble.until > from)
    const own = active.filter(({ hosts, process }) => hosts.includes(host) || process === kubelet)
    const others = active.filter(({ hosts, process }) => hosts.includes('*') || this.isControlPlane(hosts, process))
    const found = own.length > 0 ? own : others
    // A fault explains more than the exit that came of it.
    return (found.findLast(({ fault }) => fault !== undefined) ?? found[found.length - 1])?.seq
  }

  private isControlPlane(hosts: readonly string[], process: string | undefined): boolean {
    if (process !== undefined) return CONTROL_PLANE.test(process)
    for (const [each, host] of this.hostOf) if (CONTROL_PLANE.test(each) && hosts.includes(host)) return true
    return false
  }
}

/** Processes without which no heartbeat arrives. */
const CONTROL_PLANE = /^(?:kube-)?(?:apiserver|etcd)\//
