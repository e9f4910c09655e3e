/**
 * Goal: a client gets with each row, list and line of a watch what it asked for, in the version it asked for.
 * Method: one object in all the shapes that can be asked for.
 */
import { expect, test } from 'vitest'
import { metadataOnly, metadataOnlyList } from '../../../../src/kubernetes/metadata-only.ts'
import { printOne, printTable } from '../../../../src/kubernetes/printing/print-table.ts'
import { notFound } from '../../../../src/kubernetes/status.ts'
import { errorFrame, metadataFrame, tableFrame } from '../../../../src/kubernetes/watch-frames.ts'

const CONFIG_MAPS = { group: '', kind: 'ConfigMap' }
const metadata = {
  ...{ name: 'c', namespace: 'shop', uid: 'u', resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:00Z' },
}
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' }, binaryData: { b: '' } }
const now = 1_000_000

test('what comes with a row: nothing, metadata or the object', () => {
  const objectOf = (includeObject?: 'None' | 'Metadata' | 'Object') =>
    printTable(CONFIG_MAPS, [configMap], { now, includeObject }).rows[0]?.object
  expect(objectOf('None')).toBeNull()
  expect(objectOf('Object')).toBe(configMap)
  const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
  expect(objectOf('Metadata')).toEqual(partial)
  expect(objectOf()).toEqual(partial)
})

test('a list has its own metadata, an object its version; v1beta1 is on the table and beside its rows', () => {
  const list = printTable(CONFIG_MAPS, [], { now, metadata: { resourceVersion: '9', continue: 'more' } })
  expect([list.metadata, list.rows]).toEqual([{ resourceVersion: '9', continue: 'more' }, []])
  const one = printOne(CONFIG_MAPS, configMap, { now, version: 'v1beta1' })
  expect([one.metadata, one.apiVersion]).toEqual([{ resourceVersion: '7' }, 'meta.k8s.io/v1beta1'])
  expect(one.rows[0]?.object?.apiVersion).toBe('meta.k8s.io/v1beta1')
})

test('only the line that asks for headers has columns', () => {
  const frame = tableFrame(CONFIG_MAPS, { type: 'MODIFIED', object: configMap }, { now })
  const next = tableFrame(CONFIG_MAPS, { type: 'DELETED', object: configMap }, { now, noHeaders: true })
  expect(frame.object.columnDefinitions?.map(({ name }) => name)).toEqual(['Name', 'Data', 'Age'])
  expect(next.type).toBe('DELETED')
  expect(next.object.columnDefinitions).toBeNull()
  expect(next.object.rows[0]?.cells).toEqual(['c', 2, '1s'])
})

test('a watch of metadata, and an error, which is the same for all', () => {
  expect(metadataFrame({ type: 'ADDED', object: configMap })).toEqual({
    type: 'ADDED',
    object: metadataOnly(configMap),
  })
  const status = notFound({ group: '', resource: 'configmaps' }, 'c')
  expect(errorFrame(status)).toEqual({ type: 'ERROR', object: status })
})

test('what is a field inside the server is no annotation of the metadata alone', () => {
  const annotations = { 'deprecated.daemonset.template.generation': '3', mine: 'kept' }
  const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { ...metadata, annotations } }
  expect(metadataOnly(daemonSet).metadata.annotations).toEqual({ mine: 'kept' })
  expect(daemonSet.metadata.annotations).toBe(annotations)
  const { mine: _mine, ...onlyField } = annotations
  const bare = { ...daemonSet, metadata: { ...metadata, annotations: onlyField } }
  expect(metadataOnly(bare).metadata).toEqual(metadata)
  expect(metadataOnly({ ...daemonSet, kind: 'ConfigMap' }).metadata.annotations).toBe(annotations)
})

test('a list of metadata alone', () => {
  expect(metadataOnlyList([configMap], { resourceVersion: '9' }, 'v1beta1')).toEqual({
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1beta1',
    metadata: { resourceVersion: '9' },
    items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1beta1', metadata }],
  })
})
