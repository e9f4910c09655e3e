/** Which groups, versions and resources are served: the built-in ones, and what definitions define. */
import type { Cluster } from '../../cluster.ts'
import { customRow, customRows } from '../../kubernetes/custom-resources/rows.ts'
import { rowByResource, type KindRow } from '../../kubernetes/registry.ts'
import type { APIService } from '../../kubernetes/types/apiregistration.ts'
import type { View } from '../../kubernetes/view.ts'
import { API_VERSIONS, type ResourceFact, type SubresourceFact, type VersionFact } from './facts.ts'
import { byPriority } from './version-priority.ts'

/** Resources that are served without being stored; the API server answers them itself. */
const UNSTORED: ReadonlySet<string> = new Set([
  '/bindings',
  '/componentstatuses',
  'authentication.k8s.io/selfsubjectreviews',
  'authentication.k8s.io/tokenreviews',
  'authorization.k8s.io/localsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
  'authorization.k8s.io/subjectaccessreviews',
])

const isServed = ({ group, version, resource }: ResourceFact): boolean =>
  UNSTORED.has(`${group}/${resource}`) || rowByResource(group, resource, version) !== undefined

const BUILT_IN: readonly VersionFact[] = API_VERSIONS.map((one) => ({
  ...one,
  resources: one.resources.filter(isServed),
})).filter(({ resources }) => resources.length > 0)

/** Served by metrics-server, which the API server asks. Source: kubernetes-sigs/metrics-server, pkg/api (v0.8). */
const METRICS: VersionFact = {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  resources: (['nodes', 'pods'] as const).map((resource) => ({
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    resource,
    singular: '',
    kind: resource === 'nodes' ? 'NodeMetrics' : 'PodMetrics',
    namespaced: resource === 'pods',
    verbs: ['get', 'list'],
    shortNames: [],
    categories: [],
    subresources: [],
    aggregated: true,
  })),
}

interface Served {
  /** The definitions and APIServices that it follows from. */
  readonly sources: readonly unknown[]
  /** In the order of preference. */
  readonly versions: readonly VersionFact[]
  /** The groups beside the core group, each with its versions. */
  readonly groups: ReadonlyMap<string, readonly VersionFact[]>
  readonly facts: ReadonlyMap<string, ResourceFact>
}

export class ServedApi {
  private readonly cluster: Pick<Cluster, 'history'>
  /** What other servers answer. metrics-server has something to say where there are nodes. */
  private readonly aggregated: readonly VersionFact[]
  private served: Served | undefined

  constructor(cluster: Pick<Cluster, 'history' | 'options'>) {
    this.cluster = cluster
    const { nodes, metricsServer } = cluster.options
    this.aggregated = nodes.length > 0 && metricsServer !== false ? [METRICS] : []
  }

  get versions(): readonly VersionFact[] {
    return this.now.versions
  }

  get groups(): ReadonlyMap<string, readonly VersionFact[]> {
    return this.now.groups
  }

  /** Changes when what is served does. */
  get identity(): object {
    return this.now
  }

  version(group: string, version: string): VersionFact | undefined {
    return this.versions.find((one) => one.group === group && one.version === version)
  }

  /** Whether another server is to answer for a version, who cannot be reached. */
  isUnavailable(group: string, version: string): boolean {
    return this.version(group, version)?.unavailable === true
  }

  resource(group: string, version: string, resource: string): ResourceFact | undefined {
    return this.now.facts.get(`${group}/${version}/${resource}`)
  }

  /** Undefined for what is not stored. */
  row({ group, version, resource, custom }: ResourceFact): KindRow | undefined {
    if (custom === undefined) return rowByResource(group, resource, version)
    return customRow(this.view, `${resource}.${group}`, `${group}/${version}`)
  }

  /** A group that is served by definitions alone, or by nobody: who finds nothing there is told so in plain text. */
  isBuiltIn(group: string): boolean {
    return BUILT_IN.some((one) => one.group === group)
  }

  private get view(): View {
    const { history } = this.cluster
    return history.at(history.head)
  }

  private get now(): Served {
    const { view } = this
    const elsewhere = view.list('APIService').filter(({ spec }) => spec.service !== undefined)
    const sources = [...view.list('CustomResourceDefinition'), ...elsewhere]
    const before = this.served?.sources
    const same = before?.length === sources.length && sources.every((one, i) => one === before[i])
    if (this.served !== undefined && same) return this.served
    const known = [...BUILT_IN, ...customVersions(view), ...this.aggregated]
    const versions = [...known, ...unavailableVersions(elsewhere, known)]
    const groups = new Map<string, VersionFact[]>()
    for (const one of versions) if (one.group !== '') groups.set(one.group, [...(groups.get(one.group) ?? []), one])
    const facts = new Map(
      versions
        .flatMap(({ resources }) => resources)
        .map((one): [string, ResourceFact] => [`${one.group}/${one.version}/${one.resource}`, one]),
    )
    this.served = { sources, versions, groups, facts }
    return this.served
  }
}

/** What APIServices send to servers of which none is ever reached, most important first. */
const unavailableVersions = (services: readonly APIService[], known: readonly VersionFact[]): readonly VersionFact[] =>
  services
    .toSorted((a, b) => b.spec.groupPriorityMinimum - a.spec.groupPriorityMinimum)
    .map(({ spec: { group = '', version = '' } }): VersionFact => ({
      group,
      version,
      resources: [],
      unavailable: true,
    }))
    .filter(({ group, version }) => !known.some((one) => one.group === group && one.version === version))

/** Groups by name, their versions by priority. */
const customVersions = (view: View): readonly VersionFact[] => {
  const found = new Map<string, { group: string; version: string; resources: ResourceFact[] }>()
  for (const row of customRows(view)) {
    const { group, version } = row
    const key = `${group}/${version}`
    const one = found.get(key) ?? { group, version, resources: [] }
    found.set(key, one)
    one.resources.push(factOf(row, customRow(view, row.kind, undefined)?.version ?? version))
  }
  return [...found.values()].toSorted((a, b) =>
    a.group === b.group ? byPriority(a.version, b.version) : a.group < b.group ? -1 : 1,
  )
}

/** Source: apiextensions-apiserver/pkg/apiserver/customresource_discovery_controller.go, sync. */
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const SUBRESOURCE_VERBS = ['get', 'patch', 'update']

const factOf = (row: KindRow, storedVersion: string): ResourceFact => {
  const { group, version, resource, singular, objectKind: kind, namespaced, shortNames, categories, custom } = row
  const subresources: SubresourceFact[] = []
  const verbs = SUBRESOURCE_VERBS
  if (row.subresources.includes('status')) subresources.push({ name: 'status', kind: { group, version, kind }, verbs })
  if (row.subresources.includes('scale')) {
    subresources.push({ name: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs })
  }
  return {
    group,
    version,
    resource,
    singular,
    kind,
    namespaced,
    verbs: CUSTOM_VERBS,
    shortNames,
    categories,
    subresources,
    custom: {
      storedVersion,
      listKind: custom?.listKind ?? `${kind}List`,
      terminating: custom?.terminating === true,
    },
  }
}
