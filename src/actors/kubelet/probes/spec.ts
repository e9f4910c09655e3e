import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { Container, Probe } from '../../../kubernetes/types/container.ts'
import { probePort } from '../../../kubernetes/workload/model.ts'
import type { Encounter } from '../../../kubernetes/workload/run.ts'

export type ProbeKind = 'startup' | 'liveness' | 'readiness'

/** A probe with its defaults filled in. Source: pkg/apis/core/v1/defaults.go, SetDefaults_Probe (v1.36). */
export interface ProbeSpec {
  readonly kind: ProbeKind
  readonly probe: Probe
  readonly by: 'http' | 'tcp' | 'exec' | 'grpc'
  readonly port: number | undefined
  readonly initialDelay: Micros
  readonly timeout: Micros
  readonly period: Micros
  readonly successThreshold: number
  readonly failureThreshold: number
}

const KINDS: readonly ProbeKind[] = ['startup', 'readiness', 'liveness']

/** The probes of a container. */
export const probesOf = (container: Container): readonly ProbeSpec[] => {
  const specs: ProbeSpec[] = []
  for (const kind of KINDS) {
    const probe = container[`${kind}Probe`]
    if (probe !== undefined) specs.push(specOf(kind, container, probe))
  }
  return specs
}

const specOf = (kind: ProbeKind, container: Container, probe: Probe): ProbeSpec => ({
  kind,
  probe,
  by:
    probe.httpGet !== undefined
      ? 'http'
      : probe.tcpSocket !== undefined
        ? 'tcp'
        : probe.grpc !== undefined
          ? 'grpc'
          : 'exec',
  port: probePort(container, probe),
  initialDelay: seconds(probe.initialDelaySeconds ?? 0),
  timeout: seconds(probe.timeoutSeconds ?? 1),
  period: seconds(Math.max(1, probe.periodSeconds ?? 10)),
  successThreshold: probe.successThreshold ?? 1,
  failureThreshold: probe.failureThreshold ?? 3,
})

const NAMES: Readonly<Record<ProbeKind, string>> = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' }

/**
 * The message of an `Unhealthy` event. Source: pkg/kubelet/prober/prober.go; pkg/probe/{http,tcp,exec,grpc} and the errors
 * of Go's net and net/http packages, which show through.
 */
export const failureText = (spec: ProbeSpec, met: Encounter, ip: string): string =>
  `${NAMES[spec.kind]} probe failed: ${output(spec, met, ip)}`

const output = (spec: ProbeSpec, met: Encounter, ip: string): string => {
  const { probe, port = 0 } = spec
  const host = probe.httpGet?.host ?? probe.tcpSocket?.host ?? ip
  const address = `${host}:${port}`
  switch (spec.by) {
    case 'http': {
      const { path = '/', scheme = 'HTTP' } = probe.httpGet ?? {}
      if (met === 'unhealthy') return `HTTP probe failed with statuscode: 503`
      const url = `${scheme.toLowerCase()}://${address}${path.startsWith('/') ? '' : '/'}${path}`
      if (met === 'refused') return `Get "${url}": dial tcp ${address}: connect: connection refused`
      return `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
    }
    case 'tcp':
      return met === 'silent' ? `dial tcp ${address}: i/o timeout` : `dial tcp ${address}: connect: connection refused`
    case 'grpc':
      if (met === 'unhealthy') return 'service unhealthy (responded with "NOT_SERVING")'
      return `timeout: failed to connect service "${address}" within ${spec.timeout / 1_000_000}s: context deadline exceeded`
    case 'exec': {
      if (met !== 'silent') return ''
      const command = (probe.exec?.command ?? []).join(' ')
      return `command timed out: "${command}" timed out after ${spec.timeout / 1_000_000}s`
    }
  }
}
