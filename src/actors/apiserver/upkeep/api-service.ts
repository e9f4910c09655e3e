import type { ApiObject } from '../../../events/json.ts'
import type { APIService } from '../../../kubernetes/types/apiregistration.ts'
import type { Endpoints } from '../../../kubernetes/types/networking.ts'
import type { World } from '../world.ts'
import type { Told } from './condition.ts'

/** Source: kube-aggregator/pkg/apis/apiregistration/v1/defaults.go. */
const DEFAULT_PORT = 443

/**
 * Whether whoever serves an APIService can be reached.
 * Source: kube-aggregator/pkg/controllers/status/remote/remote_available_controller.go and local_available_controller.go, sync
 * (v1.36). Abridged: Pods serve no APIs, so whoever is asked refuses the connection.
 */
export function available({ spec }: APIService, { cache }: World): Told {
  const { service, group = '', version = '' } = spec
  if (service === undefined) return told('True', 'Local', 'Local APIServices are always available')
  const { namespace = '', name = '', port = DEFAULT_PORT } = service
  const what = `service/${name} in ${JSON.stringify(namespace)}`
  const found = cache.view.get('Service', namespace, name)
  if (found === undefined) return told('False', 'ServiceNotFound', `${what} is not present`)
  const { type, ports = [], clusterIP = '' } = found.spec
  if (type === 'ClusterIP') {
    const listens = ports.find((one) => one.port === port)
    if (listens === undefined) return told('False', 'ServicePortError', `${what} is not listening on port ${port}`)
    const endpoints = cache.view.get('Endpoints', namespace, name)
    if (endpoints === undefined) return told('False', 'EndpointsNotFound', `cannot find endpointslices for ${what}`)
    if (!hasAddress(endpoints, listens.name ?? '')) {
      const words = `endpoints for ${what} have no addresses with port name ${JSON.stringify(listens.name ?? '')}`
      return told('False', 'MissingEndpoints', words)
    }
  }
  const url = `https://${clusterIP}:${port}/apis/${group}/${version}`
  const refused = `Get ${JSON.stringify(url)}: dial tcp ${clusterIP}:${port}: connect: connection refused`
  return told('False', 'FailedDiscoveryCheck', `failing or missing response from ${url}: ${refused}`)
}

const hasAddress = ({ subsets = [] }: Endpoints, port: string): boolean =>
  subsets.some(({ addresses = [], ports = [] }) => addresses.length > 0 && ports.some(({ name = '' }) => name === port))

const told = (status: Told['status'], reason: string, message: string): Told => ({
  type: 'Available',
  status,
  reason,
  message,
})

/** Source: kube-aggregator/pkg/controllers/autoregister/autoregister_controller.go; pkg/controlplane/controller/crdregistration. */
export const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged'

const GROUP_PRIORITY = 1000
const VERSION_PRIORITY = 100

interface Served {
  readonly group: string
  readonly versions: readonly { readonly name: string; readonly served?: boolean }[]
}

/** The APIServices that stand for what a definition serves. */
export const registrationsOf = (definition: ApiObject): readonly Registration[] => {
  const { group, versions } = (definition as ApiObject & { readonly spec: Served }).spec
  return versions
    .filter(({ served }) => served === true)
    .map(({ name }) => ({
      name: `${name}.${group}`,
      spec: { group, version: name, groupPriorityMinimum: GROUP_PRIORITY, versionPriority: VERSION_PRIORITY },
    }))
}

export interface Registration {
  readonly name: string
  readonly spec: APIService['spec']
}
