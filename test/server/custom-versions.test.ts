/**
 * Goal: what a definition says now holds for what was written before: defaults that came later, the version that is asked for,
 * what that version names; and the stored version can be migrated as people do it.
 * Method: a definition that is changed while there are objects, and the answers of gets, lists, watches and writes.
 */
import { expect } from 'vitest'
import { seconds } from '../../src/events/time.ts'
import type { InProcessApi } from '../../src/server/in-process.ts'
import { test } from '../../src/vitest.ts'
import { json } from './support.ts'

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const boats = (version: string): string => `/apis/example.com/${version}/namespaces/default/boats`

const version = (name: string, storage: boolean, properties: object): object => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
})
const TEXT = { type: 'string' }

const define = async (api: InProcessApi, ...versions: readonly object[]): Promise<void> => {
  const answer = await api.fetch(`${DEFINITIONS}/boats.example.com?fieldManager=t&force=true`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'boats.example.com' },
      spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'boats', kind: 'Boat' }, versions },
    }),
  })
  expect(answer.ok, await answer.clone().text()).toBe(true)
  await api.run(seconds(2))
}
const create = (api: InProcessApi, of: string, spec: object) =>
  api.fetch(boats(of), {
    method: 'POST',
    ...json({ apiVersion: `example.com/${of}`, kind: 'Boat', metadata: { name: 'b' }, spec }),
  })
const read = async (api: InProcessApi, path: string): Promise<unknown> => (await api.fetch(path)).json()

test('defaults that a definition gets later are there when an object is read, and stored when it is written', async ({
  api,
  cluster,
}) => {
  await define(api, version('v1', true, { name: TEXT, old: TEXT }))
  await create(api, 'v1', { name: 'n', old: 'o' })
  await define(api, version('v1', true, { name: TEXT, sail: { ...TEXT, default: 'red' } }))
  const now = { spec: { name: 'n', sail: 'red' } }
  const seen = (await read(api, `${boats('v1')}/b`)) as { readonly spec: object }
  expect(seen.spec).toEqual(now.spec)
  expect(await read(api, boats('v1'))).toMatchObject({ items: [now] })
  expect(cluster.get('boats.example.com', 'default', 'b')).toMatchObject({ spec: { name: 'n', old: 'o' } })
  const answer = await api.fetch(`${boats('v1')}/b`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ metadata: { labels: { a: 'b' } } }),
  })
  // The spec is, as far as anybody has seen it, what it was.
  expect(await answer.json()).toMatchObject({ ...now, metadata: { generation: 1 } })
  expect(cluster.get('boats.example.com', 'default', 'b')).toMatchObject(now)
})

test('a version shows what it names; what is written in it loses the rest', async ({ api }) => {
  await define(api, version('v1', false, { name: TEXT }), version('v2', true, { name: TEXT, crew: TEXT }))
  await create(api, 'v2', { name: 'n', crew: 'c' })
  const shown = (await read(api, `${boats('v1')}/b`)) as { readonly spec: object }
  expect(shown).toMatchObject({ apiVersion: 'example.com/v1' })
  expect(shown.spec).toEqual({ name: 'n' })
  await api.fetch(`${boats('v1')}/b`, { method: 'PUT', ...json({ ...shown, spec: { name: 'other' } }) })
  const left = (await read(api, `${boats('v2')}/b`)) as { readonly spec: object }
  expect(left.spec).toEqual({ name: 'other' })
})

test('the stored version is migrated: objects show the version asked for all along', async ({ api, cluster }) => {
  const [one, two] = [version('v1', true, { name: TEXT }), version('v2', false, { name: TEXT })]
  await define(api, one, two)
  await create(api, 'v1', { name: 'n' })
  await define(api, version('v1', false, { name: TEXT }), version('v2', true, { name: TEXT }))
  const path = `${boats('v2')}/b`
  const before = (await read(api, path)) as { readonly metadata: { readonly resourceVersion: string } }
  expect(before).toMatchObject({ apiVersion: 'example.com/v2', kind: 'Boat' })
  expect(cluster.get('boats.example.com', 'default', 'b')?.apiVersion).toBe('example.com/v1')
  // Written as it is, it is stored anew.
  const after = (await (await api.fetch(path, { method: 'PUT', ...json(before) })).json()) as typeof before
  expect(after.metadata.resourceVersion).not.toBe(before.metadata.resourceVersion)
  expect(cluster.get('boats.example.com', 'default', 'b')?.apiVersion).toBe('example.com/v2')
  const again = await api.fetch(`${DEFINITIONS}/boats.example.com/status`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ status: { storedVersions: ['v2'] } }),
  })
  expect(again.ok).toBe(true)
  await define(api, version('v2', true, { name: TEXT }))
  expect((await api.fetch(`${boats('v1')}/b`)).status).toBe(404)
  expect(await read(api, path)).toMatchObject({ apiVersion: 'example.com/v2', spec: { name: 'n' } })
})
