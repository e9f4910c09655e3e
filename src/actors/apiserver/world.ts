import type { ActorId, Micros } from '../../events/envelope.ts'
import type { Random } from '../../engine/kernel/random.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import type { View } from '../../kubernetes/view.ts'
import type { AdmissionChain } from './admission/chain.ts'
import type { Gate } from './authz/gate.ts'
import type { ServiceAddresses } from './allocation/service-addresses.ts'
import type { Identities } from './parameters.ts'
import type { WatchCache } from './cache/watch-cache.ts'
import type { ApiServerOptions } from './parameters.ts'
import type { ObjectRef, Store } from './storage/store.ts'

/** What the procedures of one API server share. */
export interface World {
  /** The host's wall clock, for what is written down. */
  readonly now: Micros
  readonly monotonic: Micros
  readonly random: Random
  readonly cache: WatchCache
  readonly store: Store
  readonly admission: AdmissionChain
  readonly gate: Gate
  readonly callsWebhooks: boolean
  /** The actor in the cluster that answers a webhook's address; undefined for all others. */
  webhookAt(url: string): ActorId | undefined
  readonly addresses: ServiceAddresses
  /** Namespaces whose deletion went through this server, and when: about them its cache is not believed for a while. */
  readonly doubtedNamespaces: Map<string, Micros>
  /** Which new objects tell who set which of their fields. */
  readonly managedFields: ApiServerOptions['managedFields']
  /** Absent: names and uids are drawn. */
  readonly identities: Identities | undefined
  /** Everything as it stood at a revision that etcd still keeps. */
  viewAt(revision: number): View
  refTo(kind: Kind, namespace: string | undefined, name: string): ObjectRef
}
