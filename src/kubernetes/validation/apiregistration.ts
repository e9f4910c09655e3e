/** APIServices. Source: kube-aggregator/pkg/apis/apiregistration/validation/validation.go (v1.36). */
import type { APIService } from '../types/apiregistration.ts'
import type { Draft } from '../draft.ts'
import { isDNS1035Label, isDNS1123Subdomain, isPortNumber } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { pathSegmentName, validateMetadata, validateMetadataUpdate } from './metadata.ts'

const HIGHEST_GROUP_PRIORITY = 20_000
const HIGHEST_VERSION_PRIORITY = 1_000

export function validateAPIService(service: Draft<APIService>, errors: FieldErrors): void {
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = service.spec ?? {}
  const required = `${version}.${group}`
  const name = (text: string): readonly string[] => {
    const problems = pathSegmentName(text)
    if (problems.length > 0 || text === required) return problems
    return [`must be \`spec.version+"."+spec.group\`: ${JSON.stringify(required)}`]
  }
  validateMetadata(service.metadata, { namespaced: false, name }, errors)
  if (group !== '') errors.invalids('spec.group', group, isDNS1123Subdomain(group))
  else if (version !== 'v1') {
    errors.required('spec.group', 'only v1 may have an empty group and it better be legacy kube')
  }
  errors.invalids('spec.version', version, isDNS1035Label(version))
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > HIGHEST_GROUP_PRIORITY) {
    const words = `must be positive and less than ${HIGHEST_GROUP_PRIORITY}`
    errors.invalid('spec.groupPriorityMinimum', groupPriorityMinimum, words)
  }
  if (versionPriority <= 0 || versionPriority > HIGHEST_VERSION_PRIORITY) {
    errors.invalid(
      'spec.versionPriority',
      versionPriority,
      `must be positive and less than ${HIGHEST_VERSION_PRIORITY}`,
    )
  }
  validateServing(service.spec ?? {}, errors)
}

function validateServing(spec: Draft<APIService['spec']>, errors: FieldErrors): void {
  const { service, caBundle = '', insecureSkipTLSVerify = false } = spec
  if (service === undefined) {
    if (caBundle !== '') errors.invalid('spec.caBundle', caBundle, 'local APIServices may not have a caBundle')
    if (insecureSkipTLSVerify) {
      errors.invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify')
    }
    return
  }
  const { namespace = '', name = '', port = 0 } = service
  if (namespace === '') errors.required('spec.service.namespace')
  if (name === '') errors.required('spec.service.name')
  for (const problem of isPortNumber(port)) errors.invalid('spec.service.port', port, `port is not valid: ${problem}`)
  if (insecureSkipTLSVerify && caBundle !== '') {
    errors.invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')
  }
}

export function validateAPIServiceUpdate(
  next: Draft<APIService>,
  before: Draft<APIService>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateAPIService(next, errors)
}
