/** Defaults of containers. Source: pkg/apis/core/v1/defaults.go, zz_generated.defaults.go (v1.36). */
import type { Container, ContainerPort, EnvVar, Lifecycle, LifecycleHandler, Probe } from '../types/container.ts'
import type { Draft } from '../draft.ts'
import { withMembers, type Members } from '../with-members.ts'
import { defaultPullPolicy } from './image.ts'

export function defaultContainer(container: Draft<Container>): Draft<Container> {
  const { ports, env, livenessProbe, readinessProbe, startupProbe, lifecycle } = container
  const filled: Members<Draft<Container>> = {
    resources: container.resources ?? {},
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
    imagePullPolicy: container.imagePullPolicy ?? defaultPullPolicy(container.image ?? ''),
  }
  if (ports !== undefined) filled.ports = ports.map(defaultPort)
  if (env !== undefined) filled.env = env.map(defaultEnv)
  if (livenessProbe !== undefined) filled.livenessProbe = defaultProbe(livenessProbe)
  if (readinessProbe !== undefined) filled.readinessProbe = defaultProbe(readinessProbe)
  if (startupProbe !== undefined) filled.startupProbe = defaultProbe(startupProbe)
  if (lifecycle !== undefined) filled.lifecycle = defaultLifecycle(lifecycle)
  return withMembers(container, filled)
}

const defaultPort = (port: Draft<ContainerPort>): Draft<ContainerPort> =>
  port.protocol === undefined ? withMembers(port, { protocol: 'TCP' }) : port

function defaultEnv(env: Draft<EnvVar>): Draft<EnvVar> {
  const { valueFrom } = env
  if (valueFrom?.fieldRef !== undefined) {
    return { ...env, valueFrom: { ...valueFrom, fieldRef: { apiVersion: 'v1', ...valueFrom.fieldRef } } }
  }
  if (valueFrom?.resourceFieldRef !== undefined) {
    return { ...env, valueFrom: { ...valueFrom, resourceFieldRef: { divisor: '0', ...valueFrom.resourceFieldRef } } }
  }
  return env
}

function defaultProbe(probe: Draft<Probe>): Draft<Probe> {
  const filled: Members<Draft<Probe>> = {
    timeoutSeconds: probe.timeoutSeconds ?? 1,
    periodSeconds: probe.periodSeconds ?? 10,
    successThreshold: probe.successThreshold ?? 1,
    failureThreshold: probe.failureThreshold ?? 3,
  }
  if (probe.grpc !== undefined) filled.grpc = { service: '', ...probe.grpc }
  return withMembers(defaultHandler(probe), filled)
}

function defaultLifecycle(lifecycle: Draft<Lifecycle>): Draft<Lifecycle> {
  const { postStart, preStop } = lifecycle
  const filled: Members<Draft<Lifecycle>> = {}
  if (postStart !== undefined) filled.postStart = defaultHandler(postStart)
  if (preStop !== undefined) filled.preStop = defaultHandler(preStop)
  return withMembers(lifecycle, filled)
}

function defaultHandler<H extends Draft<LifecycleHandler>>(handler: H): H {
  const { httpGet } = handler
  if (httpGet === undefined) return handler
  return { ...handler, httpGet: { path: '/', scheme: 'HTTP', ...httpGet } }
}
