import type { ActorId } from '../../events/envelope.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { defineActor, type HostedActor } from '../actor.ts'
import { ApiClient } from './api-client.ts'
import type { ClientLimits, Controller, Shared } from './controller.ts'
import { Endpoint } from './endpoint.ts'
import { Informers } from './informers.ts'
import { LeaderElector } from './leader-elector.ts'

export interface ComponentOptions {
  /** Upstream's name, e.g. `kube-controller-manager`; also the name of its election Lease. */
  readonly name: string
  readonly instance: number
  /** The API servers it may talk to; it begins with its own. */
  readonly servers: readonly ActorId[]
  readonly controllers: readonly Controller[]
  readonly limits: ClientLimits
  readonly cursor: () => Cursor
  readonly read: ReadObject
}

/**
 * A program of several controllers behind one leader election, with informers that they share: kube-controller-manager.
 * The first actor elects and feeds the informers; each controller is an actor of its own in the same process.
 */
export const bootComponent = (options: ComponentOptions): ReadonlyMap<ActorId, HostedActor> => {
  const { name, instance, read } = options
  const id: ActorId = `${name}/${instance}`
  const endpoint = new Endpoint(options.servers, instance)
  const client = new ApiClient({ user: `system:${name}`, endpoint, read })
  const kinds = [...new Set(options.controllers.flatMap((controller) => controller.kinds))]
  const informers = new Informers({
    client,
    endpoint,
    cursor: options.cursor(),
    kinds: kinds.map((kind) => ({ kind })),
  })
  const shared: Shared = { informers, endpoint, read, changes: [] }
  const actors = new Map<ActorId, HostedActor>([[id, leadingActor(id, name, client, shared, options.controllers)]])
  for (const controller of options.controllers) {
    actors.set(`${controller.name}/${instance}`, controller.host(shared, options.limits))
  }
  return actors
}

const leadingActor = (
  id: ActorId,
  name: string,
  client: ApiClient,
  shared: Shared,
  controllers: readonly Controller[],
): HostedActor => {
  const { informers } = shared
  const instance = id.slice(name.length + 1)
  const interested = new Map<Kind, ActorId[]>()
  for (const controller of controllers) {
    for (const kind of controller.kinds) {
      const actors = interested.get(kind)
      if (actors === undefined) interested.set(kind, [`${controller.name}/${instance}`])
      else actors.push(`${controller.name}/${instance}`)
    }
  }
  let wasSynced = false
  return defineActor<LeaderElector>({
    start: (context) => {
      const elector = new LeaderElector({
        client,
        name,
        identity: `${context.host}_${id}`,
        onChange: (leading, later) => {
          if (leading) {
            later.emit('LeaseAcquired', { lease: name, holder: id })
            informers.start(later)
          } else later.exit('leaderelection lost')
        },
      })
      elector.start(context)
      return elector
    },
    receive: (elector, event, context) => {
      shared.changes = []
      client.receive(event, context)
      elector.receive(event, context)
      informers.receive(event, context)
      shared.changes = informers.take()
      const synced = informers.synced()
      const kinds = synced === wasSynced ? new Set(shared.changes.map((change) => change.kind)) : interested.keys()
      wasSynced = synced
      const told = new Set<ActorId>()
      for (const kind of kinds) for (const actor of interested.get(kind) ?? []) told.add(actor)
      for (const actor of told) context.relay(actor)
    },
  })
}
