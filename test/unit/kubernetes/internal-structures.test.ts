/**
 * Goal: messages show the API server's own structures as it does: every member, its name, its order; and what changed by lines.
 * Method: the table of structures is compared with the schema, so that no member is missing; differences are compared with
 * ones that a real kube-apiserver has told.
 */
import { describe, expect, test } from 'vitest'
import { definition, type FieldType } from '../../../src/kubernetes/schema/reader.ts'
import { INTERNAL_STRUCTURES } from '../../../src/kubernetes/validation/internal/structures.ts'
import { unifiedDiff } from '../../../src/kubernetes/validation/internal/unified-diff.ts'
import { internalDiff, shownInternally } from '../../../src/kubernetes/validation/internal/value.ts'

/** In the versioned structures these stand elsewhere, or only there. */
const MOVED = new Set(['hostIPC', 'hostNetwork', 'hostPID', 'hostUsers', 'shareProcessNamespace', 'serviceAccount'])

const innermost = (type: FieldType): FieldType =>
  type.form === 'list' || type.form === 'map' ? innermost(type.of) : type

describe('structures', () => {
  test.each([...INTERNAL_STRUCTURES.keys()].filter((name) => definition(name) !== undefined))('%s is whole', (name) => {
    const named = new Set(INTERNAL_STRUCTURES.get(name)?.map(({ field }) => field))
    const fields = [...(definition(name)?.fields.keys() ?? [])].filter((field) => !MOVED.has(field))
    expect(fields.filter((field) => !named.has(field.toLowerCase()))).toEqual([])
  })

  test('every structure of the core group that is reached is there', () => {
    const reached = [...INTERNAL_STRUCTURES.keys()]
      .flatMap((name) => [...(definition(name)?.fields.values() ?? [])])
      .flatMap(({ type }) => {
        const inner = innermost(type)
        return inner.form === 'ref' ? [inner.name] : []
      })
    // What is of meta/v1 has names for JSON of its own; no message shows these two.
    const others = ['core/v1.ObjectReference', 'core/v1.PersistentVolumeClaimTemplate']
    const missing = reached.filter((name) => name.startsWith('core/') && !INTERNAL_STRUCTURES.has(name))
    expect(missing.filter((name) => !others.includes(name))).toEqual([])
  })

  test('nothing is left out, and the order is Go’s', () => {
    expect(shownInternally('core/v1.HTTPGetAction', { port: 80, path: '/<a>' }).text).toBe(
      '{"Path":"/\\u003ca\\u003e","Port":80,"Host":"","Scheme":"","HTTPHeaders":null}',
    )
  })

  test('what a Pod shares with its host stands in its security context', () => {
    const text = shownInternally('core/v1.PodSpec', { hostNetwork: true, containers: [] }).text
    expect(text).toContain('"SecurityContext":{"HostNetwork":true,"HostPID":false,"HostIPC":false,')
  })
})

describe('differences', () => {
  test('a claim that grows', () => {
    const claim = (storage: string) => ({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } })
    expect(internalDiff('core/v1.PersistentVolumeClaimSpec', claim('1Gi'), claim('2Gi'))).toBe(
      '@@ -6,7 +6,7 @@\n  "Resources": {\n   "Limits": null,\n   "Requests": {\n-   "storage": "1Gi"\n' +
        '+   "storage": "2Gi"\n   }\n  },\n  "VolumeName": "",\n',
    )
  })

  test('a volume that moves', () => {
    const volume = (path: string) => ({ hostPath: { path, type: '' } })
    expect(internalDiff('core/v1.PersistentVolumeSource', volume('/d'), volume('/e'))).toBe(
      '@@ -2,7 +2,7 @@\n  "GCEPersistentDisk": null,\n  "AWSElasticBlockStore": null,\n  "HostPath": {\n' +
        '-  "Path": "/d",\n+  "Path": "/e",\n   "Type": ""\n  },\n  "Glusterfs": null,\n',
    )
  })

  test('equal texts have none', () => expect(unifiedDiff('a\nb', 'a\nb')).toBe(''))

  test('changes far apart stand by themselves, changes close together do not', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`)
    const changed = (...at: number[]) => lines.map((line, i) => (at.includes(i) ? 'x' : line)).join('\n')
    expect(unifiedDiff(lines.join('\n'), changed(2, 17)).match(/^@@/gm)).toHaveLength(2)
    expect(unifiedDiff(lines.join('\n'), changed(2, 8)).match(/^@@/gm)).toHaveLength(1)
  })

  test('a line that stands everywhere in a long text begins no match', () => {
    const common = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? '}' : `line ${i}`))
    expect(unifiedDiff('x\n}', common.join('\n'))).toContain('@@ -1,2 +1,300 @@\n-x\n-}\n')
  })
})
