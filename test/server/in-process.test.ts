/**
 * Goal: clients in the same process need no sockets.
 * Method: Node's own HTTP client, with the agent that is given, writes and reads; another user is refused what is not his.
 */
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { createCluster } from '../../src/cluster.ts'
import { serveInProcess, type InProcessApi } from '../../src/server/in-process.ts'
import { CONFIG_MAPS, configMap } from './support.ts'

const call = (api: InProcessApi, method: string, body?: unknown): Promise<{ code: number; text: string }> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const asked = request(`${api.url}${CONFIG_MAPS}`, { method, headers, agent: api.agent }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })

test('what one request creates the next one lists', async () => {
  const cluster = createCluster({ nodes: 0 })
  const api = serveInProcess(cluster)
  expect((await call(api, 'POST', configMap('one', { k: 'v' }))).code).toBe(201)
  expect(cluster.get('ConfigMap', 'default', 'one')?.data).toEqual({ k: 'v' })
  expect((await call(api, 'GET')).text).toContain('"name":"one"')
  api.close()
})

test('requests are made as the user that is named', async () => {
  const api = serveInProcess(createCluster({ nodes: 0, authorization: 'RBAC' }), {
    users: [{ name: 'nobody-special' }],
  })
  const answer = await call(api, 'GET')
  expect(answer.code).toBe(403)
  expect(answer.text).toContain('nobody-special')
  api.close()
})
