/**
 * `/statusz`, `/flagz` and `/metrics/slis`: what people look at when they look for what is wrong with a server.
 * Source: component-base/zpages, component-base/metrics/prometheus/slis (v1.36).
 */
import type { Cluster } from '../cluster.ts'
import { HEALTH_CHECKS } from './health.ts'
import { VERSION_INFO } from './version.ts'

/** By path; undefined for all others. */
export const debugPage = (path: string, cluster: Cluster): string | undefined => {
  switch (path) {
    case '/statusz':
      return statusPage(cluster)
    case '/flagz':
      return flagsPage(cluster)
    case '/metrics/slis':
      return indicators()
    default:
      return undefined
  }
}

const SECONDS_AN_HOUR = 3600

const statusPage = ({ now }: Cluster): string => {
  const up = Math.floor(now / 1_000_000)
  const [hours, minutes, seconds] = [Math.floor(up / SECONDS_AN_HOUR), Math.floor(up / 60) % 60, up % 60]
  return [
    '\nkube-apiserver statusz\n',
    `Up: ${hours} hr ${String(minutes).padStart(2, '0')} min ${String(seconds).padStart(2, '0')} sec`,
    `Binary version: ${VERSION_INFO.gitVersion}`,
    '',
  ].join('\n')
}

const flagsPage = ({ options }: Cluster): string => {
  const mode = options.authorization === 'RBAC' ? 'Node,RBAC' : options.authorization
  return `\nkube-apiserver flagz\n\nauthorization-mode=${mode}\n`
}

const indicators = (): string => {
  const kinds = ['healthz', 'livez', 'readyz'] as const
  const lines = kinds.flatMap((type) =>
    HEALTH_CHECKS[type].map((name) => `kubernetes_healthcheck{name="${name}",type="${type}"} 1`),
  )
  return [
    '# HELP kubernetes_healthcheck Result of each check.',
    '# TYPE kubernetes_healthcheck gauge',
    ...lines,
    '',
  ].join('\n')
}
