import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import { actorOf, type ActorContext } from '../../engine/actor.ts'
import { ApiClient } from '../../engine/client/api-client.ts'
import { Endpoint } from '../../engine/client/endpoint.ts'
import { Informers } from '../../engine/client/informers.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import type { Random } from '../../engine/kernel/random.ts'
import { SliceIndex } from '../../kubernetes/endpoint-slices.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { lookUp, searchPath, type Zone } from './records.ts'

export interface CoreDNSOptions {
  readonly instance: number
  /** The machine it runs on. */
  readonly host: string
  readonly servers: readonly ActorId[]
  readonly cursor: () => Cursor
  readonly read: ReadObject
}

const RESTART: Micros = seconds(2)

export const coreDNSId = (instance: number): ActorId => `coredns/${instance}`

/**
 * CoreDNS with its kubernetes plugin: answers from what its own watches have shown, so a new name is unknown for a moment
 * and a deleted one answers for a moment.
 * Source: coredns/coredns, plugin/kubernetes (1.12); the Corefile that kubeadm writes, which caches nothing of the cluster's zone.
 * Abridged: it is a process of its machine, not a Pod behind Service kube-dns; names outside the cluster do not exist;
 * the search path is walked in one question.
 */
export const coreDNSProcess = (options: CoreDNSOptions): ProcessSpec => {
  const id = coreDNSId(options.instance)
  return {
    id,
    host: options.host,
    restartDelay: RESTART,
    boot: () => new Map([[id, actorOf((context) => new CoreDNS(options, context))]]),
  }
}

class CoreDNS {
  private readonly context: ActorContext
  private readonly client: ApiClient
  private readonly informers: Informers
  private readonly slices = new SliceIndex()
  private readonly zone: Zone

  constructor(options: CoreDNSOptions, context: ActorContext) {
    this.context = context
    const endpoint = new Endpoint(options.servers, options.instance)
    this.client = new ApiClient({ user: 'system:serviceaccount:kube-system:coredns', endpoint, read: options.read })
    const kinds = [{ kind: 'Service' }, { kind: 'EndpointSlice' }] as const
    this.informers = new Informers({ client: this.client, endpoint, cursor: options.cursor(), kinds })
    const { view } = this.informers
    this.zone = {
      service: (namespace, name) => view.get('Service', namespace, name),
      slices: (namespace, name) => this.slices.of(`${namespace}/${name}`),
    }
    this.informers.start(context)
  }

  receive(event: LogEvent): void {
    if (event.type === 'DnsQueried') {
      this.answer(event.data, event.by)
      return
    }
    this.client.receive(event, this.context)
    this.informers.receive(event, this.context)
    for (const change of this.informers.take()) if (change.kind === 'EndpointSlice') this.slices.apply(change)
  }

  private answer({ query, name, namespace }: EventData<'DnsQueried'>, to: ActorId): void {
    if (!this.informers.synced()) {
      this.context.emit('DnsAnswered', { query, code: 'SERVFAIL', addresses: [] }, { to })
      return
    }
    for (const full of searchPath(name, namespace)) {
      const found = lookUp(full, this.zone)
      if (found === undefined) continue
      const data: EventData<'DnsAnswered'> =
        'canonical' in found
          ? { query, code: 'NOERROR', addresses: [], canonical: `${found.canonical}.` }
          : { query, code: 'NOERROR', addresses: shuffled(found.addresses, this.context.random) }
      this.context.emit('DnsAnswered', data, { to })
      return
    }
    this.context.emit('DnsAnswered', { query, code: 'NXDOMAIN', addresses: [] }, { to })
  }
}

/** In another order each time, as the loadbalance plugin does. */
const shuffled = (addresses: readonly string[], random: Random): string[] => {
  const order = [...addresses]
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const [a, b] = [order[i], order[j]]
    if (a === undefined || b === undefined) continue
    order[i] = b
    order[j] = a
  }
  return order
}
