import type { EventData } from '../../../events/catalogue/index.ts'
import type { Micros } from '../../../events/envelope.ts'
import { ISSUER } from '../../../kubernetes/service-account-tokens/tokens.ts'
import { ANONYMOUS, AUTHENTICATED, authenticate, type User } from '../authn.ts'
import type { Tokens } from './tokens.ts'

export type Caller = NonNullable<EventData<'ApiRequested'>['caller']>

const OWN_AUDIENCE = [ISSUER]

/**
 * Tells who asks. A user is one object for as long as the server runs, so that what is decided about it can be kept by it.
 * Source: apiserver/pkg/server/config.go and pkg/kubeapiserver/authenticator/config.go: certificate, token, anonymous (v1.36).
 */
export class Authenticator {
  private readonly masters: ReadonlySet<string>
  private readonly tokens: Tokens
  private readonly components = new Map<string, User>()
  private readonly certificates = new Map<string, User>()

  constructor(masters: ReadonlySet<string>, tokens: Tokens) {
    this.masters = masters
    this.tokens = tokens
  }

  /** A component of the cluster. */
  component(name: string): User {
    let user = this.components.get(name)
    if (user === undefined) this.components.set(name, (user = authenticate(name, this.masters)))
    return user
  }

  /** Somebody outside; undefined when the credentials are wrong. */
  caller({ certificate, bearer }: Caller, now: Micros, monotonic: Micros): User | undefined {
    if (certificate !== undefined) return this.certified(certificate)
    if (bearer === undefined || bearer === '') return ANONYMOUS
    const verdict = this.tokens.verify(bearer, OWN_AUDIENCE, now, monotonic)
    return 'user' in verdict ? verdict.user : undefined
  }

  private certified({ user, groups, fingerprint }: NonNullable<Caller['certificate']>): User {
    const key = [user, fingerprint ?? '', ...groups].join('\n')
    let known = this.certificates.get(key)
    if (known === undefined) {
      const extra = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint ?? ''}`] }
      const all = groups.includes(AUTHENTICATED) ? groups : [...groups, AUTHENTICATED]
      known = { name: user, groups: all, ...(fingerprint === undefined ? {} : { extra }) }
      this.certificates.set(key, known)
    }
    return known
  }
}
