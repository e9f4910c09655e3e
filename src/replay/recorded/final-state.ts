import type { Cluster } from '../../cluster.ts'
import type { ApiObject } from '../../events/json.ts'
import { SERVED_KINDS } from '../../kubernetes/registry.ts'
import { normalForm } from './normal-form.ts'
import type { Incident } from './recording.ts'

/** An object at the end: as recorded, as it is here, or undefined where it is not there. */
export interface FinalDifference {
  readonly object: string
  readonly recorded: unknown
  readonly ours: unknown
}

export interface FinalState {
  readonly compared: number
  readonly equal: number
  readonly differences: readonly FinalDifference[]
}

/**
 * Not compared: heartbeats, what is told on the side (see `eventReasons`), tokens' and roles' bookkeeping of the server that was
 * recorded.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'Event',
  'Lease',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'FlowSchema',
  'PriorityLevelConfiguration',
  'APIService',
  'ServiceCIDR',
  'IPAddress',
  'Node',
  'CSINode',
])

/** Namespaces of the system hold what the recorded build brought with it. */
const SYSTEM = /^(kube-|openshift)/
const FOREIGN = /openshift/

/** Compares what there is at the end: users' objects, in the form in which two servers can agree. */
export const compareFinalState = ({ final }: Incident, cluster: Cluster): FinalState => {
  const recorded = new Map(final.filter(isCompared).map((object) => [keyOf(object), formOf(object)]))
  const ours = new Map(
    SERVED_KINDS.flatMap(({ kind }) => [...cluster.list(kind)])
      .filter(isCompared)
      .map((object) => [keyOf(object), formOf(object)]),
  )
  const differences: FinalDifference[] = []
  const keys = new Set([...recorded.keys(), ...ours.keys()])
  for (const key of keys) {
    const [left, right] = [recorded.get(key), ours.get(key)]
    if (left !== right) differences.push({ object: key, recorded: parsed(left), ours: parsed(right) })
  }
  return { compared: keys.size, equal: keys.size - differences.length, differences }
}

const isCompared = ({ kind, metadata }: ApiObject): boolean =>
  !LEFT_OUT.has(kind) &&
  !(kind === 'Service' && metadata.name === 'kubernetes') &&
  !SYSTEM.test(metadata.namespace ?? '') &&
  !SYSTEM.test(metadata.name) &&
  !FOREIGN.test(metadata.name)

/** Some names are drawn, not given: those of slices, and of addresses. */
const keyOf = ({ kind, metadata: { namespace, name } }: ApiObject): string =>
  `${kind} ${namespace ?? ''}/${kind === 'EndpointSlice' ? name.replace(/-[a-z0-9]{5}$/, '') : name}`

const formOf = (object: ApiObject): string => JSON.stringify(normalForm(object)) ?? ''

const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text))

/** How often each reason was told about each kind of object: the last count of each Event. */
export const eventReasons = (events: Iterable<ApiObject>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const event of events) {
    const { reason = '', involvedObject, count, series } = event as EventParts
    const key = `${involvedObject?.kind ?? ''} ${reason}`
    counts.set(key, (counts.get(key) ?? 0) + (series?.count ?? count ?? 1))
  }
  return counts
}

interface EventParts extends ApiObject {
  readonly reason?: string
  readonly involvedObject?: { readonly kind?: string }
  readonly count?: number
  readonly series?: { readonly count?: number }
}
