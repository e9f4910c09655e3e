/** Containers added to a Pod that runs. Source: pkg/apis/core/validation/validation.go, validateEphemeralContainers (v1.36). */
import type { Draft } from '../../draft.ts'
import { sameJson } from '../../hash.ts'
import { isDNS1123Label } from '../../syntax.ts'
import type { EphemeralContainer } from '../../types/container.ts'
import type { Pod } from '../../types/pod.ts'
import type { FieldErrors } from '../field-error.ts'
import { internalDiff } from '../internal/value.ts'
import { validateMetadataUpdate } from '../metadata.ts'

const AT = 'spec.ephemeralContainers'

/** What nobody may rely on in a container that is never restarted. */
const NOT_ALLOWED = [
  'ports',
  'resources',
  'resizePolicy',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const

/**
 * They are added, never changed or taken away.
 * Source: ValidatePodEphemeralContainersUpdate.
 */
export function validateEphemeralContainersUpdate(next: Draft<Pod>, before: Draft<Pod>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateEphemeralContainers(next, errors)
  const added = new Map((next.spec?.ephemeralContainers ?? []).map((one) => [one.name, one]))
  for (const old of before.spec?.ephemeralContainers ?? []) {
    const now = added.get(old.name)
    const name = JSON.stringify(old.name)
    if (now === undefined) errors.forbidden(AT, `existing ephemeral containers ${name} may not be removed\n`)
    else if (!sameJson(now, old)) {
      const changes = internalDiff('core/v1.EphemeralContainer', old, now)
      errors.forbidden(AT, `existing ephemeral containers ${name} may not be changed\n${changes}`)
    }
  }
}

function validateEphemeralContainers({ spec }: Draft<Pod>, errors: FieldErrors): void {
  const others = new Set([...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ name = '' }) => name))
  const all = new Set(others)
  for (const [i, container] of (spec?.ephemeralContainers ?? []).entries()) {
    const at = `${AT}[${i}]`
    validateIdentity(container, at, errors)
    const { name = '', targetContainerName = '' } = container
    if (all.has(name)) errors.duplicate(`${at}.name`, name)
    all.add(name)
    if (targetContainerName !== '' && !others.has(targetContainerName)) {
      errors.notFound(`${at}.targetContainerName`, targetContainerName)
    }
    for (const field of NOT_ALLOWED) {
      if (!isEmpty(container[field])) errors.forbidden(`${at}.${field}`, 'cannot be set for an Ephemeral Container')
    }
    for (const [j, { subPath = '', subPathExpr = '' }] of (container.volumeMounts ?? []).entries()) {
      const mount = `${at}.volumeMounts[${j}]`
      if (subPath !== '') errors.forbidden(`${mount}.subPath`, 'cannot be set for an Ephemeral Container')
      if (subPathExpr !== '') errors.forbidden(`${mount}.subPathExpr`, 'cannot be set for an Ephemeral Container')
    }
  }
}

function validateIdentity({ name = '', image = '' }: Draft<EphemeralContainer>, at: string, errors: FieldErrors): void {
  if (name === '') errors.required(`${at}.name`)
  else errors.invalids(`${at}.name`, name, isDNS1123Label(name))
  if (image === '') errors.required(`${at}.image`)
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
