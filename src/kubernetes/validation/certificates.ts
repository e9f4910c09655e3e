/**
 * Requests for certificates.
 *
 * Source: pkg/apis/certificates/validation/validation.go (v1.36).
 * Abridged: of requests and certificates only the type of their PEM block is checked; they aren't parsed.
 */
import type { CertificateSigningRequest } from '../types/certificates.ts'
import type { Draft } from '../draft.ts'
import { fromBase64 } from '../base64.ts'
import { isDNS1123Label, isDNS1123Subdomain } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { validateMetadata, validateMetadataUpdate } from './metadata.ts'

type SigningRequest = Draft<CertificateSigningRequest>

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]
const SHORTEST_SECONDS = 600
const VERDICTS = ['Approved', 'Denied']
const CONDITIONS = 'status.conditions'

export function validateSigningRequest(request: SigningRequest, errors: FieldErrors): void {
  validateMetadata(request.metadata, { namespaced: false, name: () => [] }, errors)
  const { request: pem = '', usages = [], signerName = '', expirationSeconds } = request.spec ?? {}
  if (!/^-----BEGIN CERTIFICATE REQUEST-----/m.test(fromBase64(pem))) {
    errors.invalid('spec.request', pem, 'PEM block type must be CERTIFICATE REQUEST')
  }
  if (usages.length === 0) errors.required('spec.usages')
  for (const [i, usage] of usages.entries()) {
    if (!USAGES.includes(usage)) errors.unsupported(`spec.usages[${i}]`, usage, USAGES)
  }
  for (const [i, usage] of usages.entries()) {
    if (usages.indexOf(usage) < i) errors.duplicate(`spec.usages[${i}]`, usage)
  }
  validateSignerName(signerName, errors)
  if (expirationSeconds !== undefined && expirationSeconds < SHORTEST_SECONDS) {
    const words = `may not specify a duration less than ${SHORTEST_SECONDS} seconds (10 minutes)`
    errors.invalid('spec.expirationSeconds', expirationSeconds, words)
  }
  validateConditions(request, errors)
}

/** `example.com/signer-name`. Source: the same file, ValidateSignerName in pkg/apis/core/validation. */
function validateSignerName(name: string, errors: FieldErrors): void {
  const at = 'spec.signerName'
  if (name === '') return errors.required(at)
  const [domain = '', path, ...more] = name.split('/')
  if (path === undefined || more.length > 0) {
    return errors.invalid(at, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")
  }
  const labels = domain.split('.')
  for (const label of labels) {
    for (const problem of isDNS1123Label(label)) {
      errors.invalid(at, domain, `validating label ${JSON.stringify(label)}: ${problem}`)
    }
  }
  if (labels.length < 2) errors.invalid(at, domain, 'should be a domain with at least 2 segments separated by dots')
  errors.invalids(at, path, isDNS1123Subdomain(path))
}

function validateConditions({ status }: SigningRequest, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [i, { type = '', status: state }] of (status?.conditions ?? []).entries()) {
    if (type === '') errors.required(`${CONDITIONS}[${i}].type`)
    const states = type === 'Failed' || VERDICTS.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    errors.oneOf(`${CONDITIONS}[${i}].status`, state, states)
    const other = VERDICTS.find((verdict) => verdict !== type) ?? ''
    if (VERDICTS.includes(type) && seen.has(other)) {
      errors.invalid(CONDITIONS, type, 'Approved and Denied conditions are mutually exclusive')
    }
    if (seen.has(type)) errors.duplicate(`${CONDITIONS}[${i}].type`, type)
    seen.add(type)
  }
  const { certificate } = status ?? {}
  if (certificate !== undefined && !/^-----BEGIN CERTIFICATE-----/m.test(fromBase64(certificate))) {
    errors.invalid('status.certificate', '<certificate data>', 'must contain at least one CERTIFICATE PEM block')
  }
}

const countOf = ({ status }: SigningRequest, type: string): number =>
  (status?.conditions ?? []).filter((condition) => condition.type === type).length

export function validateSigningRequestUpdate(next: SigningRequest, before: SigningRequest, errors: FieldErrors): void {
  validateUpdate(next, before, false, errors)
}

/** Through the subresource `approval`: the only way to a verdict. */
export function validateApproval(next: SigningRequest, before: SigningRequest, errors: FieldErrors): void {
  validateUpdate(next, before, true, errors)
}

function validateUpdate(next: SigningRequest, before: SigningRequest, mayJudge: boolean, errors: FieldErrors): void {
  validateSigningRequest(next, errors)
  for (const type of [...VERDICTS, 'Failed']) {
    if (countOf(next, type) < countOf(before, type)) {
      errors.forbidden(CONDITIONS, `updates may not remove a condition of type "${type}"`)
    }
  }
  if (!mayJudge) {
    for (const type of VERDICTS) {
      if (countOf(next, type) > countOf(before, type)) {
        errors.forbidden(CONDITIONS, `updates may not add a condition of type "${type}"`)
      }
    }
  }
  const issued = before.status?.certificate
  if (issued !== undefined && next.status?.certificate !== issued) {
    errors.forbidden('status.certificate', 'updates may not modify a previously set certificate')
  }
  validateMetadataUpdate(next.metadata, before.metadata, errors)
}
