import type { ActorId, Micros } from '../../events/envelope.ts'
import { micros, minutes, seconds } from '../../events/time.ts'
import type { AuthorizationMode } from './authz/authorizer.ts'
import type { BootstrapObject } from '../../kubernetes/rbac/bootstrap.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import type { Cursor, ReadObject, View } from '../../kubernetes/view.ts'

/** What an API server is given: its ways to the shared history of objects, and its settings. */
export interface ApiServerParameters {
  /** A new reader for the server's watch cache; asked for at each start. */
  readonly cursor: () => Cursor
  /** Reads an object that etcd has named by its revision. */
  readonly read: ReadObject
  /** Everything as it stood at a revision: what lists at an older one show. Asked only of revisions that etcd keeps. */
  readonly viewAt: (revision: number) => View
  /** The kind of object that a revision wrote; undefined when it wrote none. Asked only of revisions that etcd has told of. */
  readonly kindOf: (revision: number) => Kind | undefined
  /** The etcd members it may talk to, its own first. */
  readonly etcd: readonly ActorId[]
  readonly options?: Partial<ApiServerOptions>
  readonly identities?: Identities
  /** Who answers the metrics APIs; absent: nobody serves them. */
  readonly metrics?: ActorId
  /** Admission webhooks within the cluster: who answers, by the beginning of the address. */
  readonly webhooks?: ReadonlyMap<string, ActorId>
}

/** Names and uids that objects are to have: those of a recording that is simulated again. Undefined leaves it to chance. */
export interface Identities {
  /** The name that is generated from `base` for an object as it was given. */
  name(kind: Kind, namespace: string | undefined, base: string, object: unknown): string | undefined
  uid(kind: Kind, namespace: string | undefined, name: string): string | undefined
  /** Whether an object that is made at the same time is to be stored before this one. */
  comesBehind(kind: Kind, namespace: string | undefined, name: string): boolean
}

export interface ApiServerOptions {
  /** Range of the Services' addresses. */
  readonly serviceCidr: string
  /** This server's own address, for Service default/kubernetes, which gets no endpoints without it. */
  readonly advertiseAddress: string | undefined
  /** How long a request is worked on before etcd is asked or the answer leaves: from `processingMin` to that and the jitter. */
  readonly processingMin: Micros
  readonly processingJitter: Micros
  /** Requests worked on at once. Source: apiserver/pkg/server/config.go, MaxRequestsInFlight and MaxMutatingRequestsInFlight. */
  readonly seats: number
  /** Requests that may wait for a seat. Source: apis/flowcontrol/bootstrap/default.go: 128 queues of 50. */
  readonly queueLength: number
  /** Source: config.go, RequestTimeout. */
  readonly requestTimeout: Micros
  /** Old revisions are compacted this often; 0 for never. Source: storage/storagebackend/config.go, DefaultCompactInterval. */
  readonly compactionInterval: Micros
  /**
   * Whether watches begin with what this server remembers, or only with what etcd has not compacted. Source: kube-apiserver
   * --watch-cache. Abridged: without, reads are served from the cache all the same, as fresh as etcd would.
   */
  readonly watchCache: boolean
  /**
   * Which objects are born with managedFields: all, as upstream's are; those whose creator names a field manager, as every
   * client over HTTP does and no component within the cluster; none. `tracked` is not the default, because nobody reads them
   * in a simulation and they make a Pod twice as large. Who is tracked stays so, whoever writes; an object that is not is
   * tracked from the first time that somebody applies it: all that was there is then the manager's `before-first-apply`, as
   * upstream's rule for objects without managedFields says (skipnonapplied.go).
   */
  readonly managedFields: 'tracked' | 'named' | 'untracked'
  /** Whether it makes the system's namespaces, priority classes and Service when it starts. */
  readonly bootstrap: boolean
  /** Source: kube-apiserver --authorization-mode: `RBAC` stands for Node,RBAC, with admission plugin NodeRestriction. */
  readonly authorization: AuthorizationMode
  /** Roles and bindings made at the start, with RBAC, beside those of every cluster. */
  readonly policy: readonly BootstrapObject[]
  /** Whether somebody outside calls admission webhooks for it, told by `WebhookCalled`; else nobody listens at their addresses. */
  readonly callsWebhooks: boolean
  /** Users who may do anything and are never made to wait. */
  readonly masters: readonly string[]
}

export const DEFAULT_OPTIONS: ApiServerOptions = {
  serviceCidr: '10.96.0.0/16',
  advertiseAddress: undefined,
  processingMin: micros(300),
  processingJitter: micros(700),
  seats: 600,
  queueLength: 6_400,
  requestTimeout: seconds(60),
  compactionInterval: minutes(5),
  watchCache: true,
  managedFields: 'named',
  bootstrap: true,
  authorization: 'AlwaysAllow',
  policy: [],
  callsWebhooks: false,
  masters: ['system:apiserver', 'kubernetes-admin', 'admin'],
}

/** Whether it has what upstream's comes with: a cluster in a test mostly does without. */
export const isAsShipped = ({ bootstrap, authorization }: ApiServerOptions): boolean =>
  bootstrap && authorization === 'RBAC'
