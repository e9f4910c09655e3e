/**
 * What the server says it serves: groups, versions, resources. Made from the table of kinds and the facts of facts.ts.
 * Source: apiserver/pkg/endpoints/discovery (v1.36).
 */
import { createHash } from 'node:crypto'
import { rowByResource } from '../../kubernetes/registry.ts'
import { API_VERSIONS, type ResourceFact, type VersionFact } from './facts.ts'

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

const served = ({ resources, ...version }: VersionFact): VersionFact => ({
  ...version,
  resources: resources.filter(isServed),
})

/** What this server serves, in the order of preference. */
export const SERVED_VERSIONS: readonly VersionFact[] = API_VERSIONS.map(served).filter(
  ({ resources }) => resources.length > 0,
)

/** The groups beside the core group, each with its versions. */
const GROUPS: ReadonlyMap<string, readonly VersionFact[]> = (() => {
  const groups = new Map<string, VersionFact[]>()
  for (const one of SERVED_VERSIONS) {
    if (one.group !== '') groups.set(one.group, [...(groups.get(one.group) ?? []), one])
  }
  return groups
})()

export const isServedGroup = (group: string): boolean => GROUPS.has(group)

export const apiVersions = (address: string): unknown => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
})

export const apiGroupList = (): unknown => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...GROUPS].map(([name, versions]) => groupOf(name, versions)),
})

export const apiGroup = (group: string): unknown => {
  const versions = GROUPS.get(group)
  return versions === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) }
}

const groupOf = (name: string, versions: readonly VersionFact[]): object => {
  const shown = versions.map(({ group, version }) => ({ groupVersion: `${group}/${version}`, version }))
  return { name, versions: shown, preferredVersion: shown[0] }
}

export const apiResourceList = (group: string, version: string): unknown => {
  const found = SERVED_VERSIONS.find((one) => one.group === group && one.version === version)
  if (found === undefined) return undefined
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: found.resources.flatMap(linesOf).toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
  }
}

const linesOf = (fact: ResourceFact): readonly { readonly name: string }[] => {
  const { resource, singular, namespaced, kind, verbs, shortNames, categories } = fact
  const own = {
    name: resource,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(verbs.includes('watch') ? { storageVersionHash: storageVersionHash(fact) } : {}),
  }
  const parts = fact.subresources.map((one) => ({
    name: `${resource}/${one.name}`,
    singularName: '',
    namespaced,
    ...(one.kind.group === fact.group && one.kind.version === fact.version
      ? {}
      : { group: one.kind.group, version: one.kind.version }),
    kind: one.kind.kind,
    verbs: one.verbs,
  }))
  return [own, ...parts]
}

/** Source: apiserver/pkg/endpoints/discovery/storageversionhash.go, StorageVersionHash. */
const storageVersionHash = ({ group, version, resource, kind }: ResourceFact): string => {
  const row = rowByResource(group, resource, version)
  const stored = row?.conversion === undefined ? row : rowByResource(row.group, row.resource)
  const name = stored === undefined ? `${group}/${version}/${kind}` : `${stored.group}/${stored.version}/${stored.kind}`
  return createHash('sha256').update(name).digest().subarray(0, 8).toString('base64')
}

/** Both documents of aggregated discovery, v2. Source: apiserver/pkg/endpoints/discovery/aggregated (v1.36). */
export const aggregated = (core: boolean): unknown => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: core
    ? [{ metadata: {}, versions: SERVED_VERSIONS.filter(({ group }) => group === '').map(aggregatedVersion) }]
    : [...GROUPS].map(([name, versions]) => ({
        metadata: { name },
        versions: versions.map(aggregatedVersion),
      })),
})

const aggregatedVersion = ({ version, resources }: VersionFact): object => ({
  version,
  resources: resources.map((fact) => ({
    resource: fact.resource,
    responseKind: { group: '', version: '', kind: fact.kind },
    scope: fact.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: fact.singular,
    verbs: fact.verbs,
    ...(fact.shortNames.length === 0 ? {} : { shortNames: fact.shortNames }),
    ...(fact.categories.length === 0 ? {} : { categories: fact.categories }),
    ...(fact.subresources.length === 0
      ? {}
      : {
          subresources: fact.subresources.map((one) => ({
            subresource: one.name,
            responseKind:
              one.kind.group === fact.group && one.kind.version === fact.version
                ? { group: '', version: '', kind: one.kind.kind }
                : one.kind,
            verbs: one.verbs,
          })),
        }),
  })),
  freshness: 'Current',
})

/** `"4D7E…"`: the hash of what is answered. */
export const etagOf = (text: string): string => createHash('sha512').update(text).digest('hex').toUpperCase()
