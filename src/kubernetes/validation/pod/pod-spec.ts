/**
 * The spec of a Pod or of a template.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidatePodSpec (v1.36); errors come in its order.
 */
import type { PodSpec, PodTemplateSpec } from '../../types/pod.ts'
import type { Draft } from '../../draft.ts'
import { ipProblems } from '../../net.ts'
import { inclusiveRangeError, isDNS1123Label, isDNS1123Subdomain, isLabelKey } from '../../syntax.ts'
import type { FieldErrors } from '../field-error.ts'
import { validateLabels } from '../labels.ts'
import { validateAnnotations } from '../metadata.ts'
import { validateResourceList, validateResourceRequirements } from '../resources.ts'
import { validateContainers, validateInitContainers, type ContainerSurroundings } from './containers.ts'
import { validateAffinity, validateTolerations, validateTopologySpread } from './placement.ts'
import { validatePodSecurityContext } from './security.ts'
import { validateVolumes } from './volumes.ts'

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const MAX_INT32 = 2_147_483_647

export function validatePodSpec(spec: Draft<PodSpec>, at: string, errors: FieldErrors): void {
  const around: ContainerSurroundings = {
    volumes: validateVolumes(spec.volumes, `${at}.volumes`, errors),
    claims: validateClaims(spec, `${at}.resourceClaims`, errors),
    graceSeconds: spec.terminationGracePeriodSeconds ?? 0,
    restartPolicy: spec.restartPolicy,
  }
  if (spec.resources !== undefined) {
    validateResourceRequirements(spec.resources, around.claims, `${at}.resources`, errors)
  }
  validateContainers(spec.containers, around, `${at}.containers`, errors)
  validateInitContainers(spec.initContainers, spec.containers, around, `${at}.initContainers`, errors)
  validateHostNetwork(spec, at, errors)
  errors.oneOf(`${at}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES)
  errors.oneOf(`${at}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES)
  validateLabels(spec.nodeSelector, `${at}.nodeSelector`, errors)
  validatePodSecurityContext(spec.securityContext, `${at}.securityContext`, errors)
  validateAffinity(spec.affinity, `${at}.affinity`, errors)
  validateDNSConfig(spec, `${at}.dnsConfig`, errors)
  validateGates(spec, at, errors)
  validateTopologySpread(spec.topologySpreadConstraints, `${at}.topologySpreadConstraints`, errors)
  validateReferences(spec, at, errors)
  validateHostAliases(spec, `${at}.hostAliases`, errors)
  validateChoices(spec, at, errors)
}

function validateClaims(spec: Draft<PodSpec>, at: string, errors: FieldErrors): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [i, claim] of (spec.resourceClaims ?? []).entries()) {
    const { name = '', resourceClaimName, resourceClaimTemplateName } = claim
    if (name === '') errors.required(`${at}[${i}].name`)
    else if (names.has(name)) errors.duplicate(`${at}[${i}].name`, name)
    else errors.invalids(`${at}[${i}].name`, name, isDNS1123Label(name))
    names.add(name)
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      const words = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'
      errors.invalid(`${at}[${i}]`, claim, words)
    }
  }
  return names
}

function validateHostNetwork(spec: Draft<PodSpec>, at: string, errors: FieldErrors): void {
  if (spec.hostNetwork !== true) return
  for (const [i, { ports }] of (spec.containers ?? []).entries()) {
    for (const [j, { hostPort = 0, containerPort = 0 }] of (ports ?? []).entries()) {
      if (hostPort !== containerPort) {
        const here = `${at}.containers[${i}].ports[${j}].hostPort`
        errors.invalid(here, hostPort, 'must match `containerPort` when `hostNetwork` is true')
      }
    }
  }
}

const MAX_NAMESERVERS = 3
const MAX_SEARCHES = 32

function validateDNSConfig({ dnsConfig, dnsPolicy }: Draft<PodSpec>, at: string, errors: FieldErrors): void {
  const { nameservers = [], searches = [] } = dnsConfig ?? {}
  if (dnsPolicy === 'None') {
    if (dnsConfig === undefined) {
      return errors.required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')
    }
    if (nameservers.length === 0) {
      const words = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
      return errors.required(`${at}.nameservers`, words)
    }
  }
  if (nameservers.length > MAX_NAMESERVERS) {
    errors.invalid(`${at}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`)
  }
  for (const [i, ip] of nameservers.entries()) errors.invalids(`${at}.nameservers[${i}]`, ip, ipProblems(ip))
  if (searches.length > MAX_SEARCHES) {
    errors.invalid(`${at}.searches`, searches, `must not have more than ${MAX_SEARCHES} search paths`)
  }
  for (const [i, search] of searches.entries()) {
    const path = search.endsWith('.') ? search.slice(0, -1) : search
    if (path !== '') errors.invalids(`${at}.searches[${i}]`, path, isDNS1123Subdomain(path.replaceAll('_', '-')))
  }
  for (const [i, { name = '' }] of (dnsConfig?.options ?? []).entries()) {
    if (name === '') errors.required(`${at}.options[${i}]`, 'must not be empty')
  }
}

function validateGates(spec: Draft<PodSpec>, at: string, errors: FieldErrors): void {
  for (const [i, { conditionType = '' }] of (spec.readinessGates ?? []).entries()) {
    errors.invalids(`${at}.readinessGates[${i}].conditionType`, conditionType, isLabelKey(conditionType))
  }
  const names = new Set<string>()
  for (const [i, { name = '' }] of (spec.schedulingGates ?? []).entries()) {
    const here = `${at}.schedulingGates[${i}]`
    errors.invalids(here, name, isLabelKey(name))
    if (names.has(name)) errors.duplicate(here, name)
    names.add(name)
  }
}

/** Names of other objects, and the Pod's own. */
function validateReferences(spec: Draft<PodSpec>, at: string, errors: FieldErrors): void {
  const { serviceAccountName = '', nodeName = '', activeDeadlineSeconds, hostname = '', subdomain = '' } = spec
  if (serviceAccountName !== '') {
    errors.invalids(`${at}.serviceAccountName`, serviceAccountName, isDNS1123Subdomain(serviceAccountName))
  }
  if (nodeName !== '') {
    errors.invalids(`${at}.nodeName`, nodeName, isDNS1123Subdomain(nodeName))
    if ((spec.schedulingGates ?? []).length > 0) {
      errors.forbidden(`${at}.nodeName`, 'cannot be set until all schedulingGates have been cleared')
    }
  }
  if (activeDeadlineSeconds !== undefined && (activeDeadlineSeconds < 1 || activeDeadlineSeconds > MAX_INT32)) {
    errors.invalid(`${at}.activeDeadlineSeconds`, activeDeadlineSeconds, inclusiveRangeError(1, MAX_INT32))
  }
  if (hostname !== '') errors.invalids(`${at}.hostname`, hostname, isDNS1123Label(hostname))
  if (subdomain !== '') errors.invalids(`${at}.subdomain`, subdomain, isDNS1123Label(subdomain))
  validateTolerations(spec.tolerations, `${at}.tolerations`, errors)
}

function validateHostAliases(spec: Draft<PodSpec>, at: string, errors: FieldErrors): void {
  for (const [i, { ip = '', hostnames = [] }] of (spec.hostAliases ?? []).entries()) {
    errors.invalids(`${at}[${i}].ip`, ip, ipProblems(ip))
    for (const hostname of hostnames) errors.invalids(`${at}[${i}].hostnames`, hostname, isDNS1123Subdomain(hostname))
  }
}

function validateChoices(spec: Draft<PodSpec>, at: string, errors: FieldErrors): void {
  const { priorityClassName = '', runtimeClassName, preemptionPolicy, os } = spec
  if (priorityClassName !== '') {
    errors.invalids(`${at}.priorityClassName`, priorityClassName, isDNS1123Subdomain(priorityClassName))
  }
  if (runtimeClassName !== undefined) {
    errors.invalids(`${at}.runtimeClassName`, runtimeClassName, isDNS1123Subdomain(runtimeClassName))
  }
  if (preemptionPolicy !== undefined) {
    errors.oneOf(`${at}.preemptionPolicy`, preemptionPolicy, ['PreemptLowerPriority', 'Never'])
  }
  validateResourceList(spec.overhead, `${at}.overhead`, errors)
  if (os === undefined) return
  const name: string = os.name ?? ''
  if (name === '') errors.required(`${at}.os.name`, 'cannot be empty')
  else if (name !== 'linux' && name !== 'windows') errors.unsupported(`${at}.os`, name, ['linux', 'windows'])
}

/** Source: validation.go, ValidatePodTemplateSpec. The paths of labels and annotations leave out `metadata`, as there. */
export function validatePodTemplate(template: Draft<PodTemplateSpec>, at: string, errors: FieldErrors): void {
  validateLabels(template.metadata?.labels, `${at}.labels`, errors)
  validateAnnotations(template.metadata?.annotations, `${at}.annotations`, errors)
  validatePodSpec(template.spec ?? {}, `${at}.spec`, errors)
  if ((template.spec?.ephemeralContainers ?? []).length > 0) {
    errors.forbidden(`${at}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')
  }
}
