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

type Resources = Draft<Container>['resources']
type Amounts = NonNullable<Resources>['requests']
type Containers = readonly Draft<Container>[] | undefined

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
  if (!isSupportedByNode(before)) errors.forbidden('spec', 'Pod running on node without support for resize')
  checkPodLevel(spec.resources, old.resources, errors)
  const areInOrder = [
    checkOrder(spec.containers, old.containers, 'containers', errors),
    checkOrder(spec.initContainers, old.initContainers, 'initContainers', errors),
  ]
  if (areInOrder.includes(false)) return
  checkRemovals(spec.initContainers, old.initContainers, 'spec.initContainers', errors)
  checkRemovals(spec.containers, old.containers, 'spec.containers', errors)
  if (!sameJson(withoutResizable(spec), withoutResizable(old))) {
    errors.forbidden('spec', 'only cpu and memory resources are mutable')
  }
  checkInitContainers(spec.initContainers, old.initContainers, errors)
}

/** A kubelet that can resize says what running containers have. */
const isSupportedByNode = ({ status }: Draft<Pod>): boolean => {
  const running = status?.containerStatuses?.find(({ state }) => state?.running !== undefined)
  return running === undefined || running.resources !== undefined
}

/** Source: validation.go, validatePodLevelResourcesResize. */
function checkPodLevel(next: Resources, before: Resources, errors: FieldErrors): void {
  if (before !== undefined && next === undefined) {
    return errors.forbidden('spec.resources', 'pod-level resources cannot be removed')
  }
  if (someRemoved(before?.requests, next?.requests)) {
    errors.forbidden('spec.resources.requests', 'pod-level resource requests cannot be removed')
  }
  if (someRemoved(before?.limits, next?.limits)) {
    errors.forbidden('spec.resources.limits', 'pod-level resource limits cannot be removed')
  }
  if (!sameJson(rigidResources(next), rigidResources(before))) {
    errors.forbidden('spec', 'only cpu and memory resources are mutable at pod-level')
  }
}

/** Source: validation.go, validatePodResizeContainerOrdering. */
function checkOrder(next: Containers, before: Containers, list: string, errors: FieldErrors): boolean {
  const containers = next ?? []
  const old = before ?? []
  if (containers.length !== old.length) {
    errors.forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)
    return false
  }
  const moved = [...containers.keys()].filter((i) => containers[i]?.name !== old[i]?.name)
  for (const i of moved) {
    errors.forbidden(`spec.${list}[${i}].name`, `${list} may not be renamed or reordered on resize`)
  }
  return moved.length === 0
}

function checkRemovals(next: Containers, before: Containers, at: string, errors: FieldErrors): void {
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

/** One that runs to its end cannot be restarted for it. */
function checkInitContainers(next: Containers, before: Containers, errors: FieldErrors): void {
  for (const [i, container] of (next ?? []).entries()) {
    if (container.restartPolicy === 'Always' || sameJson(container, before?.[i])) continue
    if (container.resizePolicy?.some(({ restartPolicy }) => restartPolicy === 'RestartContainer') === true) {
      const why = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'
      errors.forbidden(`spec.initContainers[${i}]`, why)
    }
  }
}

const someRemoved = (before: Amounts, next: Amounts): boolean =>
  Object.keys(before ?? {}).some((resource) => next?.[resource] === undefined)

const withoutResizable = (spec: Draft<PodSpec>): Draft<PodSpec> =>
  withMembers(spec, {
    containers: spec.containers?.map(rigid),
    initContainers: spec.initContainers?.map(rigid),
    resources: undefined,
  })

const rigid = (container: Draft<Container>): Draft<Container> =>
  withMembers(container, { resources: rigidResources(container.resources), resizePolicy: undefined })

const rigidResources = (resources: Resources): NonNullable<Resources> => ({
  ...resources,
  requests: unresizable(resources?.requests),
  limits: unresizable(resources?.limits),
})

const unresizable = (amounts: Amounts): NonNullable<Amounts> =>
  Object.fromEntries(Object.entries(amounts ?? {}).filter(([resource]) => !RESIZABLE.has(resource)))
