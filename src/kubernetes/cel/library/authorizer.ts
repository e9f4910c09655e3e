/**
 * What expressions may ask of the authorizer. Source: apiserver/pkg/cel/library/authz.go (v1.36).
 * Abridged: selectors of fields and labels change nothing.
 */
import type { Environment } from '@marcbachmann/cel-js'

/** What an expression has put together: who asks for what. */
export interface Check {
  /** Absent: the request's own user. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
  readonly path?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

type Decide = (check: Check, verb: string) => { readonly allowed: boolean; readonly reason: string }

/** The variable `authorizer`; what a request is about is its `requestResource`. */
export class CelAuthorizer {
  readonly requestResource: CelCheck
  readonly who: CelCheck

  constructor(decide: Decide, request: Check) {
    this.requestResource = new CelCheck(decide, request)
    this.who = new CelCheck(decide, {})
  }

  as(namespace: string, name: string): CelAuthorizer {
    const { decide, check } = this.requestResource
    const serviceAccount = { namespace, name }
    return new CelAuthorizer((asked, verb) => decide({ serviceAccount, ...asked }, verb), check)
  }
}

class CelCheck {
  readonly decide: Decide
  readonly check: Check

  constructor(decide: Decide, check: Check) {
    this.decide = decide
    this.check = check
  }

  with(more: Check): CelCheck {
    return new CelCheck(this.decide, { ...this.check, ...more })
  }
}

class CelDecision {
  readonly allowed: boolean
  readonly why: string

  constructor({ allowed, reason }: ReturnType<Decide>) {
    this.allowed = allowed
    this.why = reason
  }
}

export const withAuthorizer = (environment: Environment): Environment =>
  environment
    .registerType('AuthorizerDecision', { ctor: CelDecision, fields: {} })
    .registerType('AuthorizerCheck', { ctor: CelCheck, fields: {} })
    .registerType('Authorizer', { ctor: CelAuthorizer, fields: { requestResource: 'AuthorizerCheck' } })
    .registerFunction(
      'Authorizer.serviceAccount(string, string): Authorizer',
      (it: CelAuthorizer, ns: string, name: string) => it.as(ns, name),
    )
    .registerFunction('Authorizer.path(string): AuthorizerCheck', ({ who }: CelAuthorizer, path: string) =>
      who.with({ path }),
    )
    .registerFunction('Authorizer.group(string): AuthorizerCheck', ({ who }: CelAuthorizer, group: string) =>
      who.with({ group }),
    )
    .registerFunction('AuthorizerCheck.resource(string): AuthorizerCheck', (check: CelCheck, resource: string) =>
      check.with({ resource }),
    )
    .registerFunction('AuthorizerCheck.subresource(string): AuthorizerCheck', (check: CelCheck, subresource: string) =>
      check.with({ subresource }),
    )
    .registerFunction('AuthorizerCheck.namespace(string): AuthorizerCheck', (check: CelCheck, namespace: string) =>
      check.with({ namespace }),
    )
    .registerFunction('AuthorizerCheck.name(string): AuthorizerCheck', (check: CelCheck, name: string) =>
      check.with({ name }),
    )
    .registerFunction('AuthorizerCheck.fieldSelector(string): AuthorizerCheck', (check: CelCheck) => check)
    .registerFunction('AuthorizerCheck.labelSelector(string): AuthorizerCheck', (check: CelCheck) => check)
    .registerFunction(
      'AuthorizerCheck.check(string): AuthorizerDecision',
      ({ decide, check }: CelCheck, verb: string) => new CelDecision(decide(check, verb)),
    )
    .registerFunction('AuthorizerDecision.allowed(): bool', ({ allowed }: CelDecision) => allowed)
    .registerFunction('AuthorizerDecision.reason(): string', ({ why }: CelDecision) => why)
    .registerFunction('AuthorizerDecision.errored(): bool', () => false)
    .registerFunction('AuthorizerDecision.error(): string', () => '')
