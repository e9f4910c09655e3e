import type { EventData } from '../../../events/catalogue/index.ts'
import { reviewEndpoint } from '../../../kubernetes/apply/endpoints.ts'
import { entriesOfCreated } from '../../../kubernetes/apply/field-manager.ts'
import type { ReviewKind } from '../../../kubernetes/review-kinds.ts'
import { badRequest, methodNotAllowed, type Status } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import { answerBody, refusal, type Answer } from '../answer.ts'
import type { User } from '../authn.ts'
import { ISSUER } from '../../../kubernetes/service-account-tokens/tokens.ts'
import type { Gate } from '../authz/gate.ts'
import type { World } from '../world.ts'
import { accessReviewProblem, reviewAccess, type AccessReviewSpec } from './access-review.ts'

type Times = Pick<World, 'now' | 'monotonic'>

interface Body {
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly spec?: Readonly<Record<string, unknown>>
}

/**
 * Answers a review. Source: pkg/registry/authorization and pkg/registry/authentication (v1.36).
 * Abridged: a review takes no time and no seat.
 */
export function answerReview(
  data: EventData<'ApiRequested'>,
  kind: ReviewKind,
  user: User,
  gate: Gate,
  times: Times,
): Answer {
  if (data.verb !== 'create') return refusal(methodNotAllowed())
  const body = (data.body ?? {}) as Body
  const apiVersion = `${kind.group}/${kind.version}`
  const metadata = withFields(body, { apiVersion, kind: kind.kind, manager: data.options?.fieldManager }, times)
  const shown = { kind: kind.kind, apiVersion, metadata }
  const answer = (status: object, spec: object | undefined = body.spec ?? {}): Answer =>
    answerBody(201, '', { ...shown, ...(spec === undefined ? {} : { spec }), status })
  switch (kind.kind) {
    case 'SelfSubjectReview': {
      const metadata = { ...shown.metadata, creationTimestamp: rfc3339(times.now) }
      return answerBody(201, '', { ...shown, metadata, status: { userInfo: infoOf(user) } })
    }
    case 'TokenReview':
      return reviewToken(body, gate, times, answer)
    case 'SelfSubjectRulesReview': {
      const { namespace = '' } = (body.spec ?? {}) as { readonly namespace?: string }
      return namespace === ''
        ? refusal(badRequest('no namespace on request'))
        : answer(rulesOf(user, namespace, gate), {})
    }
    case 'SelfSubjectAccessReview':
    case 'SubjectAccessReview':
    case 'LocalSubjectAccessReview': {
      const spec: AccessReviewSpec = body.spec ?? {}
      const problem: Status | undefined = accessReviewProblem(kind.kind, spec, data.namespace)
      return problem === undefined ? answer(reviewAccess(user, kind.kind, spec, gate.authorizer)) : refusal(problem)
    }
    default:
      return refusal(methodNotAllowed())
  }
}

/** What is kept nowhere tells all the same who set its fields. Source: apiserver/pkg/endpoints/handlers/create.go (v1.36). */
const withFields = (
  body: Body,
  { apiVersion, kind, manager }: { apiVersion: string; kind: string; manager: string | undefined },
  { now }: Times,
): Readonly<Record<string, unknown>> => {
  const { metadata = {}, spec } = body
  // The answer of one that asks for rules has nothing of its question.
  if (manager === undefined || kind === 'SelfSubjectRulesReview') return metadata
  const object = { apiVersion, kind, metadata, ...(spec === undefined ? {} : { spec }) }
  const entries = entriesOfCreated(reviewEndpoint(apiVersion, kind), object, { manager, time: rfc3339(now) })
  return entries.length === 0 ? metadata : { ...metadata, managedFields: entries }
}

/** As reviews show a user. Source: api/authentication/v1/types.go, UserInfo. */
export const infoOf = ({ name, uid, groups, extra }: User): object => ({
  username: name,
  ...(uid === undefined ? {} : { uid }),
  groups,
  ...(extra === undefined ? {} : { extra }),
})

const reviewToken = (
  { spec = {} }: Body,
  gate: Gate,
  { now, monotonic }: Times,
  answer: (status: object) => Answer,
): Answer => {
  const { token = '', audiences } = spec as { readonly token?: string; readonly audiences?: readonly string[] }
  if (token === '') return refusal(badRequest('token is required for TokenReview in authentication'))
  const wanted = audiences === undefined || audiences.length === 0 ? [ISSUER] : audiences
  const verdict = gate.tokens.verify(token, wanted, now, monotonic)
  if ('problem' in verdict) return answer({ user: {}, error: verdict.problem })
  return answer({ authenticated: true, user: infoOf(verdict.user), audiences: verdict.audiences })
}

/** Source: pkg/registry/authorization/selfsubjectrulesreview/rest.go; each rule once. */
const rulesOf = (user: User, namespace: string, gate: Gate): object => {
  const rules = gate.authorizer.grants(user, namespace).map(({ rule }) => rule)
  const resourceRules = rules.filter(({ resources = [] }) => resources.length > 0)
  const nonResourceRules = rules.filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0)
  return {
    resourceRules: resourceRules.map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    })),
    nonResourceRules: nonResourceRules.map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  }
}
