/** Defaults of containers. Source: pkg/apis/core/v1/defaults.go, zz_generated.defaults.go (v1.36). */
import type { Container, EnvVar, LifecycleHandler, Probe } from '../types/container.ts'
import type { Draft } from '../draft.ts'
import { defaultPullPolicy } from './image.ts'

export function defaultContainer(container: Draft<Container>): Draft<Container> {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container
  return {
    ...container,
    ...(container.ports === undefined
      ? {}
      : { ports: container.ports.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' })) }),
    ...(container.env === undefined ? {} : { env: container.env.map(defaultEnv) }),
    resources: container.resources ?? {},
    ...(livenessProbe === undefined ? {} : { livenessProbe: defaultProbe(livenessProbe) }),
    ...(readinessProbe === undefined ? {} : { readinessProbe: defaultProbe(readinessProbe) }),
    ...(startupProbe === undefined ? {} : { startupProbe: defaultProbe(startupProbe) }),
    ...(lifecycle === undefined ? {} : { lifecycle: mapHandlers(lifecycle) }),
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
    imagePullPolicy: container.imagePullPolicy ?? defaultPullPolicy(container.image ?? ''),
  }
}

function defaultEnv(env: Draft<EnvVar>): Draft<EnvVar> {
  const { valueFrom } = env
  if (valueFrom?.fieldRef !== undefined) {
    return { ...env, valueFrom: { ...valueFrom, fieldRef: { apiVersion: 'v1', ...valueFrom.fieldRef } } }
  }
  if (valueFrom?.resourceFieldRef !== undefined) {
    return {
      ...env,
      valueFrom: {
        ...valueFrom,
        resourceFieldRef: { ...valueFrom.resourceFieldRef, divisor: valueFrom.resourceFieldRef.divisor ?? '0' },
      },
    }
  }
  return env
}

const defaultProbe = (probe: Draft<Probe>): Draft<Probe> => ({
  ...defaultHandler(probe),
  ...(probe.grpc === undefined ? {} : { grpc: { ...probe.grpc, service: probe.grpc.service ?? '' } }),
  timeoutSeconds: probe.timeoutSeconds ?? 1,
  periodSeconds: probe.periodSeconds ?? 10,
  successThreshold: probe.successThreshold ?? 1,
  failureThreshold: probe.failureThreshold ?? 3,
})

function mapHandlers(lifecycle: NonNullable<Draft<Container>['lifecycle']>): Draft<Container>['lifecycle'] {
  const { postStart, preStop } = lifecycle
  return {
    ...lifecycle,
    ...(postStart === undefined ? {} : { postStart: defaultHandler(postStart) }),
    ...(preStop === undefined ? {} : { preStop: defaultHandler(preStop) }),
  }
}

function defaultHandler<H extends Draft<LifecycleHandler>>(handler: H): H {
  const { httpGet } = handler
  if (httpGet === undefined) return handler
  return { ...handler, httpGet: { ...httpGet, path: httpGet.path ?? '/', scheme: httpGet.scheme ?? 'HTTP' } }
}
