/**
 * What the server says it serves: groups, versions, resources.
 * Source: apiserver/pkg/endpoints/discovery (v1.36).
 */
import { createHash } from 'node:crypto'
import { rowByResource } from '../../kubernetes/registry.ts'
import type { GroupVersionKind, ResourceFact, VersionFact } from './facts.ts'
import type { ServedApi } from './served-api.ts'

export const apiVersions = (address: string): unknown => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
})

export const apiGroupList = ({ groups }: ServedApi): unknown => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...groups].map(([name, versions]) => groupOf(name, versions)),
})

export const apiGroup = ({ groups }: ServedApi, group: string): unknown => {
  const versions = groups.get(group)
  return versions === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) }
}

const groupOf = (name: string, versions: readonly VersionFact[]): object => {
  const shown = versions.map(({ group, version }) => ({ groupVersion: `${group}/${version}`, version }))
  return { name, versions: shown, preferredVersion: shown[0] }
}

export const apiResourceList = (api: ServedApi, group: string, version: string): unknown => {
  const found = api.version(group, version)
  if (found === undefined) return undefined
  const lines = found.resources.flatMap(linesOf)
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: isCustom(found) ? lines : lines.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
  }
}

/** Defined versions come in the order of their definitions. */
const isCustom = ({ resources }: VersionFact): boolean => resources.some(({ custom }) => custom !== undefined)

const linesOf = (fact: ResourceFact): readonly { readonly name: string }[] => {
  const { resource, singular, namespaced, kind, verbs, shortNames, categories } = fact
  const own = {
    name: resource,
    singularName: singular,
    namespaced,
    kind,
    verbs: shownVerbs(fact),
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

/** What is going takes no more writes. Source: apiextensions-apiserver/pkg/apiserver/customresource_discovery_controller.go. */
const shownVerbs = ({ verbs, custom }: ResourceFact): readonly string[] =>
  custom?.terminating === true ? ['delete', 'deletecollection', 'get', 'list', 'watch'] : verbs

/** Source: apiserver/pkg/endpoints/discovery/storageversionhash.go, StorageVersionHash. */
const storageVersionHash = ({ group, version, resource, kind, custom }: ResourceFact): string => {
  if (custom !== undefined) return hashOf(`${group}/${custom.storedVersion}/${kind}`)
  const older = STORED_IN_OLDER.get(`${group}/${resource}`)
  if (older !== undefined) return hashOf(`${older}/${kind}`)
  const row = rowByResource(group, resource, version)
  const stored = row?.conversion === undefined ? row : rowByResource(row.group, row.resource)
  const name = stored === undefined ? `${group}/${version}/${kind}` : `${stored.group}/${stored.version}/${stored.kind}`
  return hashOf(name)
}

/** What upstream stores in another version than the one that is preferred. Source: pkg/kubeapiserver/default_storage_factory_builder.go. */
const STORED_IN_OLDER: ReadonlyMap<string, string> = new Map([
  ['admissionregistration.k8s.io/mutatingadmissionpolicies', 'admissionregistration.k8s.io/v1beta1'],
  ['admissionregistration.k8s.io/mutatingadmissionpolicybindings', 'admissionregistration.k8s.io/v1beta1'],
  ['apiextensions.k8s.io/customresourcedefinitions', 'apiextensions.k8s.io/v1beta1'],
  ['events.k8s.io/events', '/v1'],
])

const hashOf = (name: string): string => createHash('sha256').update(name).digest().subarray(0, 8).toString('base64')

/** Both documents of aggregated discovery, v2. Source: apiserver/pkg/endpoints/discovery/aggregated (v1.36). */
export const aggregated = (api: ServedApi, core: boolean): unknown => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: core
    ? [{ metadata: {}, versions: api.versions.filter(({ group }) => group === '').map(aggregatedVersion) }]
    : [...api.groups].map(([name, versions]) => ({
        metadata: { name },
        versions: versions.map(aggregatedVersion),
      })),
})

/** Of a server that cannot be reached nobody knows what it serves. Source: kube-aggregator/pkg/apiserver/handler_discovery.go. */
const aggregatedVersion = (fact: VersionFact): object =>
  fact.unavailable === true ? { version: fact.version, freshness: 'Stale' } : currentVersion(fact)

const currentVersion = ({ version, resources }: VersionFact): object => ({
  version,
  resources: resources.map((fact) => ({
    resource: fact.resource,
    responseKind: shownKind(fact, fact),
    scope: fact.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: fact.singular,
    verbs: shownVerbs(fact),
    ...(fact.shortNames.length === 0 ? {} : { shortNames: fact.shortNames }),
    ...(fact.categories.length === 0 ? {} : { categories: fact.categories }),
    ...(fact.subresources.length === 0
      ? {}
      : {
          subresources: fact.subresources.map((one) => ({
            subresource: one.name,
            responseKind: shownKind(one.kind, fact),
            verbs: one.verbs,
          })),
        }),
  })),
  freshness: 'Current',
})

/** A built-in kind of its own group and version is told without them. */
const shownKind = ({ group, version, kind }: GroupVersionKind, fact: ResourceFact): GroupVersionKind =>
  fact.custom === undefined && group === fact.group && version === fact.version
    ? { group: '', version: '', kind }
    : { group, version, kind }

/** `"4D7E…"`: the hash of what is answered. */
export const etagOf = (text: string): string => createHash('sha512').update(text).digest('hex').toUpperCase()
