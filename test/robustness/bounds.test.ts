/**
 * Goal: what docs/bounds.md says of heads, of streams, of aliases, of requests that nobody answers and of a run that has stopped, holds.
 * Method: each is brought about over real connections; asserted is what the client is told, and that the others go on.
 */
import { connect } from 'node:http2'
import { request } from 'node:https'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pause } from '../../src/cluster/fault.ts'
import { createCluster } from '../../src/cluster.ts'
import { serveInProcess } from '../../src/server/in-process.ts'
import { exchange } from '../../scripts/soak/http-fuzz.ts'
import { CONFIG_MAPS, listening, type Stand } from '../server/support.ts'

let stand: Stand
beforeAll(async () => {
  stand = await listening()
})
afterAll(() => stand.close())

const isHealthy = async (): Promise<void> =>
  expect((await stand.client.call({ method: 'GET', path: '/healthz' })).body.toString()).toBe('ok')

/** The status of a GET over HTTP/1.1 with a header so long. */
const statusWithHead = (bytes: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { url, certificates } = stand.api
    const options = { ca: certificates.ca, ...Object.values(certificates.users)[0], agent: false }
    request(`${url}/healthz`, { ...options, headers: { 'x-long': 'a'.repeat(bytes) } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })

test('a head over 16 KiB is refused, over HTTP/1.1', async () => {
  expect(await statusWithHead(15 * 1024)).toBe(200)
  expect(await statusWithHead(17 * 1024)).toBe(431)
  await isHealthy()
})

test('of 600 streams at once 250 are served at a time', async () => {
  const { url, certificates } = stand.api
  const session = connect(url, { ca: certificates.ca, ...Object.values(certificates.users)[0] })
  session.setMaxListeners(0)
  const settings = await new Promise<{ maxConcurrentStreams?: number }>((resolve) =>
    session.once('remoteSettings', resolve),
  )
  expect(settings.maxConcurrentStreams).toBe(250)
  let watching = 0
  for (let i = 0; i < 600; i++) {
    const stream = session.request({ ':path': `${CONFIG_MAPS}?watch=1` })
    stream.on('response', () => watching++)
    stream.on('error', () => {})
  }
  await expect.poll(() => watching).toBe(250)
  await isHealthy()
  expect(watching).toBe(250)
  session.destroy()
})

test('a YAML body whose aliases multiply is refused', async () => {
  const levels = Array.from({ length: 12 }, (_, i) =>
    i === 0
      ? 'l0: &l0 [x]'
      : `l${i}: &l${i} [${Array(10)
          .fill(`*l${i - 1}`)
          .join(', ')}]`,
  )
  const body = ['apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: aliases}', ...levels].join('\n')
  const began = performance.now()
  const headers = { 'content-type': 'application/yaml' }
  const answer = await stand.client.call({ method: 'POST', path: CONFIG_MAPS, headers, body })
  expect(answer.code).toBe(400)
  expect(answer.body.toString()).toContain('alias')
  expect(performance.now() - began).toBeLessThan(5000)
  await isHealthy()
})

const GET = {
  bytes: Buffer.from(`GET ${CONFIG_MAPS} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
  watches: false,
}

test('who is not answered inside the cluster is told so after 75 s of cluster time', async () => {
  const cluster = createCluster({ nodes: 0 })
  const api = serveInProcess(cluster)
  cluster.inject(pause('kube-apiserver/0'))
  const began = cluster.now
  expect(await exchange(api.connect(), GET)).toMatch(/^HTTP\/1\.1 504 /)
  expect(cluster.now - began).toBeGreaterThanOrEqual(75_000_000)
  expect(cluster.now - began).toBeLessThan(80_000_000)
  api.close()
})

test('when the run has stopped, who waits is cut off, and all others are told why', async () => {
  const cluster = createCluster({ nodes: 0 })
  const failures: unknown[] = []
  let isBroken = false
  // The same cluster, but for a step that fails.
  const breakable = Object.create(cluster, {
    step: {
      value: () => {
        if (isBroken) throw new Error('seed 1: broken for a test')
        return cluster.step()
      },
    },
  }) as typeof cluster
  const api = serveInProcess(breakable, { onFailure: (error) => failures.push(error) })
  expect(await exchange(api.connect(), GET)).toMatch(/^HTTP\/1\.1 200 /)
  isBroken = true
  expect(await exchange(api.connect(), GET)).toBe('')
  expect(failures.map(String)).toEqual(['Error: seed 1: broken for a test'])
  for (const query of ['', '?watch=1']) {
    const bytes = Buffer.from(GET.bytes.toString().replace(CONFIG_MAPS, CONFIG_MAPS + query))
    const answer = await exchange(api.connect(), { bytes, watches: false })
    expect(answer).toMatch(/^HTTP\/1\.1 500 /)
    expect(answer).toContain('seed 1: broken for a test')
  }
  api.close()
})
