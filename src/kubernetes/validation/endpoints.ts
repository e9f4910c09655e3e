/** Endpoints. Source: pkg/apis/core/validation/validation.go, ValidateEndpoints (v1.36); errors come in its order. */
import type { EndpointAddress, Endpoints, EndpointSubset } from '../types/networking.ts'
import type { Draft } from '../draft.ts'
import { endpointIPProblems, ipProblems, parseIP } from '../net.ts'
import { isDNS1123Label, isDNS1123Subdomain, isLabelKey, isPortNumber } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { subdomainName, validateAnnotations, validateMetadata, validateMetadataUpdate } from './metadata.ts'

export function validateEndpoints(endpoints: Draft<Endpoints>, errors: FieldErrors): void {
  validateMetadata(endpoints.metadata, { namespaced: true, name: subdomainName }, errors)
  validateContent(endpoints, errors)
}

export function validateEndpointsUpdate(next: Draft<Endpoints>, before: Draft<Endpoints>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateContent(next, errors)
}

function validateContent({ metadata, subsets = [] }: Draft<Endpoints>, errors: FieldErrors): void {
  validateAnnotations(metadata?.annotations, 'metadata.annotations', errors)
  for (const [i, subset] of subsets.entries()) validateSubset(subset, `subsets[${i}]`, errors)
}

function validateSubset(subset: Draft<EndpointSubset>, at: string, errors: FieldErrors): void {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset
  if (addresses.length === 0 && notReadyAddresses.length === 0) {
    errors.required(at, 'must specify `addresses` or `notReadyAddresses`')
  }
  for (const [i, address] of addresses.entries()) validateAddress(address, `${at}.addresses[${i}]`, errors)
  for (const [i, address] of notReadyAddresses.entries()) {
    validateAddress(address, `${at}.notReadyAddresses[${i}]`, errors)
  }
  for (const [i, port] of ports.entries()) validatePort(port, ports.length > 1, `${at}.ports[${i}]`, errors)
}

/** What is no address is told twice, as text and as an endpoint. */
function validateAddress(
  { ip = '', hostname = '', nodeName }: Draft<EndpointAddress>,
  at: string,
  errors: FieldErrors,
): void {
  errors.invalids(`${at}.ip`, ip, ipProblems(ip))
  if (hostname !== '') errors.invalids(`${at}.hostname`, hostname, isDNS1123Label(hostname))
  if (nodeName !== undefined) errors.invalids(`${at}.nodeName`, nodeName, isDNS1123Subdomain(nodeName))
  if (parseIP(ip) === undefined) errors.invalid(`${at}.ip`, ip, 'must be a valid IP address')
  else errors.invalids(`${at}.ip`, ip, endpointIPProblems(ip))
}

type Port = NonNullable<Draft<EndpointSubset>['ports']>[number]

function validatePort(
  { name = '', port = 0, protocol, appProtocol }: Port,
  isNamed: boolean,
  at: string,
  errors: FieldErrors,
) {
  if (name !== '') errors.invalids(`${at}.name`, name, isDNS1123Label(name))
  else if (isNamed) errors.required(`${at}.name`)
  errors.invalids(`${at}.port`, port, isPortNumber(port))
  errors.oneOf(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'])
  if (appProtocol !== undefined) errors.invalids(`${at}.appProtocol`, appProtocol, isLabelKey(appProtocol))
}
