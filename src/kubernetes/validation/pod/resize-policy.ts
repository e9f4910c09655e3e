/** What a change of a container's resources takes. Source: pkg/apis/core/validation/validation.go, validateResizePolicy (v1.36). */
import type { Draft } from '../../draft.ts'
import type { Container } from '../../types/container.ts'
import type { FieldErrors } from '../field-error.ts'

const RESOURCES = ['cpu', 'memory']
const POLICIES = ['NotRequired', 'RestartContainer']

export function validateResizePolicy(
  policies: Draft<Container>['resizePolicy'],
  podRestartPolicy: string | undefined,
  at: string,
  errors: FieldErrors,
): void {
  const seen = new Set<string>()
  for (const [i, { resourceName = '', restartPolicy = '' }] of (policies ?? []).entries()) {
    const here = `${at}[${i}]`
    if (seen.has(resourceName)) errors.duplicate(here, resourceName)
    seen.add(resourceName)
    if (!RESOURCES.includes(resourceName)) errors.unsupported(here, resourceName, RESOURCES)
    if (!POLICIES.includes(restartPolicy)) errors.unsupported(here, restartPolicy, POLICIES)
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.invalid(here, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'")
    }
  }
}
