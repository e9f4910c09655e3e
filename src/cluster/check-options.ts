import type { CreateOptions } from './face.ts'

/** Every option there is; the compiler sees to it that none is left out. */
const NAMES: Readonly<Record<keyof CreateOptions, true>> = {
  seed: true,
  nodes: true,
  controlPlane: true,
  loadBalancer: true,
  etcd: true,
  etcdTopology: true,
  clients: true,
  csi: true,
  cloud: true,
  addons: true,
  dns: true,
  controllerRate: true,
  schedulerRate: true,
  scheduler: true,
  otherSchedulers: true,
  foldsHeartbeats: true,
  callsWebhooks: true,
  authorization: true,
  useServiceAccountCredentials: true,
  managedFields: true,
  watchCache: true,
  metricsServer: true,
  endpointReconciler: true,
  startTime: true,
  history: true,
  retain: true,
  sinks: true,
  substitute: true,
  identities: true,
  favourite: true,
  beginning: true,
  invariants: true,
}

const CHOICES = {
  controlPlane: [1, 2, 3],
  etcd: [1, 3, 5, 7],
  etcdTopology: ['stacked', 'external'],
  authorization: ['AlwaysAllow', 'RBAC'],
  managedFields: ['tracked', 'named', 'untracked'],
  endpointReconciler: ['lease', 'none'],
  history: ['all', 'compacted'],
  retain: ['all', 'facts', 'none'],
} as const satisfies { readonly [K in keyof CreateOptions]?: readonly CreateOptions[K][] }

/**
 * What the types say, for who writes JavaScript or reads his options from a file.
 *
 * @throws Error that names the option, what it may be and what it is
 */
export const checkOptions = (options: CreateOptions): void => {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(NAMES, name)) throw new Error(`${name} is no option; there are ${Object.keys(NAMES).join(', ')}`)
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const given = options[name as keyof typeof CHOICES]
    if (given !== undefined && !(choices as readonly unknown[]).includes(given)) refuse(name, choices.join(', '), given)
  }
  const { seed, dns, nodes } = options
  if (seed !== undefined && !Number.isSafeInteger(seed)) refuse('seed', 'a whole number', seed)
  if (dns !== undefined && !isCount(dns)) refuse('dns', 'a whole number from 0', dns)
  if (nodes === undefined || isCount(nodes)) return
  if (!Array.isArray(nodes)) refuse('nodes', 'a whole number from 0 or a list of shapes', nodes)
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

const refuse = (name: string, wanted: string, given: unknown): never => {
  throw new Error(`${name}: ${typeof given === 'string' ? JSON.stringify(given) : String(given)}; want ${wanted}`)
}
