/**
 * What expressions may ask of the authorizer. Source: apiserver/pkg/cel/library/authz.go (v1.36).
 * Abridged: selectors of fields and labels change nothing; checks of paths, groups and resources are of one type.
 */
import type { Library } from './register.ts'

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

const SPACE = 'kubernetes.authorization'
export const AUTHORIZER = `${SPACE}.Authorizer`
const CHECK = `${SPACE}.ResourceCheck`
const DECISION = `${SPACE}.Decision`

export const authorizerTypes = {
  [DECISION]: { ctor: CelDecision, fields: {} },
  [CHECK]: { ctor: CelCheck, fields: {} },
  [AUTHORIZER]: { ctor: CelAuthorizer, fields: { requestResource: CHECK } },
}

const detail = (name: keyof Check): Library => ({
  [`<${CHECK}>.${name}(string): ${CHECK}`]: (check: CelCheck, value: string) => check.with({ [name]: value }),
})

export const authorizers: Library = {
  [`<${AUTHORIZER}>.serviceAccount(string, string): ${AUTHORIZER}`]: (it: CelAuthorizer, ns: string, name: string) =>
    it.as(ns, name),
  [`<${AUTHORIZER}>.path(string): ${CHECK}`]: ({ who }: CelAuthorizer, path: string) => who.with({ path }),
  [`<${AUTHORIZER}>.group(string): ${CHECK}`]: ({ who }: CelAuthorizer, group: string) => who.with({ group }),
  ...detail('resource'),
  ...detail('subresource'),
  ...detail('namespace'),
  ...detail('name'),
  [`<${CHECK}>.fieldSelector(string): ${CHECK}`]: (check: CelCheck) => check,
  [`<${CHECK}>.labelSelector(string): ${CHECK}`]: (check: CelCheck) => check,
  [`<${CHECK}>.check(string): ${DECISION}`]: ({ decide, check }: CelCheck, verb: string) =>
    new CelDecision(decide(check, verb)),
  [`<${DECISION}>.allowed(): bool`]: ({ allowed }: CelDecision) => allowed,
  [`<${DECISION}>.reason(): string`]: ({ why }: CelDecision) => why,
  [`<${DECISION}>.errored(): bool`]: () => false,
  [`<${DECISION}>.error(): string`]: () => '',
}
