import type { Micros, Seq } from '../../events/envelope.ts'
import { millis, minutes, seconds } from '../../events/time.ts'
import { parseTime } from '../../kubernetes/time.ts'
import type { ActorContext } from '../actor.ts'
import type { ApiAnswer, ApiCall, ApiClient, ApiFailure, CallOptions, Credentials } from './api-client.ts'
import { exponential } from './backoff.ts'
import type { ClientLimits } from './controller.ts'
import { TokenBucket } from './token-bucket.ts'

/** Source: controller-manager/pkg/clientbuilder/client_builder_dynamic.go (v1.36): an hour, of which the last fifth is left. */
const LIFETIME_SECONDS = 3600
const LEEWAY_PERCENT = 20
const MIN_LIFETIME: Micros = minutes(10)
const TRIES = 4
const FIRST_PAUSE: Micros = millis(500)
const LAST_PAUSE: Micros = seconds(2)

type Done = (failure: ApiFailure | undefined, context: ActorContext) => void

/**
 * The service accounts that a process's controllers call the API as, one each: made where they are missing, and each with
 * a token that is asked for when a controller makes its first call, and again before it ends. All of it is asked with the
 * process's own credentials and takes turns at the rate of one client, so that who begins together goes on one after another.
 *
 * Abridged: who shares an account with others (node-controller) waits only for a token that it asked for itself; a token
 * that the server refuses is not thrown away.
 * Source: controller-manager/pkg/clientbuilder/client_builder_dynamic.go, used with --use-service-account-credentials (v1.36).
 */
export class AccountTokens {
  /** Of the process's own client. */
  readonly limiter: TokenBucket
  private readonly user: string
  private readonly namespace: string
  private readonly validUntil = new Map<string, Micros>()

  constructor(options: { user: string; namespace: string; limits: ClientLimits }) {
    this.user = options.user
    this.namespace = options.namespace
    this.limiter = new TokenBucket(options.limits.qps, options.limits.burst)
  }

  /** What a client needs to call as this account. */
  of(account: string): Credentials {
    return {
      areValid: (now) => now < (this.validUntil.get(account) ?? 0),
      fetch: (client, context, cause, done) => this.ask(client, account, 0, { context, cause, done }),
    }
  }

  /** Makes sure that an account is there. Source: client_builder_dynamic.go, getOrCreateServiceAccount. */
  ensure(client: ApiClient, account: string, context: ActorContext, cause: Seq, done: Done, after?: Micros): void {
    const { namespace } = this
    const about = { kind: 'ServiceAccount', namespace } as const
    const call = (apiCall: ApiCall, answered: (answer: ApiAnswer, later: ActorContext) => void): void =>
      client.call(context, apiCall, answered, this.options(cause, after))
    call({ verb: 'get', ...about, name: account }, (found, later) => {
      if (found.ok || found.code !== 404) {
        done(failureIn(found), later)
        return
      }
      const metadata = { name: account, namespace }
      const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata }
      const create = (then: ActorContext): void =>
        client.call(
          then,
          { verb: 'create', ...about, name: account, body },
          (made, last) => done(made.code === 409 ? undefined : failureIn(made), last),
          this.options(cause),
        )
      this.ensureNamespace(client, later, cause, create)
    })
  }

  private ensureNamespace(client: ApiClient, context: ActorContext, cause: Seq, done: (later: ActorContext) => void) {
    const name = this.namespace
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
    const found = (answer: ApiAnswer, later: ActorContext): void => {
      if (answer.ok || answer.code !== 404) done(later)
      else
        client.call(
          later,
          { verb: 'create', kind: 'Namespace', name, body },
          (_, last) => done(last),
          this.options(cause),
        )
    }
    client.call(context, { verb: 'get', kind: 'Namespace', name }, found, this.options(cause))
  }

  private ask(
    client: ApiClient,
    account: string,
    failures: number,
    { context, cause, done }: { readonly context: ActorContext; readonly cause: Seq; readonly done: Done },
  ): void {
    const failed = (failure: ApiFailure, later: ActorContext): void => {
      if (failures + 1 < TRIES) this.ask(client, account, failures + 1, { context: later, cause, done })
      else done(failure, later)
    }
    const ensured: Done = (failure, later) => {
      if (failure !== undefined) failed(failure, later)
      else
        this.create(client, account, later, cause, (problem, last) => {
          if (problem === undefined) done(undefined, last)
          else failed(problem, last)
        })
    }
    const pause = failures === 0 ? undefined : exponential(FIRST_PAUSE, LAST_PAUSE, failures - 1)
    this.ensure(client, account, context, cause, ensured, pause)
  }

  private create(client: ApiClient, account: string, context: ActorContext, cause: Seq, done: Done): void {
    const { namespace } = this
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: LIFETIME_SECONDS },
    }
    const about = { kind: 'ServiceAccount', namespace, name: account, subresource: 'token' } as const
    const answered = (answer: ApiAnswer, later: ActorContext): void => {
      if (answer.ok) {
        const lifetime = Math.max(expiryIn(answer.body) - later.now, MIN_LIFETIME)
        const used = Math.floor((lifetime * (100 - LEEWAY_PERCENT)) / 100)
        this.validUntil.set(account, later.monotonic + used)
      }
      done(failureIn(answer), later)
    }
    client.call(context, { verb: 'create', ...about, body }, answered, this.options(cause))
  }

  private options(cause: Seq, after?: Micros): CallOptions {
    return { cause, as: this.user, limiter: this.limiter, ...(after === undefined ? {} : { after }) }
  }
}

const failureIn = (answer: ApiAnswer): ApiFailure | undefined => (answer.ok ? undefined : answer)

const expiryIn = (body: unknown): Micros => {
  const { status } = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly status?: { readonly expirationTimestamp?: string }
  }
  return parseTime(status?.expirationTimestamp ?? '') ?? seconds(0)
}
