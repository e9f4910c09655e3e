import type { Service } from '../../../kubernetes/types/networking.ts'
import { clusterIPsOf, nodePortsOf } from './service-spec.ts'

const ADDRESSES = '/registry/ipaddresses/'

/** Where etcd notes that a Service has an address: as an IPAddress, which anybody may read. */
export const ipKey = (ip: string): string => ADDRESSES + ip

/** The address that a key is of; undefined for a port's. */
export const ipOf = (key: string): string | undefined =>
  key.startsWith(ADDRESSES) ? key.slice(ADDRESSES.length) : undefined

/** Abridged: upstream keeps all node ports in one object, a bitmap; here each has a key of its own, as addresses have. */
export const portKey = (port: number): string => `/registry/ranges/servicenodeports/${port}`

/** The keys of everything that a Service has. */
export const keysOf = ({ spec }: Service): readonly string[] => [
  ...clusterIPsOf(spec).map(ipKey),
  ...nodePortsOf(spec).map(portKey),
]
