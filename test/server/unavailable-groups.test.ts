/**
 * Goal: what an APIService sends to a server that is not there is told as the aggregator tells it: there is such a group, but nobody
 * knows what is in it.
 * Method: an APIService for a Service that does not exist; what discovery and its paths answer before, with and after it.
 * Source: kube-aggregator/pkg/apiserver/{handler_proxy,handler_apis,handler_discovery}.go (v1.36).
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { json, listening, type Stand } from './support.ts'

const SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices'
const NAME = 'v1.custom.example.com'
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

let stand: Stand
beforeAll(async () => {
  stand = await listening()
})
afterAll(() => stand.close())

const get = async (
  path: string,
  accept = 'application/json',
): Promise<{ readonly code: number; readonly text: string }> => {
  const { code, body } = await stand.client.call({ method: 'GET', path, headers: { accept } })
  return { code, text: body.toString() }
}

const freshness = async (): Promise<unknown> => {
  const { items } = JSON.parse((await get('/apis', AGGREGATED)).text) as {
    readonly items: readonly { readonly metadata: { readonly name: string }; readonly versions: unknown }[]
  }
  return items.find(({ metadata }) => metadata.name === 'custom.example.com')?.versions
}

const things = (): ReturnType<typeof get> => get('/apis/custom.example.com/v1/namespaces/default/things')

test('a group whose server is not there is named, and unavailable', async () => {
  expect(await things()).toEqual({ code: 404, text: '404 page not found\n' })
  expect(await freshness()).toBeUndefined()

  const spec = {
    group: 'custom.example.com',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 10,
    insecureSkipTLSVerify: true,
    service: { namespace: 'default', name: 'nobody' },
  }
  const body = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: NAME }, spec }
  expect((await stand.client.call({ method: 'POST', path: SERVICES, ...json(body) })).code).toBe(201)

  const unavailable = { code: 503, text: 'service unavailable\n' }
  expect(await things()).toEqual(unavailable)
  expect(await get('/apis/custom.example.com/v1')).toEqual(unavailable)
  expect(JSON.parse((await get('/apis/custom.example.com')).text)).toMatchObject({
    kind: 'APIGroup',
    preferredVersion: { groupVersion: 'custom.example.com/v1' },
  })
  expect(await freshness()).toEqual([{ version: 'v1', freshness: 'Stale' }])
  expect((await get('/openapi/v3')).text).not.toContain('custom.example.com')

  await stand.client.call({ method: 'DELETE', path: `${SERVICES}/${NAME}` })
  expect(await things()).toEqual({ code: 404, text: '404 page not found\n' })
  expect(await freshness()).toBeUndefined()
})
