/** What can only be created: questions that are answered at once and kept nowhere. Source: pkg/registry/{authentication,authorization}. */
export interface ReviewKind {
  readonly kind: string
  readonly group: string
  readonly version: 'v1'
  readonly resource: string
  readonly namespaced: boolean
}

const AUTHENTICATION = 'authentication.k8s.io'
const AUTHORIZATION = 'authorization.k8s.io'

const review = (kind: string, group: string, namespaced = false): ReviewKind => ({
  kind,
  group,
  version: 'v1',
  resource: `${kind.toLowerCase()}s`,
  namespaced,
})

export const REVIEW_KINDS: readonly ReviewKind[] = [
  review('SelfSubjectReview', AUTHENTICATION),
  review('TokenReview', AUTHENTICATION),
  review('LocalSubjectAccessReview', AUTHORIZATION, true),
  review('SelfSubjectAccessReview', AUTHORIZATION),
  review('SelfSubjectRulesReview', AUTHORIZATION),
  review('SubjectAccessReview', AUTHORIZATION),
]

const byKind = new Map(REVIEW_KINDS.map((one) => [one.kind, one]))

export const reviewKind = (kind: string): ReviewKind | undefined => byKind.get(kind)
