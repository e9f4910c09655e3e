/**
 * What a Pod's annotations may say of the profiles of its containers.
 *
 * Source: pkg/apis/core/validation/validation.go, ValidateSeccompPodAnnotations and ValidateAppArmorPodAnnotations (v1.36).
 */
import type { Draft } from '../../draft.ts'
import { APP_ARMOR_PREFIX, LOCAL_PROFILE_PREFIX } from '../../strategy/app-armor.ts'
import type { Pod } from '../../types/pod.ts'
import type { FieldErrors } from '../field-error.ts'
import { validateRelativePath } from './volumes.ts'

const SECCOMP_OF_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/'
const SECCOMP_PROFILES = ['docker/default', 'runtime/default', 'unconfined']
const APP_ARMOR_PROFILES = ['', 'runtime/default', 'unconfined']
const AT = 'metadata.annotations'

export function validatePodAnnotations({ metadata, spec }: Draft<Pod>, errors: FieldErrors): void {
  const annotations = Object.entries(metadata?.annotations ?? {})
  for (const [key, profile] of annotations) {
    if (key === SECCOMP_OF_POD || key.startsWith(SECCOMP_PREFIX)) validateSeccomp(profile, `${AT}.${key}`, errors)
  }
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
  for (const [key, profile] of annotations) {
    if (!key.startsWith(APP_ARMOR_PREFIX)) continue
    const container = key.slice(APP_ARMOR_PREFIX.length)
    if (!containers.some(({ name }) => name === container)) {
      errors.invalid(`${AT}[${key}]`, container, 'container not found')
    }
    if (!APP_ARMOR_PROFILES.includes(profile) && !profile.startsWith(LOCAL_PROFILE_PREFIX)) {
      errors.invalid(`${AT}[${key}]`, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`)
    }
  }
}

function validateSeccomp(profile: string, at: string, errors: FieldErrors): void {
  if (SECCOMP_PROFILES.includes(profile)) return
  if (!profile.startsWith(LOCAL_PROFILE_PREFIX)) return errors.invalid(at, profile, 'must be a valid seccomp profile')
  validateRelativePath(profile.slice(LOCAL_PROFILE_PREFIX.length), at, errors)
}
