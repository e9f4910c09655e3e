import { defineController } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { CertificateSigningRequest } from '../../../kubernetes/types/certificates.ts'
import { KUBELET_CLIENT, kubeletClientProblem } from '../../../kubernetes/x509/kubelet-requests.ts'
import type { CertificateRequest } from '../../../kubernetes/x509/request.ts'
import { ACCOUNT, contentOf, hasCondition, isIssued, QUEUE } from './verdict.ts'

/** A question, kept nowhere: it has no row among the kinds that are stored, and a call needs none. */
const SUBJECT_ACCESS_REVIEW = 'SubjectAccessReview' as string as Kind

interface Recognizer {
  readonly subresource: string
  readonly message: string
  readonly recognizes: (request: CertificateSigningRequest, content: CertificateRequest) => boolean
}

const isOfNode = ({ spec }: CertificateSigningRequest, content: CertificateRequest): boolean =>
  spec.signerName === KUBELET_CLIENT && kubeletClientProblem(content, spec.usages ?? []) === undefined

const RECOGNIZERS: readonly Recognizer[] = [
  {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    recognizes: (request, content) => request.spec.username === content.commonName && isOfNode(request, content),
  },
  {
    subresource: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
    recognizes: isOfNode,
  },
]

/**
 * Approves what kubelets ask for to show to the API server, if who asks may have that done by himself.
 * Source: pkg/controller/certificates/approver/sarapprove.go, handle (v1.36).
 */
export const certificateApprovingController = defineController({
  name: 'certificatesigningrequest-approving-controller',
  account: ACCOUNT,
  kinds: ['CertificateSigningRequest'],
  workers: 5,
  memory: () => undefined,
  queue: QUEUE,
  wakes: ({ name, after }) => (after === undefined ? [] : [name]),

  *reconcile(name, world): Sync {
    const request = world.view.get('CertificateSigningRequest', undefined, name)
    if (request === undefined || isIssued(request)) return
    if (hasCondition(request, 'Approved') || hasCondition(request, 'Denied')) return
    const content = contentOf(request)
    if (content === undefined) return { retry: `unable to parse csr "${name}"` }
    const tried: string[] = []
    for (const { subresource, message, recognizes } of RECOGNIZERS) {
      if (!recognizes(request, content)) continue
      tried.push(subresource)
      const allowed = yield* mayCreate(subresource, request)
      if (typeof allowed === 'string') return { retry: allowed }
      if (!allowed) continue
      const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message } as const
      const conditions = [...(request.status?.conditions ?? []), condition]
      const body = { ...request, status: { ...request.status, conditions } }
      const answer = yield* call({
        ...{ verb: 'update', kind: 'CertificateSigningRequest', name, subresource: 'approval', body },
      })
      return answer.ok || answer.code === 404 ? undefined : { retry: answer.message }
    }
    // Who may not today may be given the right to later: upstream asks again, ever more seldom.
    if (tried.length > 0) return { retry: `recognized csr "${name}" as [${tried.join(' ')}] but it was not approved` }
  },
})

/** Whether who asked may create such requests; a text when nobody could say. */
function* mayCreate(subresource: string, { spec }: CertificateSigningRequest): Sync<boolean | string> {
  const { username: user, uid, groups, extra } = spec
  const resource = 'certificatesigningrequests'
  const resourceAttributes = { group: 'certificates.k8s.io', resource, verb: 'create', subresource }
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: { user, uid, groups, extra, resourceAttributes },
  }
  const answer = yield* call({ verb: 'create', kind: SUBJECT_ACCESS_REVIEW, body })
  if (!answer.ok) return answer.message
  const { status } = (answer.body ?? {}) as { readonly status?: { readonly allowed?: boolean } }
  return status?.allowed === true
}
