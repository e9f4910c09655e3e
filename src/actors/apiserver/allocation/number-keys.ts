import type { Service } from '../../../kubernetes/types/networking.ts'
import { clusterIPsOf, nodePortsOf } from './service-spec.ts'

/** Where etcd notes that a Service has an address. */
export const ipKey = (ip: string): string => `/registry/ipaddresses/${ip}`

/** Abridged: upstream keeps all node ports in one object, a bitmap; here each has a key of its own, as addresses have. */
export const portKey = (port: number): string => `/registry/ranges/servicenodeports/${port}`

/** The keys of everything that a Service has. */
export const keysOf = ({ spec }: Service): readonly string[] => [
  ...clusterIPsOf(spec).map(ipKey),
  ...nodePortsOf(spec).map(portKey),
]
