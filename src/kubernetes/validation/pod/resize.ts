/** Resources changed while a Pod runs. Source: pkg/apis/core/validation/validation.go, ValidatePodResize (v1.36). */
import type { Draft } from '../../draft.ts'
import { sameJson } from '../../hash.ts'
import { computeQOS } from '../../qos.ts'
import type { Container } from '../../types/container.ts'
import type { Pod, PodSpec } from '../../types/pod.ts'
import { withMembers } from '../../with-members.ts'
import type { FieldErrors } from '../field-error.ts'
import { validateMetadataUpdate } from '../metadata.ts'
import { validatePodSpec } from './pod-spec.ts'

const MIRROR = 'kubernetes.io/config.mirror'
const RESIZABLE: ReadonlySet<string> = new Set(['cpu', 'memory'])

type Resources = NonNullable<Draft<Container>['resources']>
type Amounts = Resources['requests']

export function validatePodResize(next: Draft<Pod>, before: Draft<Pod>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const { spec = {} } = next
  const { spec: old = {} } = before
  validatePodSpec(spec, 'spec', errors)
  if (before.metadata?.annotations?.[MIRROR] !== undefined) return errors.forbidden('', 'static pods cannot be resized')
  if (old.os?.name === 'windows') return errors.forbidden('', 'windows pods cannot be resized')
  const qos = before.status?.qosClass ?? computeQOS(old)
  if (qos !== computeQOS(spec)) {
    errors.invalid('spec', qos, 'Pod QOS Class may not change as a result of resizing')
  }
  checkRemovals(spec.containers, old.containers, 'spec.containers', errors)
  checkRemovals(spec.initContainers, old.initContainers, 'spec.initContainers', errors)
  if (!sameJson(withoutResizable(spec), withoutResizable(old))) {
    errors.forbidden('spec', 'only cpu and memory resources are mutable')
  }
}

function checkRemovals(
  next: readonly Draft<Container>[] | undefined,
  before: readonly Draft<Container>[] | undefined,
  at: string,
  errors: FieldErrors,
): void {
  for (const [i, old] of (before ?? []).entries()) {
    const now = next?.[i]?.resources
    const here = `${at}[${i}].resources`
    if (someRemoved(old.resources?.requests, now?.requests)) {
      errors.forbidden(`${here}.requests`, 'resource requests cannot be removed')
    }
    if (someRemoved(old.resources?.limits, now?.limits)) {
      errors.forbidden(`${here}.limits`, 'resource limits cannot be removed')
    }
  }
}

const someRemoved = (before: Amounts, next: Amounts): boolean =>
  Object.keys(before ?? {}).some((resource) => next?.[resource] === undefined)

const withoutResizable = (spec: Draft<PodSpec>): Draft<PodSpec> =>
  withMembers(spec, {
    containers: spec.containers?.map(rigid),
    initContainers: spec.initContainers?.map(rigid),
  })

const rigid = (container: Draft<Container>): Draft<Container> =>
  withMembers(container, {
    resources: {
      ...container.resources,
      requests: unresizable(container.resources?.requests),
      limits: unresizable(container.resources?.limits),
    },
    resizePolicy: undefined,
  })

const unresizable = (amounts: Amounts): Amounts =>
  Object.fromEntries(Object.entries(amounts ?? {}).filter(([resource]) => !RESIZABLE.has(resource)))
