import { sameJson } from '../../../kubernetes/hash.ts'
import { forbidden } from '../../../kubernetes/status.ts'
import type { CertificateSigningRequest } from '../../../kubernetes/types/certificates.ts'
import { goQuote } from '../../../kubernetes/validation/field-error.ts'
import { toResource } from '../authz.ts'
import type { AdmissionPlugin, AdmissionWorld, Attributes } from './admission.ts'

const GROUP = 'certificates.k8s.io'

/** Whether somebody has a verb for a signer, or for all of its domain. Source: pkg/certauthorization/certauthorization.go (v1.36). */
const hasSigner = (verb: string, signer: string, { user }: Attributes, { authorizer }: AdmissionWorld): boolean => {
  const has = (name: string): boolean => authorizer.decide(user, toResource(verb, GROUP, 'signers', '', name)).allowed
  return has(signer) || has(`${signer.slice(0, signer.indexOf('/'))}/*`)
}

/** Source: plugin/pkg/admission/certificates/approval/admission.go (v1.36). */
export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  applies: (operation, kind, subresource) =>
    operation === 'UPDATE' && kind === 'CertificateSigningRequest' && subresource === 'approval',

  validate(_object, attributes, world) {
    const signer = (attributes.old as CertificateSigningRequest).spec.signerName
    if (hasSigner('approve', signer, attributes, world)) return undefined
    const why = `user not permitted to approve requests with signerName ${goQuote(signer)}`
    return { refusal: forbidden(attributes.resource, attributes.name, why) }
  },
}

/** Source: plugin/pkg/admission/certificates/signing/admission.go (v1.36): only who gives out the certificate, or fails to, signs. */
export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  applies: (operation, kind, subresource) =>
    operation === 'UPDATE' && kind === 'CertificateSigningRequest' && subresource === 'status',

  validate(object, attributes, world) {
    const request = object as CertificateSigningRequest
    const before = attributes.old as CertificateSigningRequest
    const same =
      request.status?.certificate === before.status?.certificate && sameJson(failures(request), failures(before))
    const signer = before.spec.signerName
    if (same || hasSigner('sign', signer, attributes, world)) return undefined
    const why = `user not permitted to sign requests with signerName ${goQuote(signer)}`
    return { refusal: forbidden(attributes.resource, attributes.name, why) }
  },
}

const failures = ({ status }: CertificateSigningRequest): readonly unknown[] =>
  (status?.conditions ?? []).filter(({ type }) => type === 'Failed')
