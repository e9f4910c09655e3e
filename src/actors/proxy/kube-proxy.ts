import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import { actorOf, type ActorContext } from '../../engine/actor.ts'
import { ApiClient } from '../../engine/client/api-client.ts'
import { Endpoint } from '../../engine/client/endpoint.ts'
import { Informers } from '../../engine/client/informers.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import { SliceIndex } from '../../kubernetes/endpoint-slices.ts'
import type { Service } from '../../kubernetes/types/networking.ts'
import type { Change, Cursor, ReadObject } from '../../kubernetes/view.ts'
import { sameRule, serviceRules, type ForwardingRule, type Place } from './rules.ts'

export interface KubeProxyOptions extends Place {
  /** The machine whose packet filter it writes. */
  readonly machine: ActorId
  readonly servers: readonly ActorId[]
  readonly firstServer?: number
  readonly cursor: () => Cursor
  readonly read: ReadObject
}

/** Two syncs are at least this far apart. Source: pkg/proxy/apis/config/v1alpha1/defaults.go, MinSyncPeriod 1 s (v1.36). */
const MIN_SYNC_PERIOD: Micros = seconds(1)
/** Time that `iptables-restore` takes. Abridged: whatever the number of rules. */
const SYNC_TAKES: readonly [Micros, Micros] = [millis(15), millis(60)]
/** As a DaemonSet's Pod comes back. */
const RESTART: Micros = seconds(2)

const SYNC_DUE = 'sync-due'
const SYNC_DONE = 'sync-done'

export const kubeProxyId = (node: string): ActorId => `kube-proxy/${node}`

/**
 * A node's kube-proxy in iptables mode: turns Services and their endpoints, as far as its own watch has shown them, into
 * forwarding rules of its machine. The machine keeps them when it dies.
 * Source: pkg/proxy/iptables/proxier.go, syncProxyRules (v1.36).
 * Abridged: no periodic full sync, no health-check ports, no connection tracking: a request is a connection.
 */
export const kubeProxyProcess = (options: KubeProxyOptions): ProcessSpec => {
  const id = kubeProxyId(options.node)
  return {
    id,
    host: options.node,
    restartDelay: RESTART,
    boot: () => new Map([[id, actorOf((context) => new KubeProxy(options, context))]]),
  }
}

interface Sync {
  readonly startedAt: Micros
  readonly set: ForwardingRule[]
  readonly removed: string[]
}

class KubeProxy {
  private readonly options: KubeProxyOptions
  private readonly context: ActorContext
  private readonly client: ApiClient
  private readonly informers: Informers
  private readonly slices = new SliceIndex()
  /** Services whose rules may not be what they should be. */
  private readonly changed = new Set<string>()
  /** Rules as last written, by Service. */
  private readonly written = new Map<string, readonly ForwardingRule[]>()
  private lastSyncAt: Micros = -MIN_SYNC_PERIOD
  private sync: Sync | undefined
  /** The machine's filter holds nothing that this process knows of. */
  private isFresh = true

  constructor(options: KubeProxyOptions, context: ActorContext) {
    this.options = options
    this.context = context
    const endpoint = new Endpoint(options.servers, options.firstServer)
    this.client = new ApiClient({ user: 'system:serviceaccount:kube-system:kube-proxy', endpoint, read: options.read })
    const kinds = [{ kind: 'Service' }, { kind: 'EndpointSlice' }] as const
    this.informers = new Informers({ client: this.client, endpoint, cursor: options.cursor(), kinds })
    this.informers.start(context)
  }

  receive(event: LogEvent): void {
    if (event.type === 'TimerFired' && event.data.name === SYNC_DUE) this.begin()
    else if (event.type === 'TimerFired' && event.data.name === SYNC_DONE) this.finish()
    else {
      if (event.type === 'ConnectionLost' && event.data.peer === this.options.machine) this.startOver()
      this.client.receive(event, this.context)
      this.informers.receive(event, this.context)
      for (const change of this.informers.take()) this.note(change)
    }
    this.plan()
  }

  private note(change: Change): void {
    if (change.kind === 'EndpointSlice') for (const service of this.slices.apply(change)) this.changed.add(service)
    else if (change.kind === 'Service') this.changed.add(`${change.namespace ?? ''}/${change.name}`)
  }

  private startOver(): void {
    this.isFresh = true
    this.written.clear()
    for (const { metadata } of this.informers.view.list('Service')) {
      this.changed.add(`${metadata.namespace ?? ''}/${metadata.name}`)
    }
  }

  private plan(): void {
    if (this.changed.size === 0 || this.sync !== undefined || !this.informers.synced()) return
    if (this.context.hasTimer(SYNC_DUE, '')) return
    const wait = this.lastSyncAt + MIN_SYNC_PERIOD - this.context.monotonic
    this.context.setTimer(SYNC_DUE, '', Math.max(0, wait))
  }

  /** What is seen now is what will be written when the sync is done. */
  private begin(): void {
    this.lastSyncAt = this.context.monotonic
    const set: ForwardingRule[] = []
    const removed: string[] = []
    for (const service of this.changed) this.compare(service, set, removed)
    this.changed.clear()
    if (set.length === 0 && removed.length === 0 && !this.isFresh) return
    this.sync = { startedAt: this.context.monotonic, set, removed }
    this.context.setTimer(SYNC_DONE, '', this.context.random.between(...SYNC_TAKES))
  }

  private compare(key: string, set: ForwardingRule[], removed: string[]): void {
    const slash = key.indexOf('/')
    const service: Service | undefined = this.informers.view.get('Service', key.slice(0, slash), key.slice(slash + 1))
    const rules = service === undefined ? [] : serviceRules(service, this.slices.of(key), this.options)
    const before = this.written.get(key) ?? []
    if (rules === before) return
    for (const rule of rules) {
      const old = before.find(({ address }) => address === rule.address)
      if (old === undefined || !sameRule(old, rule)) set.push(rule)
    }
    for (const { address } of before) if (!rules.some((rule) => rule.address === address)) removed.push(address)
    if (rules.length === 0) this.written.delete(key)
    else this.written.set(key, rules)
  }

  private finish(): void {
    const { sync, context } = this
    this.sync = undefined
    if (sync === undefined) return
    const { set, removed, startedAt } = sync
    context.emit('ProgramRules', { all: this.isFresh, set, removed }, { to: this.options.machine })
    this.isFresh = false
    const tookMicros = context.monotonic - startedAt
    context.emit('KubeProxySynced', { written: set.length, removed: removed.length, tookMicros })
  }
}
