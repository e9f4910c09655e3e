import type { EventData } from '../../../events/catalogue/index.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import { isStatus, serviceUnavailable, unauthorized, type Status } from '../../../kubernetes/status.ts'
import type { BootstrapObject } from '../../../kubernetes/rbac/bootstrap.ts'
import type { Secret } from '../../../kubernetes/types/core.ts'
import type { Change, View } from '../../../kubernetes/view.ts'
import { Authenticator, type Caller } from '../authn/authenticator.ts'
import { impersonate } from '../authn/impersonation.ts'
import { Tokens } from '../authn/tokens.ts'
import { isExempt, notAllowed, type Access } from '../authz.ts'
import type { User } from '../authn.ts'
import type { World } from '../world.ts'
import { accessOf, accessOfPath, accessOfWatch } from './access-of.ts'
import { Authorizer, type AuthorizationMode } from './authorizer.ts'

type Asked = EventData<'ApiRequested'>
type Times = Pick<World, 'now' | 'monotonic'>

/** Where to come again. Source: apiserver/pkg/server/healthz: rbac/bootstrap-roles holds the server back from being ready. */
const NOT_READY = serviceUnavailable('the apiserver is not ready')

/** Kinds whose changes may change what is allowed. */
const POLICY_KINDS: ReadonlySet<string> = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'])

/**
 * Where every request enters: who asks, as whom, and whether that may be asked.
 * Source: apiserver/pkg/server/config.go, DefaultBuildHandlerChain: authentication, impersonation, authorization (v1.36).
 */
export class Gate {
  readonly authorizer: Authorizer
  readonly tokens: Tokens
  private readonly authenticator: Authenticator
  private readonly view: View
  private readonly times: Times
  /** What the first policy still lacks in this server's cache; nobody but the masters passes before. */
  private awaited: Set<string> | undefined

  constructor(
    mode: AuthorizationMode,
    masters: ReadonlySet<string>,
    view: View,
    times: Times,
    used: (secret: Secret) => void,
  ) {
    this.authorizer = new Authorizer(mode, view)
    this.tokens = new Tokens(view, used)
    this.authenticator = new Authenticator(masters, this.tokens)
    this.view = view
    this.times = times
  }

  /** Lets nobody but the masters in before these objects are there. */
  awaitPolicy(objects: readonly BootstrapObject[]): void {
    const missing = objects.filter(
      ({ kind, metadata }) => this.view.get(kind, metadata.namespace, metadata.name) === undefined,
    )
    this.awaited = new Set(missing.map(({ kind, metadata }) => keyOf(kind, metadata.namespace, metadata.name)))
  }

  /** An object has changed. */
  changed({ kind, namespace, name }: Pick<Change, 'kind' | 'namespace' | 'name'>): void {
    if (!POLICY_KINDS.has(kind)) return
    this.authorizer.changed()
    this.awaited?.delete(keyOf(kind, namespace, name))
  }

  /** The cache begins anew. */
  refilled(): void {
    this.authorizer.changed()
  }

  /** Who asks for a resource, or why it is not answered. */
  enter(data: Asked, row: Pick<KindRow, 'group' | 'resource' | 'namespaced'>): User | Status {
    const { caller } = data
    if (caller === undefined) {
      const user = this.authenticator.component(data.user)
      if (this.authorizer.mode === 'AlwaysAllow' || isExempt(user)) return user
      return this.authorized(user, accessOf(data, row))
    }
    return this.passed(caller, accessOf(data, row))
  }

  /** Who asks for a path, be it of a resource that is not served. */
  enterPath({ user, caller, verb }: Asked, path: string): User | Status {
    const access = accessOfPath(verb, path)
    return caller === undefined
      ? this.authorized(this.authenticator.component(user), access)
      : this.passed(caller, access)
  }

  /** Who wants to watch. Abridged: a component that does not say who it is, is believed to be allowed to. */
  enterWatch(data: EventData<'WatchRequested'>, row: KindRow): User | Status | undefined {
    const { caller, user } = data
    if (caller !== undefined) return this.passed(caller, accessOfWatch(data, row))
    if (user === undefined) return undefined
    return this.authorized(this.authenticator.component(user), accessOfWatch(data, row))
  }

  private passed(caller: Caller, access: Access): User | Status {
    const { now, monotonic } = this.times
    const requestor = this.authenticator.caller(caller, now, monotonic)
    if (requestor === undefined) return unauthorized()
    const user = caller.impersonate === undefined ? requestor : this.acting(requestor, caller.impersonate, access)
    return isStatus(user) ? user : this.authorized(user, access)
  }

  private acting(requestor: User, wanted: NonNullable<Caller['impersonate']>, access: Access): User | Status {
    const decide = this.authorizer.decide.bind(this.authorizer)
    const outcome = impersonate(requestor, wanted, access, decide)
    if ('user' in outcome) return outcome.user
    return 'status' in outcome ? outcome.status : notAllowed(requestor, outcome.denied, '')
  }

  private authorized(user: User, access: Access): User | Status {
    if (this.awaited !== undefined && this.awaited.size > 0 && !isExempt(user)) return NOT_READY
    const { allowed, reason } = this.authorizer.decide(user, access)
    return allowed ? user : notAllowed(user, access, reason)
  }
}

const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`
