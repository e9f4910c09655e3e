/** The ranges of Services' addresses, and addresses that are taken. Source: pkg/apis/networking/validation/validation.go (v1.36). */
import type { IPAddress, ServiceCIDR } from '../types/ingress.ts'
import type { Draft } from '../draft.ts'
import { cidrProblems, formatIP, ipProblems, parseCIDR, parseIP } from '../net.ts'
import { isDNS1123Subdomain } from '../syntax.ts'
import { IMMUTABLE, Shown, type FieldErrors } from './field-error.ts'
import { isSame, validateImmutable } from './immutable.ts'
import { pathSegmentName, subdomainName, validateMetadata, validateMetadataUpdate, type NameRule } from './metadata.ts'

/** An address in its canonical form. */
const addressName: NameRule = (name) => {
  const address = parseIP(name)
  if (address === undefined) return ipProblems(name)
  const canonical = formatIP(address)
  return canonical === name ? [] : [`must be in canonical form ("${canonical}")`]
}

export function validateIPAddress(address: Draft<IPAddress>, errors: FieldErrors): void {
  validateMetadata(address.metadata, { namespaced: false, name: addressName }, errors)
  const { parentRef } = address.spec ?? {}
  if (parentRef === undefined) return errors.required('spec.parentRef')
  const { group = '', resource = '', namespace = '', name = '' } = parentRef
  if (group !== '') errors.invalids('spec.parentRef.group', group, isDNS1123Subdomain(group))
  for (const [field, value] of Object.entries({ resource, name })) {
    if (value === '') errors.required(`spec.parentRef.${field}`)
    else errors.invalids(`spec.parentRef.${field}`, value, pathSegmentName(value))
  }
  if (namespace !== '') errors.invalids('spec.parentRef.namespace', namespace, pathSegmentName(namespace))
}

export function validateIPAddressUpdate(next: Draft<IPAddress>, before: Draft<IPAddress>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  if (isSame(next.spec?.parentRef, before.spec?.parentRef)) return
  const { group = '', resource = '', namespace = '', name = '' } = next.spec?.parentRef ?? {}
  const shown = { Group: group, Resource: resource, Namespace: namespace, Name: name }
  errors.invalid('spec.parentRef', new Shown(JSON.stringify(shown)), IMMUTABLE)
}

export function validateServiceCIDR(range: Draft<ServiceCIDR>, errors: FieldErrors): void {
  validateMetadata(range.metadata, { namespaced: false, name: subdomainName }, errors)
  validateRanges(range.spec?.cidrs ?? [], errors)
}

function validateRanges(cidrs: readonly string[], errors: FieldErrors): void {
  const at = 'spec.cidrs'
  if (cidrs.length === 0) return errors.required(at, 'at least one CIDR required')
  if (cidrs.length > 2) return errors.invalid(at, cidrs, 'may only hold up to 2 values')
  const [first, second] = cidrs.map((text) => parseCIDR(text)?.address.family)
  if (first !== undefined && first === second) {
    errors.invalid(
      at,
      cidrs,
      'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/96',
    )
  }
  for (const [i, text] of cidrs.entries()) errors.invalids(`${at}[${i}]`, text, cidrProblems(text))
}

/** A range of the other family may be added. */
export function validateServiceCIDRUpdate(
  next: Draft<ServiceCIDR>,
  before: Draft<ServiceCIDR>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const ranges = next.spec?.cidrs ?? []
  const old = before.spec?.cidrs ?? []
  const grows = old.length === 1 && ranges.length === 2
  if (ranges.length !== old.length && !grows) return errors.invalid('spec.cidrs', ranges, IMMUTABLE)
  for (const [i, range] of old.entries()) validateImmutable(ranges[i], range, `spec.cidrs[${i}]`, errors)
  if (grows) validateRanges(ranges, errors)
}
