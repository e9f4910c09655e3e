/**
 * Goal: what managedFields do beyond the recorded applies (test/oracle/apply.test.ts): the cap on managers, kubectl's way from
 * client-side to server-side, times, names of managers, owners that a client made up, elements in their order.
 * Method: each rule of upstream's as an example; objects are written through the endpoints' functions alone.
 */
import { describe, expect, test } from 'vitest'
import { endpointOf } from '../../../src/kubernetes/apply/endpoints.ts'
import {
  applied,
  entriesOfCreated,
  entriesOfUpdated,
  withoutTimeChanges,
} from '../../../src/kubernetes/apply/field-manager.ts'
import { decodeSet, pathTexts, setOf, union } from '../../../src/kubernetes/apply/field-set.ts'
import { managerFromUserAgent, managerProblem } from '../../../src/kubernetes/apply/manager-name.ts'
import { entriesOf, withEntries } from '../../../src/kubernetes/apply/owners.ts'
import { scaleEntries, workloadEntries } from '../../../src/kubernetes/apply/scale-entries.ts'
import { isObject, type JsonObject } from '../../../src/kubernetes/patch/json.ts'
import { kindRow } from '../../../src/kubernetes/registry.ts'
import { isStatus } from '../../../src/kubernetes/status.ts'
import type { ManagedFieldsEntry } from '../../../src/kubernetes/types/meta.ts'

const CONFIG_MAPS = endpointOf(kindRow('ConfigMap'), '')
const DEPLOYMENTS = endpointOf(kindRow('Deployment'), '')
const AT = '2026-01-01T00:00:00Z'
const by = (manager: string, time = AT) => ({ manager, time })

const configMap = (data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'n', uid: 'u', ...metadata },
  data,
})

const created = (object: JsonObject, manager: string): JsonObject =>
  withEntries(object, entriesOfCreated(CONFIG_MAPS, object, by(manager)))

const updated = (live: JsonObject, next: JsonObject, manager: string, time = AT): JsonObject =>
  withEntries(next, entriesOfUpdated(CONFIG_MAPS, live, next, by(manager, time)))

const accepted = (result: ReturnType<typeof applied>): JsonObject => {
  if (isStatus(result)) throw new Error(result.message)
  return result
}

const claims = (object: JsonObject): readonly string[] =>
  entriesOf(object).map((entry) => `${entry.manager} ${entry.operation} ${pathTexts(decodeSet(entry.fieldsV1) ?? {})}`)

describe('field sets', () => {
  test('stand in the order of their elements: fields, keys by value, values, positions', () => {
    const set = setOf(
      ['i:0'],
      ['v:"b"'],
      ['k:{"port":443}'],
      ['k:{"port":80}'],
      ['f:z'],
      ['f:a', 'f:b'],
      ['v:"a"'],
      ['f:a'],
    )
    const order = ['f:a', 'f:z', 'k:{"port":80}', 'k:{"port":443}', 'v:"a"', 'v:"b"', 'i:0']
    expect(Object.keys(set)).toEqual(order)
    expect(JSON.stringify(set['f:a'])).toBe('{".":{},"f:b":{}}')
  })

  test('are read as they are shown; what is no set is told from an empty one', () => {
    const json = { 'f:spec': { '.': {}, 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:name': {} } } } }
    expect(pathTexts(decodeSet(json) ?? {})).toEqual(['.spec', '.spec.ports[port=80,protocol="TCP"].name'])
    expect(decodeSet({})).toEqual({})
    expect(decodeSet({ 'k:{': {} })).toBeUndefined()
    expect(decodeSet({ 'f:a': 1 })).toBeUndefined()
    expect(decodeSet({ 'x:unknown': {}, 'f:a': {} })).toEqual({ 'f:a': {} })
  })

  test('a union of several sets has one leaf less than paths in two of them', () => {
    expect(pathTexts(union(setOf(['f:a']), setOf(['f:a', 'f:b'])))).toEqual(['.a', '.a.b'])
  })
})

describe('updates', () => {
  test('take fields from others and drop what is gone', () => {
    const first = created(configMap({ a: '1', b: '1' }), 'one')
    const second = updated(first, configMap({ a: '2' }), 'two')
    expect(claims(second)).toEqual(['one Update .data', 'two Update .data.a'])
  })

  test('that change nothing leave the very entries, and their times', () => {
    const first = created(configMap({ a: '1' }), 'one')
    const second = updated(first, configMap({ a: '1' }), 'two', '2026-01-01T00:01:00Z')
    expect(entriesOf(second)).toEqual(entriesOf(first))
    expect(entriesOf(second)[0]).toBe(entriesOf(first)[0])
  })

  test('of the same fields are stored without encoding them again', () => {
    const first = created(configMap({ a: '1' }), 'one')
    const second = updated(first, configMap({ a: '2' }), 'one', '2026-01-01T00:01:00Z')
    expect(entriesOf(second)[0]?.time).toBe('2026-01-01T00:01:00Z')
    expect(entriesOf(second)[0]?.fieldsV1).toBe(entriesOf(first)[0]?.fieldsV1)
  })

  test('by more than ten managers put the oldest together', () => {
    let object = created(configMap({ a: '0' }), 'm00')
    for (let i = 1; i < 14; i += 1) {
      const data = { ...(object['data'] as JsonObject), [`k${i}`]: '1' }
      const minute = String(i).padStart(2, '0')
      object = updated(object, configMap(data), `m${minute}`, `2026-01-01T00:${minute}:00Z`)
    }
    const entries = entriesOf(object)
    expect(entries).toHaveLength(10)
    const ancient = entries.find(({ manager }) => manager === 'ancient-changes')
    expect(pathTexts(decodeSet(ancient?.fieldsV1) ?? {})).toEqual([
      '.data',
      '.data.a',
      '.data.k1',
      '.data.k2',
      '.data.k3',
      '.data.k4',
    ])
    expect(ancient?.time).toBe('2026-01-01T00:04:00Z')
    expect(entries.map(({ manager }) => manager)).not.toContain('m04')
  })

  test('of an object that nobody tracked stay untracked', () => {
    const live = configMap({ a: '1' })
    expect(entriesOfUpdated(CONFIG_MAPS, live, configMap({ a: '2' }), by('one'))).toEqual([])
  })

  test('may hand over entries of their own; one empty entry takes all away, unreadable ones do not count', () => {
    const live = created(configMap({ a: '1' }), 'one')
    const own: ManagedFieldsEntry = {
      manager: 'hand',
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { 'f:a': {} } },
    }
    const given = (entries: readonly ManagedFieldsEntry[]): JsonObject => withEntries(configMap({ a: '1' }), entries)
    expect(entriesOfUpdated(CONFIG_MAPS, live, given([own]), by('two'))).toEqual([own])
    expect(entriesOfUpdated(CONFIG_MAPS, live, given([{}]), by('two'))).toEqual([])
    expect(entriesOfUpdated(CONFIG_MAPS, live, given([{ ...own, apiVersion: '' }]), by('two'))).toEqual(entriesOf(live))
  })

  test('do not own the status at the object itself, nor the spec at its status', () => {
    const live = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', uid: 'u' }, spec: { replicas: 1 } }
    const tracked = withEntries(live, entriesOfCreated(DEPLOYMENTS, live, by('one')))
    const next = { ...tracked, spec: { replicas: 2 }, status: { replicas: 1 } }
    const main = entriesOfUpdated(DEPLOYMENTS, tracked, next, by('two'))
    const status = entriesOfUpdated(endpointOf(kindRow('Deployment'), 'status'), tracked, next, by('two'))
    expect(main.find(({ manager }) => manager === 'two')?.fieldsV1).toEqual({ 'f:spec': { 'f:replicas': {} } })
    const ofStatus = status.find(({ manager }) => manager === 'two')
    expect([ofStatus?.fieldsV1, ofStatus?.subresource]).toEqual([{ 'f:status': { 'f:replicas': {} } }, 'status'])
  })

  test('a time alone is no change', () => {
    const live = created(configMap({ a: '1' }), 'one')
    const later = entriesOf(live).map((entry) => ({ ...entry, time: '2027-01-01T00:00:00Z' }))
    expect(withoutTimeChanges(withEntries(live, later), live)).toEqual(live)
    const other = withEntries(configMap({ a: '2' }), later)
    expect(withoutTimeChanges(other, live)).toBe(other)
  })
})

describe('applies', () => {
  test('tell all conflicts, manager by manager', () => {
    const live = created(configMap({ a: '1', b: '1' }), 'one')
    const shared = accepted(applied(CONFIG_MAPS, live, { ...configMap({ b: '1' }) }, by('two'), false))
    const result = applied(CONFIG_MAPS, shared, configMap({ a: '2', b: '2' }), by('three'), false)
    expect(isStatus(result) && result.message).toBe(
      'Apply failed with 3 conflicts: conflicts with "one" using v1:\n- .data.a\n- .data.b\nconflicts with "two":\n- .data.b',
    )
    expect(isStatus(result) && result.details?.causes).toHaveLength(3)
  })

  const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration'
  const clientApplied = (data: JsonObject): JsonObject =>
    configMap(data, { annotations: { [ANNOTATION]: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', data }) } })

  test('of kubectl go on from client-side ones without conflict, and keep the annotation up to date', () => {
    const live = created(clientApplied({ a: '1' }), 'kubectl-client-side-apply')
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '2' } }
    expect(isStatus(applied(CONFIG_MAPS, live, config, by('somebody'), false))).toBe(true)
    const next = accepted(applied(CONFIG_MAPS, live, config, by('kubectl'), false))
    expect(next['data']).toEqual({ a: '2' })
    const metadata = isObject(next['metadata']) ? next['metadata'] : {}
    expect(metadata['annotations']).toEqual({
      [ANNOTATION]: '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
    })
  })

  test('of kubectl conflict where somebody else has changed what the client had applied', () => {
    const live = created(clientApplied({ a: '1' }), 'kubectl-client-side-apply')
    const changed = updated(live, { ...live, data: { a: '5' } }, 'somebody')
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '2' } }
    expect(isStatus(applied(CONFIG_MAPS, changed, config, by('kubectl'), false))).toBe(true)
  })

  test('of what is no object are refused as the parser refuses it', () => {
    const result = applied(CONFIG_MAPS, {}, ['x'], by('one'), false)
    expect(isStatus(result) && result.message).toBe(
      'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
    )
  })

  test('that do not fit the structure are told with their place, several together', () => {
    const spec = { replicas: 'x', paused: 1, strategy: [] }
    const config = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec }
    const result = applied(DEPLOYMENTS, {}, config, by('one'), false)
    expect(isStatus(result) && result.message).toBe(
      [
        'failed to create typed patch object (/d; apps/v1, Kind=Deployment): errors:',
        '  .spec.replicas: expected numeric (int or float), got string',
        '  .spec.paused: expected boolean, got &{1}',
        '  .spec.strategy: expected map, got &{[]}',
      ].join('\n'),
    )
  })
})

describe('a Scale', () => {
  const owner = (manager: string, fieldsV1: ManagedFieldsEntry['fieldsV1']): ManagedFieldsEntry => ({
    manager,
    operation: 'Apply',
    apiVersion: 'apps/v1',
    time: AT,
    fieldsType: 'FieldsV1',
    fieldsV1,
  })
  const workload = [
    owner('a', { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } }),
    owner('b', { 'f:spec': { 'f:paused': {} } }),
  ]

  test('shows who owns the replicas, in its own version', () => {
    expect(scaleEntries(workload)).toEqual([
      { ...owner('a', { 'f:spec': { 'f:replicas': {} } }), apiVersion: 'autoscaling/v1' },
    ])
  })

  test('gives them to whoever scales, and leaves everything else', () => {
    const scaled: ManagedFieldsEntry = {
      manager: 'hpa',
      operation: 'Update',
      apiVersion: 'autoscaling/v1',
      time: AT,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      subresource: 'scale',
    }
    const { time: _none, ...untimed } = scaled
    expect(workloadEntries('apps/v1', workload, [scaled])).toEqual([
      owner('a', { 'f:spec': { 'f:paused': {} } }),
      workload[1],
      { ...untimed, apiVersion: 'apps/v1' },
    ])
    expect(workloadEntries('apps/v1', workload, scaleEntries(workload))).toEqual(workload)
  })
})

describe('managers', () => {
  test.each([
    ['kubectl/v1.36.2 (linux/amd64) kubernetes/abc', 'kubectl'],
    ['Mozilla 5.0 (x)', 'Mozilla 5.0 (x)'],
    ['a\u0007b\u200bc/1', 'abc'],
    ['é'.repeat(100), 'é'.repeat(64)],
    ['', ''],
  ])('%j is %j', (userAgent, manager) => {
    expect(managerFromUserAgent(userAgent)).toBe(manager)
  })

  test('names that cannot be used are refused with their reason', () => {
    const why = (name: string, what: 'PatchOptions' | 'UpdateOptions', isApply: boolean, force?: boolean) =>
      managerProblem(what, name, { isApply, force })?.message
    expect(why('x', 'PatchOptions', true)).toBeUndefined()
    expect(why('', 'PatchOptions', true)).toContain('fieldManager: Required value: is required for apply patch')
    expect(why('x', 'PatchOptions', false, true)).toContain(
      'force: Forbidden: may not be specified for non-apply patch',
    )
    expect(why('é'.repeat(65), 'UpdateOptions', false)).toContain('Too long: may not be more than 128 bytes')
    expect(why('a\u0007', 'UpdateOptions', false)).toContain('invalid character U+0007 (at position 1)')
  })
})
