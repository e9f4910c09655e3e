import type { Micros } from '../../../events/envelope.ts'
import { hours, minutes, seconds } from '../../../events/time.ts'
import { defineController, type World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { toBase64 } from '../../../kubernetes/base64.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { CertificateSigningRequest } from '../../../kubernetes/types/certificates.ts'
import {
  API_CLIENT,
  apiClientProblem,
  KUBELET_CLIENT,
  KUBELET_SERVING,
  kubeletClientProblem,
  kubeletServingProblem,
  LEGACY_UNKNOWN,
} from '../../../kubernetes/x509/kubelet-requests.ts'
import type { CertificateRequest } from '../../../kubernetes/x509/request.ts'
import { issue, isSelfSigned } from './authority.ts'
import { ACCOUNT, contentOf, hasCondition, isApproved, isIssued, QUEUE } from './verdict.ts'

/** --cluster-signing-duration. Source: csrsigningcontroller/config/v1alpha1/defaults.go (v1.36). */
const LONGEST: Micros = hours(8760)
const SHORTEST: Micros = minutes(10)
/** Certificates begin a little earlier, for clocks that are behind; short ones do not end earlier for that. */
const BACKDATE: Micros = minutes(5)
const SHORT: Micros = hours(8)

/** What each of our signers does not sign. */
const SIGNERS: ReadonlyMap<string, (request: CertificateRequest, usages: readonly string[]) => string | undefined> =
  new Map([
    [KUBELET_SERVING, kubeletServingProblem],
    [KUBELET_CLIENT, kubeletClientProblem],
    [API_CLIENT, (_request: CertificateRequest, usages: readonly string[]) => apiClientProblem(usages)],
    [LEGACY_UNKNOWN, () => undefined],
  ])

/**
 * Signs what has been approved, for the four signers of Kubernetes itself.
 * Source: pkg/controller/certificates/signer/signer.go, handle (v1.36), where each signer is a controller of its own.
 */
export const certificateSigningController = defineController({
  name: 'certificatesigningrequest-signing-controller',
  account: ACCOUNT,
  kinds: ['CertificateSigningRequest'],
  workers: 5,
  memory: () => undefined,
  queue: QUEUE,
  wakes: ({ name, after }) => (after === undefined ? [] : [name]),

  *reconcile(name, world): Sync {
    const request = world.view.get('CertificateSigningRequest', undefined, name)
    // One that is signed already would be refused another certificate.
    if (request === undefined || isIssued(request)) return
    const problemOf = SIGNERS.get(request.spec.signerName)
    if (problemOf === undefined || !isApproved(request) || hasCondition(request, 'Failed')) return
    const content = contentOf(request)
    if (content === undefined) return { retry: `unable to parse csr "${name}"` }
    const problem = problemOf(content, request.spec.usages ?? [])
    if (problem === undefined && !isSelfSigned(content)) {
      return { retry: 'error auto signing csr: unable to verify certificate request signature' }
    }
    const body = problem === undefined ? signed(request, content, world) : failed(request, problem, world)
    const answer = yield* call({
      ...{ verb: 'update', kind: 'CertificateSigningRequest', name, subresource: 'status', body },
    })
    return answer.ok || answer.code === 404 ? undefined : { retry: answer.message }
  },
})

function signed(
  request: CertificateSigningRequest,
  content: CertificateRequest,
  { now, random }: World,
): CertificateSigningRequest {
  const { usages = [], expirationSeconds } = request.spec
  const wanted = expirationSeconds === undefined ? LONGEST : seconds(expirationSeconds)
  const ttl = Math.max(SHORTEST, Math.min(LONGEST, wanted))
  const notAfter = now + (ttl < SHORT ? ttl : ttl - BACKDATE)
  const certificate = toBase64(issue(content, { notBefore: now - BACKDATE, notAfter, usages }, random))
  return { ...request, status: { ...request.status, certificate } }
}

function failed(request: CertificateSigningRequest, message: string, { now }: World): CertificateSigningRequest {
  const condition = {
    type: 'Failed',
    status: 'True',
    reason: 'SignerValidationFailure',
    message,
    lastUpdateTime: rfc3339(now),
  } as const
  return { ...request, status: { ...request.status, conditions: [...(request.status?.conditions ?? []), condition] } }
}
