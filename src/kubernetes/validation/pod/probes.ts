/**
 * Probes and lifecycle hooks.
 *
 * Source: pkg/apis/core/validation/validation.go, validateProbe and validateHandler (v1.36).
 */
import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../../types/container.ts'
import type { IntOrString } from '../../types/meta.ts'
import type { Draft } from '../../draft.ts'
import { isHTTPHeaderName, isPortName, isPortNumber } from '../../syntax.ts'
import type { FieldErrors } from '../field-error.ts'

const NUMBERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const

/** What a kind of probe may have. */
export type ProbeRole = 'liveness' | 'readiness' | 'startup'

export function validateProbe(probe: Draft<Probe> | undefined, role: ProbeRole, at: string, errors: FieldErrors): void {
  if (probe === undefined) return
  validateHandler(probe, undefined, at, errors)
  for (const field of NUMBERS) errors.nonnegative(`${at}.${field}`, probe[field])
  const grace = probe.terminationGracePeriodSeconds
  if (role === 'readiness') {
    if (grace !== undefined) {
      errors.invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')
    }
    return
  }
  if (grace !== undefined && grace <= 0) {
    errors.invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')
  }
  if ((probe.successThreshold ?? 0) !== 1) {
    errors.invalid(`${at}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')
  }
}

export function validateLifecycle(
  lifecycle: Draft<Lifecycle> | undefined,
  graceSeconds: number,
  at: string,
  errors: FieldErrors,
): void {
  if (lifecycle?.postStart !== undefined) validateHandler(lifecycle.postStart, graceSeconds, `${at}.postStart`, errors)
  if (lifecycle?.preStop !== undefined) validateHandler(lifecycle.preStop, graceSeconds, `${at}.preStop`, errors)
}

/** `graceSeconds` bounds a sleep, which only hooks have. */
function validateHandler(
  handler: Draft<LifecycleHandler> & Pick<Draft<Probe>, 'grpc'>,
  graceSeconds: number | undefined,
  at: string,
  errors: FieldErrors,
): void {
  let count = 0
  const first = (field: string): boolean => {
    count += 1
    if (count > 1) errors.forbidden(`${at}.${field}`, 'may not specify more than 1 handler type')
    return count === 1
  }
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler
  if (exec !== undefined && first('exec') && (exec.command ?? []).length === 0) errors.required(`${at}.exec.command`)
  if (httpGet !== undefined && first('httpGet')) validateHTTPGet(httpGet, `${at}.httpGet`, errors)
  if (tcpSocket !== undefined && first('tcpSocket')) validatePort(tcpSocket.port ?? 0, `${at}.tcpSocket.port`, errors)
  if (grpc !== undefined && first('grpc')) validatePort(grpc.port ?? 0, `${at}.grpc.port`, errors)
  if (sleep !== undefined && first('sleep')) {
    const { seconds = 0 } = sleep
    if (seconds < 0 || seconds > (graceSeconds ?? 0)) {
      const words = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds ?? 0})`
      errors.invalid(`${at}.sleep`, seconds, words)
    }
  }
  if (count === 0) errors.required(at, 'must specify a handler type')
}

function validateHTTPGet(get: Draft<HTTPGetAction>, at: string, errors: FieldErrors): void {
  if ((get.path ?? '') === '') errors.required(`${at}.path`)
  validatePort(get.port ?? 0, `${at}.port`, errors)
  if (get.scheme !== 'HTTP' && get.scheme !== 'HTTPS') {
    errors.unsupported(`${at}.scheme`, get.scheme ?? '', ['HTTP', 'HTTPS'])
  }
  for (const { name = '' } of get.httpHeaders ?? []) errors.invalids(`${at}.httpHeaders`, name, isHTTPHeaderName(name))
}

/** A port by number or by name. Source: validation.go, ValidatePortNumOrName. */
export const validatePort = (port: IntOrString, at: string, errors: FieldErrors): void =>
  errors.invalids(at, port, typeof port === 'number' ? isPortNumber(port) : isPortName(port))
