import type { Cluster } from '../../cluster.ts'
import type { ApiObject } from '../../events/json.ts'
import { isCustomKind } from '../../kubernetes/kinds.ts'
import { SERVED_KINDS } from '../../kubernetes/registry.ts'
import { drawnNames, normalForm, type DrawnNames } from './normal-form.ts'
import type { Incident } from './recording.ts'
import type { Rule } from './rules.ts'

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

/**
 * Compares what there is at the end: users' objects, in the form in which two servers can agree. Pods of one owner are alike, so
 * they are compared as a multiset: as many as were so must be so. `without` one of the rules, to see what hangs on it.
 */
export const compareFinalState = (
  { final }: Pick<Incident, 'final'>,
  cluster: Pick<Cluster, 'list'>,
  without?: Rule,
): FinalState => {
  const defined = cluster.list('CustomResourceDefinition').map(({ metadata }) => metadata.name)
  const kinds = [...SERVED_KINDS.map(({ kind }) => kind), ...defined.filter(isCustomKind)]
  const here = kinds.flatMap((kind): readonly ApiObject[] => cluster.list(kind)).filter(isCompared)
  const then = final.filter(isCompared)
  const drawn = drawnNames(new Set([...then, ...here].flatMap(baseOf)), without)
  const recorded = byKey(then, drawn, without)
  const ours = byKey(here, drawn, without)
  const differences: FinalDifference[] = []
  let compared = 0
  for (const key of new Set([...recorded.keys(), ...ours.keys()])) {
    const [left, right] = [[...(recorded.get(key) ?? [])], [...(ours.get(key) ?? [])]]
    compared += Math.max(left.length, right.length)
    const missing = left.filter((form) => {
      const same = right.indexOf(form)
      if (same >= 0) right.splice(same, 1)
      return same < 0
    })
    for (let index = 0; index < Math.max(missing.length, right.length); index++) {
      differences.push({ object: key, recorded: parsed(missing[index]), ours: parsed(right[index]) })
    }
  }
  return { compared, equal: compared - differences.length, differences }
}

/** What an object's name was drawn behind. */
const baseOf = ({ kind, metadata: { generateName } }: ApiObject): readonly string[] =>
  kind === 'Pod' && generateName !== undefined ? [generateName] : []

const byKey = (
  objects: readonly ApiObject[],
  drawn: DrawnNames,
  without: Rule | undefined,
): ReadonlyMap<string, readonly string[]> => {
  const forms = new Map<string, string[]>()
  for (const object of objects) {
    const key = drawn(keyOf(object, without))
    const known = forms.get(key)
    if (known === undefined) forms.set(key, [formOf(object, drawn, without)])
    else known.push(formOf(object, drawn, without))
  }
  return forms
}

const isCompared = ({ kind, metadata }: ApiObject): boolean =>
  !LEFT_OUT.has(kind) &&
  !(kind === 'Service' && metadata.name === 'kubernetes') &&
  !SYSTEM.test(metadata.namespace ?? '') &&
  !SYSTEM.test(metadata.name) &&
  !FOREIGN.test(metadata.name)

/** Some names are drawn, not given: those of slices, and of addresses. */
const keyOf = ({ kind, metadata: { namespace, name } }: ApiObject, without: Rule | undefined): string =>
  `${kind} ${namespace ?? ''}/${kind === 'EndpointSlice' && without !== 'names' ? name.replace(/-[a-z0-9]{5}$/, '') : name}`

const formOf = (object: ApiObject, drawn: DrawnNames, without: Rule | undefined): string =>
  JSON.stringify(normalForm(object, drawn, without)) ?? ''

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
