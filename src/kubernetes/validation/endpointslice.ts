/** EndpointSlices. Source: pkg/apis/discovery/validation/validation.go (v1.36). */
import type { Endpoint, EndpointSlice } from '../types/networking.ts'
import type { Draft } from '../draft.ts'
import { endpointIPProblems, parseIP } from '../net.ts'
import { isDNS1123Label, isDNS1123Subdomain, isLabelKey, isLabelValue } from '../syntax.ts'
import { IMMUTABLE, type FieldErrors } from './field-error.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6']
const MAX_ADDRESSES = 100
const MAX_PORTS = 20_000
const MAX_ENDPOINTS = 1_000

export function validateEndpointSlice(slice: Draft<EndpointSlice>, errors: FieldErrors): void {
  validateMetadata(slice.metadata, { namespaced: true, name: subdomainName }, errors)
  validateContent(slice, errors)
}

export function validateEndpointSliceUpdate(
  next: Draft<EndpointSlice>,
  before: Draft<EndpointSlice>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateContent(next, errors)
  if (next.addressType !== before.addressType) errors.invalid('addressType', next.addressType, IMMUTABLE)
}

function validateContent(slice: Draft<EndpointSlice>, errors: FieldErrors): void {
  errors.oneOf('addressType', slice.addressType, ADDRESS_TYPES)
  const endpoints = slice.endpoints ?? []
  if (endpoints.length > MAX_ENDPOINTS) errors.tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)
  else for (const [i, endpoint] of endpoints.entries()) validateEndpoint(endpoint, slice, `endpoints[${i}]`, errors)
  validatePorts(slice, errors)
}

function validateEndpoint(endpoint: Draft<Endpoint>, slice: Draft<EndpointSlice>, at: string, errors: FieldErrors) {
  const { addresses = [], hostname, nodeName, zone } = endpoint
  if (addresses.length === 0) errors.required(`${at}.addresses`, 'must contain at least 1 address')
  else if (addresses.length > MAX_ADDRESSES) errors.tooMany(`${at}.addresses`, addresses.length, MAX_ADDRESSES)
  for (const [i, address] of addresses.entries()) {
    const { addressType } = slice
    if (addressType === 'FQDN') {
      errors.invalids(`${at}.addresses[${i}]`, address, isDNS1123Subdomain(address))
    } else if (addressType === 'IPv4' || addressType === 'IPv6') {
      const article = addressType === 'IPv4' ? 'an IPv4' : 'an IPv6'
      if (parseIP(address)?.family !== addressType) {
        errors.invalid(`${at}.addresses`, address, `must be ${article} address`)
      }
      if (parseIP(address) !== undefined) {
        errors.invalids(`${at}.addresses[${i}]`, address, endpointIPProblems(address))
      }
    }
  }
  if (nodeName !== undefined) errors.invalids(`${at}.nodeName`, nodeName, isDNS1123Subdomain(nodeName))
  if (zone !== undefined) errors.invalids(`${at}.zone`, zone, isLabelValue(zone))
  if (hostname !== undefined) errors.invalids(`${at}.hostname`, hostname, isDNS1123Label(hostname))
}

function validatePorts(slice: Draft<EndpointSlice>, errors: FieldErrors): void {
  const ports = slice.ports ?? []
  if (ports.length > MAX_PORTS) return errors.tooMany('ports', ports.length, MAX_PORTS)
  const names = new Set<string>()
  for (const [i, { name = '', protocol, appProtocol }] of ports.entries()) {
    if (name !== '') errors.invalids(`ports[${i}].name`, name, isDNS1123Label(name))
    if (names.has(name)) errors.duplicate(`ports[${i}].name`, name)
    names.add(name)
    errors.oneOf(`ports[${i}].protocol`, protocol, ['SCTP', 'TCP', 'UDP'])
    if (appProtocol !== undefined) errors.invalids(`ports[${i}].appProtocol`, appProtocol, isLabelKey(appProtocol))
  }
}
