/**
 * Containers, init containers, and what they share.
 *
 * Source: pkg/apis/core/validation/validation.go, validateContainers and validateInitContainers (v1.36).
 */
import type { Container, ContainerPort } from '../../types/container.ts'
import type { Draft } from '../../draft.ts'
import { isDNS1123Label, isPortName, isPortNumber } from '../../syntax.ts'
import type { FieldErrors } from '../field-error.ts'
import { validateResourceRequirements } from '../resources.ts'
import { validateEnv, validateEnvFrom } from './env.ts'
import { validateLifecycle, validateProbe } from './probes.ts'
import { validateResizePolicy } from './resize-policy.ts'
import { validateSecurityContext } from './security.ts'
import { validateVolumeMounts } from './volumes.ts'

/** What containers may refer to. */
export interface ContainerSurroundings {
  readonly volumes: ReadonlySet<string>
  readonly claims: ReadonlySet<string>
  readonly graceSeconds: number
  /** The Pod's. */
  readonly restartPolicy?: string
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const TERMINATION_POLICIES = ['File', 'FallbackToLogsOnError']

export function validateContainers(
  containers: readonly Draft<Container>[] | undefined,
  around: ContainerSurroundings,
  at: string,
  errors: FieldErrors,
): void {
  if ((containers ?? []).length === 0) return errors.required(at)
  const names = new Set<string>()
  for (const [i, container] of (containers ?? []).entries()) {
    const here = `${at}[${i}]`
    validateCommon(container, around, here, errors)
    if (names.has(container.name ?? '')) errors.duplicate(`${here}.name`, container.name)
    names.add(container.name ?? '')
    validateHooksAndProbes(container, around, here, errors)
  }
  validateHostPorts(containers ?? [], at, errors)
}

export function validateInitContainers(
  containers: readonly Draft<Container>[] | undefined,
  regular: readonly Draft<Container>[] | undefined,
  around: ContainerSurroundings,
  at: string,
  errors: FieldErrors,
): void {
  const names = new Set((regular ?? []).map((container) => container.name ?? ''))
  for (const [i, container] of (containers ?? []).entries()) {
    const here = `${at}[${i}]`
    validateCommon(container, around, here, errors)
    const { name = '' } = container
    if (names.has(name)) errors.duplicate(`${here}.name`, name)
    else if (name !== '') names.add(name)
    // They run one by one, so only their own ports can collide.
    validateHostPorts([container], at, errors)
    if (container.restartPolicy === 'Always') validateHooksAndProbes(container, around, here, errors)
    else forbidHooksAndProbes(container, here, errors)
  }
}

function validateCommon(
  container: Draft<Container>,
  around: ContainerSurroundings,
  at: string,
  errors: FieldErrors,
): void {
  const { name = '', image = '', terminationMessagePolicy, imagePullPolicy } = container
  if (name === '') errors.required(`${at}.name`)
  else errors.invalids(`${at}.name`, name, isDNS1123Label(name))
  if (image === '') errors.required(`${at}.image`)
  else if (image !== image.trim()) {
    errors.invalid(`${at}.image`, image, 'must not have leading or trailing whitespace')
  }
  errors.oneOf(`${at}.terminationMessagePolicy`, terminationMessagePolicy, TERMINATION_POLICIES)
  validatePorts(container.ports, `${at}.ports`, errors)
  validateEnv(container.env, `${at}.env`, errors)
  validateEnvFrom(container.envFrom, `${at}.envFrom`, errors)
  validateVolumeMounts(container, around.volumes, `${at}.volumeMounts`, errors)
  errors.oneOf(`${at}.imagePullPolicy`, imagePullPolicy, PULL_POLICIES)
  validateResourceRequirements(container.resources, around.claims, `${at}.resources`, errors)
  validateResizePolicy(container.resizePolicy, around.restartPolicy, `${at}.resizePolicy`, errors)
  validateSecurityContext(container.securityContext, `${at}.securityContext`, errors)
}

function validatePorts(ports: readonly Draft<ContainerPort>[] | undefined, at: string, errors: FieldErrors): void {
  const names = new Set<string>()
  for (const [i, { name = '', containerPort = 0, hostPort = 0, protocol }] of (ports ?? []).entries()) {
    const here = `${at}[${i}]`
    if (name !== '') {
      const problems = isPortName(name)
      errors.invalids(`${here}.name`, name, problems)
      if (problems.length === 0 && names.has(name)) errors.duplicate(`${here}.name`, name)
      names.add(name)
    }
    if (containerPort === 0) errors.required(`${here}.containerPort`)
    else errors.invalids(`${here}.containerPort`, containerPort, isPortNumber(containerPort))
    if (hostPort !== 0) errors.invalids(`${here}.hostPort`, hostPort, isPortNumber(hostPort))
    errors.oneOf(`${here}.protocol`, protocol, PROTOCOLS)
  }
}

function validateHostPorts(containers: readonly Draft<Container>[], at: string, errors: FieldErrors): void {
  const taken = new Set<string>()
  for (const [i, { ports }] of containers.entries()) {
    for (const [j, { protocol, hostIP = '', hostPort = 0 }] of (ports ?? []).entries()) {
      if (hostPort === 0) continue
      const place = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(place)) errors.duplicate(`${at}[${i}].ports[${j}].hostPort`, place)
      taken.add(place)
    }
  }
}

function validateHooksAndProbes(
  container: Draft<Container>,
  around: ContainerSurroundings,
  at: string,
  errors: FieldErrors,
): void {
  validateLifecycle(container.lifecycle, around.graceSeconds, `${at}.lifecycle`, errors)
  validateProbe(container.livenessProbe, 'liveness', `${at}.livenessProbe`, errors)
  validateProbe(container.readinessProbe, 'readiness', `${at}.readinessProbe`, errors)
  validateProbe(container.startupProbe, 'startup', `${at}.startupProbe`, errors)
}

function forbidHooksAndProbes(container: Draft<Container>, at: string, errors: FieldErrors): void {
  for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[field] !== undefined) {
      errors.forbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always')
    }
  }
}
