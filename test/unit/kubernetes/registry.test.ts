/**
 * Goal: the table of kinds says of each kind what the API's own discovery says, and keys of the store lead back to objects.
 * Method: look-ups by every name, keys there and back for every kind, and the rows against a recorded discovery document.
 */
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { KIND_ROWS } from '../../../src/kubernetes/kind-rows/kind-rows.ts'
import {
  fieldSelectorProblem,
  kindRow,
  qualifiedResource,
  rowByApiVersion,
  rowByName,
  rowByResource,
  selectableField,
  SERVED_KINDS,
} from '../../../src/kubernetes/registry.ts'
import { parseStorageKey, storageKey, storagePrefixOf } from '../../../src/kubernetes/storage-key.ts'
import { definitionOf } from '../../../src/kubernetes/schema/reader.ts'
import { hasTranscripts } from '../../oracle/transcripts.ts'

describe('look-ups', () => {
  test('a kind is found by each of its names', () => {
    for (const name of [
      'deploy',
      'deployment',
      'deployments',
      'Deployment',
      'deployments.apps',
      'deployments.v1.apps',
    ]) {
      expect(rowByName(name)?.kind).toBe('Deployment')
    }
    expect(rowByName('deployments.batch')).toBeUndefined()
    expect(rowByName('nonsense')).toBeUndefined()
    expect(rowByResource('', 'pods')?.kind).toBe('Pod')
    expect(rowByApiVersion('apps/v1', 'ReplicaSet')?.resource).toBe('replicasets')
    expect(qualifiedResource(kindRow('Lease'))).toBe('leases.coordination.k8s.io')
  })

  test('kinds without a strategy are known by name but not served', () => {
    for (const row of KIND_ROWS) {
      expect(kindRow(row.kind)).toBe(row)
      expect(rowByApiVersion(row.apiVersion, row.kind)).toBe(row.strategy === undefined ? undefined : row)
    }
    expect(SERVED_KINDS.map(({ kind }) => kind)).toContain('StatefulSet')
  })

  test('no two kinds share a path or a place in the store', () => {
    expect(new Set(KIND_ROWS.map(({ group, resource }) => `${group}/${resource}`)).size).toBe(KIND_ROWS.length)
    expect(new Set(KIND_ROWS.map(({ storagePrefix }) => storagePrefix)).size).toBe(KIND_ROWS.length)
  })

  test('every kind has its structure in the schema', () => {
    for (const { apiVersion, kind } of KIND_ROWS) expect(definitionOf(apiVersion, kind), kind).toBeDefined()
  })
})

describe('keys of the store', () => {
  test('keys are those of a real cluster', () => {
    expect(storageKey('Pod', 'default', 'web')).toBe('/registry/pods/default/web')
    expect(storageKey('Node', undefined, 'n1')).toBe('/registry/minions/n1')
    expect(storageKey('Service', 'a', 'b')).toBe('/registry/services/specs/a/b')
    expect(storageKey('Endpoints', 'a', 'b')).toBe('/registry/services/endpoints/a/b')
    expect(storagePrefixOf('Pod')).toBe('/registry/pods/')
    expect(storagePrefixOf('Pod', 'default')).toBe('/registry/pods/default/')
  })

  test('every key leads back to its object', () => {
    const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,20}[a-z0-9])?$/)
    fc.assert(
      fc.property(fc.constantFrom(...KIND_ROWS), name, name, ({ kind, namespaced }, namespace, object) => {
        const key = storageKey(kind, namespaced ? namespace : undefined, object)
        expect(parseStorageKey(key)).toEqual(namespaced ? { kind, namespace, name: object } : { kind, name: object })
      }),
    )
  })

  test('other keys are nobody’s', () => {
    for (const key of [
      '',
      'compact_rev_key',
      '/registry/',
      '/registry/pods',
      '/registry/health',
      '/registry/pods/x',
      '/registry/services/x',
    ]) {
      expect(parseStorageKey(key)).toBeUndefined()
    }
  })
})

describe('fields to select by', () => {
  test('each kind has its own', () => {
    expect(fieldSelectorProblem(kindRow('Pod'), 'spec.nodeName')).toBeUndefined()
    expect(fieldSelectorProblem(kindRow('Pod'), 'spec.foo')).toBe('field label not supported: spec.foo')
    expect(fieldSelectorProblem(kindRow('Node'), 'metadata.namespace')).toBe(
      'field label not supported: metadata.namespace',
    )
    expect(fieldSelectorProblem(kindRow('ConfigMap'), 'type')).toBe(
      '"type" is not a known field selector: only "metadata.name", "metadata.namespace"',
    )
    for (const { kind } of SERVED_KINDS) expect(fieldSelectorProblem(kindRow(kind), 'metadata.name')).toBeUndefined()
  })

  test('a field is read from an object', () => {
    const meta = { name: 'p', namespace: 'd', uid: 'u', resourceVersion: '1', creationTimestamp: '' }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: meta, spec: { containers: [], nodeName: 'n1' } }
    expect(selectableField(kindRow('Pod'), pod, 'spec.nodeName')).toBe('n1')
    expect(selectableField(kindRow('Pod'), pod, 'status.phase')).toBe('')
    expect(selectableField(kindRow('Pod'), pod, 'metadata.namespace')).toBe('d')
  })
})

interface Discovery {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string }
    readonly versions: readonly {
      readonly version: string
      readonly resources: readonly {
        readonly resource: string
        readonly responseKind: { readonly kind: string }
        readonly scope: string
        readonly singularResource: string
        readonly shortNames?: readonly string[]
        readonly categories?: readonly string[]
        readonly subresources?: readonly { readonly subresource: string }[]
      }[]
    }[]
  }[]
}

test.runIf(hasTranscripts)('every row agrees with the discovery of a real server', () => {
  const found = ['discovery-api.json', 'discovery-apis.json'].flatMap((file) => {
    const text = readFileSync(new URL(`../../../../shared/oracles/schema/${file}`, import.meta.url), 'utf8')
    return (JSON.parse(text) as Discovery).items.flatMap(({ metadata, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources.map((each) => ({ ...each, group: metadata?.name ?? '', version })),
      ),
    )
  })
  for (const row of KIND_ROWS) {
    const real = found.find(
      ({ group, version, resource }) => group === row.group && version === row.version && resource === row.resource,
    )
    expect(
      {
        kind: real?.responseKind.kind,
        namespaced: real?.scope === 'Namespaced',
        singular: real?.singularResource,
        shortNames: real?.shortNames ?? [],
        categories: real?.categories ?? [],
        subresources: (real?.subresources ?? []).map(({ subresource }) => subresource),
      },
      row.kind,
    ).toEqual({
      kind: row.kind,
      namespaced: row.namespaced,
      singular: row.singular,
      shortNames: row.shortNames,
      categories: row.categories,
      subresources: row.subresources,
    })
  }
})
