/**
 * Reads table.ts: under which names the API's resources are served, with which verbs.
 *
 * A line `group/version` begins a version; the lines after it are its resources,
 *
 *     plural singular kind scope verbs short-names categories
 *
 * with scope `N` (namespaced) or `C`, lists with commas, verbs `*` for the usual eight, missing parts empty. A line that is
 * indented is a subresource: `name kind verbs`. A kind that is not of its own group and version is `group/version/Kind`.
 */
import { DISCOVERY_TABLE } from './table.ts'

export interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

export interface SubresourceFact {
  readonly name: string
  readonly kind: GroupVersionKind
  readonly verbs: readonly string[]
}

export interface ResourceFact {
  readonly group: string
  readonly version: string
  /** Plural, as in paths. */
  readonly resource: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: readonly SubresourceFact[]
  /** Another server answers for it. */
  readonly aggregated?: true
  /** Only of resources that a CustomResourceDefinition defines. */
  readonly custom?: { readonly storedVersion: string; readonly listKind: string; readonly terminating: boolean }
}

export interface VersionFact {
  readonly group: string
  readonly version: string
  readonly resources: readonly ResourceFact[]
  /** An APIService says that another server serves it, who cannot be reached: nobody knows what is in it. */
  readonly unavailable?: true
}

const USUAL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

const words = (text: string | undefined): readonly string[] =>
  text === undefined || text === '' ? [] : text === '*' ? USUAL_VERBS : text.split(',')

const kindIn = (text: string, group: string, version: string): GroupVersionKind => {
  const parts = text.split('/')
  return parts.length === 3
    ? { group: parts[0] ?? '', version: parts[1] ?? '', kind: parts[2] ?? '' }
    : { group, version, kind: text }
}

const readTable = (): readonly VersionFact[] => {
  const versions: { group: string; version: string; resources: ResourceFact[] }[] = []
  let subresources: SubresourceFact[] = []
  for (const line of DISCOVERY_TABLE.trim().split('\n')) {
    const { group, version, resources } = versions.at(-1) ?? { group: '', version: '', resources: [] }
    if (line.startsWith('  ')) {
      const [name = '', kind = '', verbs] = line.trim().split(' ')
      subresources.push({ name, kind: kindIn(kind, group, version), verbs: words(verbs) })
    } else if (line.includes(' ')) {
      const [resource = '', singular = '', kind = '', scope, verbs, shortNames, categories] = line.split(' ')
      subresources = []
      resources.push({
        group,
        version,
        resource,
        singular,
        kind,
        namespaced: scope === 'N',
        verbs: words(verbs),
        shortNames: words(shortNames),
        categories: words(categories),
        subresources,
      })
    } else {
      const [name = '', number = ''] = line.split('/')
      versions.push({ group: name, version: number, resources: [] })
    }
  }
  return versions
}

/** Every version of every group that a kube-apiserver v1.36 serves by itself, in its order of preference. */
export const API_VERSIONS: readonly VersionFact[] = readTable()
