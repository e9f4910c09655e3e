/**
 * Writes src/server/discovery/table.ts from the aggregated discovery of a kube-apiserver v1.36.
 *
 *   npx tsx scripts/discovery-table.ts [folder with discovery-api.json and discovery-apis.json]
 *
 * Only facts are taken: names, scopes, verbs, kinds. The format is described in src/server/discovery/facts.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

interface Resource {
  readonly resource: string
  readonly responseKind: Kind
  readonly scope: 'Namespaced' | 'Cluster'
  readonly singularResource: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly subresources?: readonly {
    readonly subresource: string
    readonly responseKind?: Kind
    readonly verbs?: readonly string[]
  }[]
}

interface Group {
  readonly metadata: { readonly name?: string }
  readonly versions: readonly { readonly version: string; readonly resources: readonly Resource[] }[]
}

const folder = process.argv[2] ?? '../shared/oracles/schema'
const groupsOf = (file: string): readonly Group[] =>
  (JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as { items: readonly Group[] }).items

const STANDARD = 'create delete deletecollection get list patch update watch'
const words = (list: readonly string[] | undefined): string => (list ?? []).join(',')
const verbs = (list: readonly string[] | undefined): string => ((list ?? []).join(' ') === STANDARD ? '*' : words(list))
const kindOf = (kind: Kind | undefined): string =>
  kind === undefined
    ? ''
    : kind.group === '' && kind.version === ''
      ? kind.kind
      : `${kind.group}/${kind.version}/${kind.kind}`

const lines: string[] = []
for (const group of [...groupsOf('discovery-api.json'), ...groupsOf('discovery-apis.json')]) {
  for (const { version, resources } of group.versions) {
    lines.push(`${group.metadata.name ?? ''}/${version}`)
    for (const one of resources) {
      const { resource, singularResource, scope, responseKind, shortNames, categories } = one
      lines.push(
        [
          resource,
          singularResource,
          kindOf(responseKind),
          scope === 'Namespaced' ? 'N' : 'C',
          verbs(one.verbs),
          words(shortNames),
          words(categories),
        ]
          .join(' ')
          .trimEnd(),
      )
      for (const { subresource, responseKind: kind, verbs: list } of one.subresources ?? []) {
        lines.push(`  ${subresource} ${kindOf(kind)} ${words(list)}`)
      }
    }
  }
}

writeFileSync(
  new URL('../src/server/discovery/table.ts', import.meta.url),
  `/**
 * What a kube-apiserver v1.36 serves under which names: made by scripts/discovery-table.ts, not by hand. Read by facts.ts.
 * Derived from the discovery of kube-apiserver v1.36, Apache License 2.0, Copyright The Kubernetes Authors.
 */
export const DISCOVERY_TABLE = \`
${lines.join('\n')}
\`
`,
)
