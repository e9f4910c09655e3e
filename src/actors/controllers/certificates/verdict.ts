import { seconds, millis } from '../../../events/time.ts'
import { fromBase64 } from '../../../kubernetes/base64.ts'
import type { CertificateSigningRequest } from '../../../kubernetes/types/certificates.ts'
import { readRequest, type CertificateRequest } from '../../../kubernetes/x509/request.ts'

/** The account of all controllers of certificates. */
export const ACCOUNT = 'certificate-controller'
/** Source: pkg/controller/certificates/certificate_controller.go, NewCertificateController (v1.36): 200 ms to 1000 s. */
export const QUEUE = { base: millis(200), max: seconds(1000) }

export const hasCondition = ({ status }: CertificateSigningRequest, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true

/** Approved, and not denied besides. Source: pkg/controller/certificates/certificate_controller_utils.go (v1.36). */
export const isApproved = (request: CertificateSigningRequest): boolean =>
  hasCondition(request, 'Approved') && !hasCondition(request, 'Denied')

export const isIssued = ({ status }: CertificateSigningRequest): boolean => (status?.certificate ?? '') !== ''

/** What is asked for; undefined when it cannot be read. */
export const contentOf = ({ spec }: CertificateSigningRequest): CertificateRequest | undefined =>
  readRequest(fromBase64(spec.request))
