/**
 * Security contexts.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidateSecurityContext and validatePodSpecSecurityContext (v1.36).
 */
import type { SecurityContext, SecurityProfile } from '../../types/container.ts'
import type { PodSecurityContext } from '../../types/pod.ts'
import type { Draft } from '../../draft.ts'
import { inclusiveRangeError } from '../../syntax.ts'
import type { FieldErrors } from '../field-error.ts'
import { shownInternally } from '../internal/value.ts'

const MAX_ID = 2_147_483_647
const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/

function validateId(id: number | undefined, at: string, errors: FieldErrors): void {
  if (id !== undefined && (id < 0 || id > MAX_ID)) errors.invalid(at, id, inclusiveRangeError(0, MAX_ID))
}

export function validateSecurityContext(
  context: Draft<SecurityContext> | undefined,
  at: string,
  errors: FieldErrors,
): void {
  if (context === undefined) return
  validateId(context.runAsUser, `${at}.runAsUser`, errors)
  validateId(context.runAsGroup, `${at}.runAsGroup`, errors)
  if (context.procMount !== undefined && context.procMount !== 'Default' && context.procMount !== 'Unmasked') {
    errors.unsupported(`${at}.procMount`, context.procMount, ['Default', 'Unmasked'])
  }
  validateSeccomp(context.seccompProfile, `${at}.seccompProfile`, errors)
  if (context.allowPrivilegeEscalation === false) {
    const shown = shownInternally('core/v1.SecurityContext', context)
    if (context.privileged === true) {
      errors.invalid(at, shown, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')
    }
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN') === true) {
      const words = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'
      errors.invalid(at, shown, words)
    }
  }
}

function validateSeccomp(profile: Draft<SecurityProfile> | undefined, at: string, errors: FieldErrors): void {
  if (profile === undefined) return
  const { type = '', localhostProfile } = profile
  if (type === '') errors.required(`${at}.type`, 'type is required when seccompProfile is set')
  else if (type === 'Localhost') {
    if (localhostProfile === undefined) {
      errors.required(`${at}.localhostProfile`, 'must be set when seccomp type is Localhost')
    }
  } else {
    if (localhostProfile !== undefined) {
      errors.invalid(`${at}.localhostProfile`, localhostProfile, 'can only be set when seccomp type is Localhost')
    }
    if (type !== 'RuntimeDefault' && type !== 'Unconfined') {
      errors.unsupported(`${at}.type`, type, ['Localhost', 'RuntimeDefault', 'Unconfined'])
    }
  }
}

export function validatePodSecurityContext(
  context: Draft<PodSecurityContext> | undefined,
  at: string,
  errors: FieldErrors,
): void {
  if (context === undefined) return
  validateId(context.fsGroup, `${at}.fsGroup`, errors)
  validateId(context.runAsUser, `${at}.runAsUser`, errors)
  validateId(context.runAsGroup, `${at}.runAsGroup`, errors)
  for (const [i, group] of (context.supplementalGroups ?? []).entries()) {
    validateId(group, `${at}.supplementalGroups[${i}]`, errors)
  }
  const names = new Set<string>()
  for (const [i, { name = '' }] of (context.sysctls ?? []).entries()) {
    const here = `${at}.sysctls[${i}].name`
    if (name === '') errors.required(here)
    else if (name.length > 253 || !SYSCTL.test(name)) {
      errors.invalid(here, name, `must have at most 253 characters and match regex ${SYSCTL.source}`)
    } else if (names.has(name)) errors.duplicate(here, name)
    names.add(name)
  }
  validateFsGroupPolicy(context.fsGroupChangePolicy, `${at}.fsGroupChangePolicy`, errors)
  validateSeccomp(context.seccompProfile, `${at}.seccompProfile`, errors)
}

function validateFsGroupPolicy(policy: string | undefined, at: string, errors: FieldErrors): void {
  if (policy !== undefined && policy !== 'Always' && policy !== 'OnRootMismatch') {
    errors.unsupported(at, policy, ['Always', 'OnRootMismatch'])
  }
}
