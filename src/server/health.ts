/** `/healthz`, `/livez` and `/readyz`. Source: apiserver/pkg/server/healthz/healthz.go (v1.36). */
import type { Reply } from './reply.ts'

/** In the order in which a kube-apiserver installs them. */
const HOOKS_BEFORE_SYNC = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-wait-for-first-sync',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
]

const CHECKS: readonly string[] = [
  'ping',
  'log',
  'loopback-serving-certificate',
  'etcd',
  ...HOOKS_BEFORE_SYNC.map((hook) => `poststarthook/${hook}`),
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
]

const READY_CHECKS: readonly string[] = [
  ...CHECKS.filter((check) => check !== 'loopback-serving-certificate'),
  'informer-sync',
  'shutdown',
]

export const HEALTH_CHECKS = { healthz: CHECKS, livez: CHECKS, readyz: READY_CHECKS } as const

const checksOf = (endpoint: string): readonly string[] => (endpoint === 'readyz' ? READY_CHECKS : CHECKS)

/** Each check by its path. */
export const healthPaths = (): readonly string[] =>
  ['healthz', 'livez', 'readyz'].flatMap((endpoint) => [
    `/${endpoint}`,
    ...checksOf(endpoint).map((check) => `/${endpoint}/${check}`),
  ])

export const healthOf = (path: string, query: URLSearchParams, reply: Reply): void => {
  const [, endpoint = '', ...rest] = path.split('/')
  const checks = checksOf(endpoint)
  if (rest.length > 0) {
    if (checks.includes(rest.join('/'))) reply.text(200, 'ok')
    else reply.text(404, '404 page not found\n')
    return
  }
  if (!query.has('verbose')) return reply.text(200, 'ok')
  const excluded = new Set(query.getAll('exclude'))
  const lines = checks.map((check) => `[+]${check} ${excluded.has(check) ? 'excluded: ok' : 'ok'}\n`)
  reply.text(200, `${lines.join('')}${endpoint} check passed\n`)
}
