import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { ActorContext } from '../../engine/actor.ts'
import { isAddress } from '../../kubernetes/addresses.ts'
import { DnsServers } from './dns-servers.ts'
import type { PacketFilter } from './packet-filter.ts'

/** Why nobody answered a call. */
export type CallFailure =
  'NXDOMAIN' | 'SERVFAIL' | 'refused' | 'unreachable' | 'reset' | 'error' | 'forbidden' | 'timeout'

export interface CallTarget {
  /** A name as a process in `namespace` writes it, or an address. */
  readonly host: string
  readonly port: number
  readonly namespace: string
  readonly timeout: Micros
  /** Whose affinity counts. */
  readonly client: string
}

export type CallResult = { readonly pod: string } | { readonly failure: CallFailure }

interface Call {
  readonly target: CallTarget
  readonly done: (result: CallResult) => void
  /** Whom it waits for: cluster DNS, then another machine. */
  peer: ActorId
  phase: 'resolving' | 'connected'
  name: string
  attempts: number
}

/** resolv.conf's defaults: 5 s a try, two tries of each server. Source: man 5 resolv.conf. */
const DNS_TIMEOUT: Micros = seconds(5)
const DNS_ATTEMPTS = 4
const MAX_ALIASES = 4

const CALL_TIMER = 'call'
const DNS_TIMER = 'dns'
/** A question of which only matters that it is answered. */
const TRIAL = 'trial'

/** How a machine of the cluster finds its way. */
export interface Wiring {
  readonly dns: readonly ActorId[]
  /** The machine an address is on; undefined where no machine has it. */
  readonly machineOf: (ip: string) => ActorId | undefined
}

/** Calls that processes of this machine make: a name is resolved, the packet filter chooses, another machine answers. */
export class Calls {
  private readonly filter: PacketFilter
  private readonly wiring: Wiring
  private readonly calls = new Map<string, Call>()
  private readonly dns: DnsServers
  private next = 1

  constructor(filter: PacketFilter, wiring: Wiring) {
    this.filter = filter
    this.wiring = wiring
    this.dns = new DnsServers(wiring.dns)
  }

  start(target: CallTarget, done: (result: CallResult) => void, context: ActorContext): void {
    const id = String(this.next++)
    const call: Call = { target, done, peer: '', phase: 'resolving', name: target.host, attempts: 0 }
    this.calls.set(id, call)
    context.setTimer(CALL_TIMER, id, target.timeout)
    if (isAddress(target.host)) this.connect(id, call, target.host, context)
    else this.resolve(id, call, context)
  }

  /** True when the event was about a call. */
  receive(event: LogEvent, context: ActorContext): boolean {
    switch (event.type) {
      case 'DnsAnswered':
        this.dns.heard(event.by)
        this.resolved(event.data, context)
        return true
      case 'RequestAnswered': {
        const { request, pod, reason } = event.data
        this.settle(request, pod === undefined ? { failure: failureOf(reason) } : { pod }, context)
        return true
      }
      case 'ConnectionLost':
        for (const [id, call] of [...this.calls]) if (call.peer === event.data.peer) this.lose(id, call, context)
        return false
      case 'TimerFired': {
        const { name, key } = event.data
        if (name === CALL_TIMER) this.settle(key, { failure: 'timeout' }, context)
        else if (name === DNS_TIMER) {
          const call = this.calls.get(key)
          if (call !== undefined) this.resolve(key, call, context)
        } else return false
        return true
      }
      default:
        return false
    }
  }

  private resolve(id: string, call: Call, context: ActorContext): void {
    const server = ++call.attempts > DNS_ATTEMPTS ? undefined : this.dns.choose(context.monotonic, context.random)
    if (server === undefined) {
      this.settle(id, { failure: 'SERVFAIL' }, context)
      return
    }
    const { name } = call
    const { namespace } = call.target
    call.peer = server
    context.setTimer(DNS_TIMER, id, DNS_TIMEOUT)
    context.emit('DnsQueried', { query: id, name, namespace }, { to: server })
    const gone = this.dns.dueForTrial(context.monotonic)
    if (gone !== undefined) context.emit('DnsQueried', { query: TRIAL, name, namespace }, { to: gone })
  }

  private resolved(answer: EventData<'DnsAnswered'>, context: ActorContext): void {
    const call = this.calls.get(answer.query)
    if (call === undefined || call.phase !== 'resolving') return
    context.cancelTimer(DNS_TIMER, answer.query)
    if (answer.canonical !== undefined && call.attempts < MAX_ALIASES) {
      call.name = answer.canonical
      this.resolve(answer.query, call, context)
      return
    }
    const [address] = answer.addresses
    if (answer.code === 'NOERROR' && address !== undefined) this.connect(answer.query, call, address, context)
    else this.settle(answer.query, { failure: answer.code === 'SERVFAIL' ? 'SERVFAIL' : 'NXDOMAIN' }, context)
  }

  private connect(id: string, call: Call, ip: string, context: ActorContext): void {
    const { port, client } = call.target
    const routed = this.filter.route(ip, port, client, context.monotonic, context.random)
    if (routed === 'refused') {
      this.settle(id, { failure: 'refused' }, context)
      return
    }
    const address = routed?.ip ?? ip
    const machine = this.wiring.machineOf(address)
    // No machine has the address: packets go nowhere and the caller waits in vain.
    if (machine === undefined) return
    call.phase = 'connected'
    call.peer = machine
    context.emit('RequestForwarded', { request: id, ip: address, port: routed?.port ?? port }, { to: machine })
  }

  private lose(id: string, call: Call, context: ActorContext): void {
    if (call.phase === 'resolving') this.resolve(id, call, context)
    else this.settle(id, { failure: 'reset' }, context)
  }

  private settle(id: string, result: CallResult, context: ActorContext): void {
    const call = this.calls.get(id)
    if (call === undefined) return
    this.calls.delete(id)
    context.cancelTimer(CALL_TIMER, id)
    context.cancelTimer(DNS_TIMER, id)
    call.done(result)
  }
}

const FAILURES: readonly CallFailure[] = ['refused', 'unreachable', 'reset', 'error', 'forbidden']

const failureOf = (reason: string | undefined): CallFailure => FAILURES.find((known) => known === reason) ?? 'error'
