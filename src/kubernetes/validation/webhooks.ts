/** Configurations of webhooks. Source: pkg/apis/admissionregistration/validation/validation.go, validateWebhook (v1.36). */
import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
  Webhook,
  WebhookClientConfig,
} from '../types/admissionregistration.ts'
import type { Draft } from '../draft.ts'
import { isDNS1123Label, isDNS1123Subdomain, isPortNumber } from '../syntax.ts'
import {
  conditionEnvironment,
  FAILURE_POLICIES,
  MATCH_POLICIES,
  validateMatchConditions,
  validateRules,
} from './admission-rules.ts'
import type { FieldErrors } from './field-error.ts'
import { validateLabelSelector } from './labels.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'

const REVIEW_VERSIONS = ['v1', 'v1beta1']
const SIDE_EFFECTS = ['None', 'NoneOnDryRun']
const REINVOCATIONS = ['IfNeeded', 'Never']
const LONGEST_SECONDS = 30
const URL_FORM = 'desired format: https://host[/path]'

type Configuration = Draft<ValidatingWebhookConfiguration> | Draft<MutatingWebhookConfiguration>

export function validateWebhookConfiguration(configuration: Configuration, errors: FieldErrors): void {
  validateMetadata(configuration.metadata, { namespaced: false, name: subdomainName }, errors)
  const names = new Set<string>()
  const webhooks: readonly Draft<MutatingWebhook>[] = configuration.webhooks ?? []
  for (const [i, webhook] of webhooks.entries()) {
    const at = `webhooks[${i}]`
    validateWebhook(webhook, at, errors)
    const { reinvocationPolicy, admissionReviewVersions = [], name = '' } = webhook
    if (reinvocationPolicy !== undefined) errors.oneOf(`${at}.reinvocationPolicy`, reinvocationPolicy, REINVOCATIONS)
    validateReviewVersions(admissionReviewVersions, `${at}.admissionReviewVersions`, errors)
    if (names.has(name)) errors.duplicate(`${at}.name`, name)
    names.add(name)
  }
}

export function validateWebhookConfigurationUpdate(next: Configuration, before: Configuration, errors: FieldErrors) {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateWebhookConfiguration(next, errors)
}

function validateReviewVersions(versions: readonly string[], at: string, errors: FieldErrors): void {
  if (versions.length === 0) return errors.required(at, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)
  for (const [i, version] of versions.entries()) {
    errors.invalids(`${at}[${i}]`, version, isDNS1123Label(version))
    if (versions.indexOf(version) < i) errors.invalid(`${at}[${i}]`, version, 'duplicate version')
  }
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.invalid(at, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`)
  }
}

function validateWebhook(webhook: Draft<Webhook>, at: string, errors: FieldErrors): void {
  const { name = '', failurePolicy, matchPolicy, sideEffects = '', timeoutSeconds } = webhook
  validateQualifiedName(name, `${at}.name`, errors)
  validateRules(webhook.rules, `${at}.rules`, errors)
  if (failurePolicy !== undefined && !FAILURE_POLICIES.includes(failurePolicy)) {
    errors.unsupported(`${at}.failurePolicy`, failurePolicy, FAILURE_POLICIES)
  }
  if (matchPolicy !== undefined && !MATCH_POLICIES.includes(matchPolicy)) {
    errors.unsupported(`${at}.matchPolicy`, matchPolicy, MATCH_POLICIES)
  }
  if (sideEffects === '') errors.required(`${at}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`)
  else if (!SIDE_EFFECTS.includes(sideEffects)) errors.unsupported(`${at}.sideEffects`, sideEffects, SIDE_EFFECTS)
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > LONGEST_SECONDS)) {
    const words = `the timeout value must be between 1 and ${LONGEST_SECONDS} seconds`
    errors.invalid(`${at}.timeoutSeconds`, timeoutSeconds, words)
  }
  validateLabelSelector(webhook.namespaceSelector, `${at}.namespaceSelector`, errors)
  validateLabelSelector(webhook.objectSelector, `${at}.objectSelector`, errors)
  validateClientConfig(webhook.clientConfig ?? {}, `${at}.clientConfig`, errors)
  validateMatchConditions(webhook.matchConditions, conditionEnvironment(), `${at}.matchConditions`, errors)
}

/** Source: apimachinery/pkg/util/validation/validation.go, IsFullyQualifiedName. */
function validateQualifiedName(name: string, at: string, errors: FieldErrors): void {
  if (name === '') return errors.required(at)
  const problems = isDNS1123Subdomain(name)
  if (problems.length > 0) errors.invalids(at, name, problems)
  else if (name.split('.').length < 3) {
    errors.invalid(at, name, 'should be a domain with at least three segments separated by dots')
  }
}

/** Source: apiserver/pkg/util/webhook/validation.go. */
export function validateClientConfig(config: Draft<WebhookClientConfig>, at: string, errors: FieldErrors): void {
  const { url, service } = config
  if ((url === undefined) === (service === undefined)) {
    errors.required(at, 'exactly one of url or service is required')
  }
  if (url !== undefined) validateUrl(url, `${at}.url`, errors)
  if (service === undefined) return
  const { name = '', namespace = '', path, port = 0 } = service
  if (name === '') errors.required(`${at}.service.name`, 'service name is required')
  if (namespace === '') errors.required(`${at}.service.namespace`, 'service namespace is required')
  if (path !== undefined && path !== '/' && !path.startsWith('/')) {
    errors.invalid(`${at}.service.path`, path, "must start with a '/'")
  }
  for (const problem of isPortNumber(port)) {
    errors.invalid(`${at}.service.port`, port, `port is not valid: ${problem}`)
  }
}

function validateUrl(url: string, at: string, errors: FieldErrors): void {
  const parts = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/.exec(url)
  const [, scheme = '', authority = '', , query, fragment] = parts ?? []
  if (scheme !== 'https') errors.invalid(at, scheme, `'https' is the only allowed URL scheme; ${URL_FORM}`)
  const host = authority.slice(authority.indexOf('@') + 1)
  if (host === '') errors.invalid(at, host, `host must be specified; ${URL_FORM}`)
  if (authority.includes('@')) {
    errors.invalid(at, authority.slice(0, authority.indexOf('@')), 'user information is not permitted in the URL')
  }
  if (fragment !== undefined) errors.invalid(at, fragment.slice(1), 'fragments are not permitted in the URL')
  if (query !== undefined) errors.invalid(at, query.slice(1), 'query parameters are not permitted in the URL')
}
