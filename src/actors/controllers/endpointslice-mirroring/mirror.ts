import { sameJson } from '../../../kubernetes/hash.ts'
import { controllerReference } from '../../../kubernetes/owners.ts'
import type { Labels } from '../../../kubernetes/types/meta.ts'
import type {
  Endpoint,
  EndpointAddress,
  EndpointPort,
  Endpoints,
  EndpointSlice,
  EndpointSubset,
} from '../../../kubernetes/types/networking.ts'

/** Source: pkg/controller/endpointslicemirroring/config/v1alpha1/defaults.go, MirroringMaxEndpointsPerSubset (v1.36). */
export const MAX_PER_SUBSET = 1000

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
export const CONTROLLER = 'endpointslicemirroring-controller.k8s.io'

/** Annotations that are about the Endpoints alone. */
const NOT_MIRRORED: ReadonlySet<string> = new Set([
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
])

/** A slice to be written; a new one has a name yet to be given. */
export interface Mirrored {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name?: string }
  readonly addressType: EndpointSlice['addressType']
  readonly endpoints: readonly Endpoint[]
  readonly ports: readonly EndpointPort[]
}

export interface MirrorPlan {
  readonly create: readonly Mirrored[]
  readonly update: readonly Mirrored[]
  readonly remove: readonly EndpointSlice[]
  /** Addresses that are too many for one slice. */
  readonly skipped: number
}

interface Group {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: Endpoint[]
}

/**
 * One slice for each subset of Endpoints that somebody wrote by hand.
 * Source: pkg/controller/endpointslicemirroring/reconciler.go, reconcile and reconcileByPortMapping (v1.36).
 * Abridged: IPv4 only.
 */
export const planMirror = (source: Endpoints, existing: readonly EndpointSlice[]): MirrorPlan => {
  const { groups, skipped } = groupsOf(source.subsets ?? [])
  const create: Mirrored[] = []
  const update: Mirrored[] = []
  const remove: EndpointSlice[] = []
  const kept = new Set<string>()
  for (const slice of existing) {
    const key = keyOfPorts(slice.ports ?? [])
    const group = groups.get(key)
    if (group === undefined || kept.has(key)) {
      remove.push(slice)
      continue
    }
    kept.add(key)
    const next = mirrored(source, group, slice)
    if (!isSame(slice, next)) update.push(next)
  }
  for (const [key, group] of groups) if (!kept.has(key)) create.push(mirrored(source, group, undefined))
  return { create, update, remove, skipped }
}

const groupsOf = (subsets: readonly EndpointSubset[]): { groups: ReadonlyMap<string, Group>; skipped: number } => {
  const groups = new Map<string, Group>()
  let skipped = 0
  for (const { addresses = [], notReadyAddresses = [], ports: given = [] } of subsets) {
    const ports = given.map(({ name = '', protocol = 'TCP', port, appProtocol }) => ({
      name,
      protocol,
      port,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    }))
    const all = [
      ...addresses.map((one) => endpointOf(one, true)),
      ...notReadyAddresses.map((one) => endpointOf(one, false)),
    ]
    const shown = all.slice(0, MAX_PER_SUBSET)
    skipped += all.length - shown.length
    if (shown.length === 0) continue
    const key = keyOfPorts(ports)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ports, endpoints: shown })
    else group.endpoints.push(...shown)
  }
  return { groups, skipped }
}

const keyOfPorts = (ports: readonly EndpointPort[]): string =>
  ports
    .map(({ name = '', protocol = 'TCP', port = 0, appProtocol = '' }) => `${name}/${protocol}/${port}/${appProtocol}`)
    .toSorted()
    .join()

const endpointOf = ({ ip, hostname = '', nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname === '' ? {} : { hostname }),
  ...(targetRef === undefined ? {} : { targetRef }),
  ...(nodeName === undefined ? {} : { nodeName }),
})

const mirrored = (source: Endpoints, { ports, endpoints }: Group, before: EndpointSlice | undefined): Mirrored => {
  const { name, namespace, labels, annotations } = source.metadata
  const shown = Object.entries(annotations ?? {}).filter(([key]) => !NOT_MIRRORED.has(key))
  const metadata = {
    ...(before === undefined
      ? { generateName: `${name}-`, namespace, ownerReferences: [controllerReference(source)] }
      : before.metadata),
    labels: { ...labels, [SERVICE_NAME]: name, [MANAGED_BY]: CONTROLLER },
  }
  const { annotations: _before, ...rest } = metadata as typeof metadata & { readonly annotations?: Labels }
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: shown.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(shown) },
    addressType: 'IPv4',
    endpoints,
    ports,
  }
}

const isSame = (slice: EndpointSlice, { metadata, endpoints, ports }: Mirrored): boolean =>
  sameJson(slice.endpoints ?? [], endpoints) &&
  sameJson(slice.ports ?? [], ports) &&
  sameJson(slice.metadata.labels ?? {}, metadata['labels']) &&
  sameJson(slice.metadata.annotations ?? {}, metadata['annotations'] ?? {})
