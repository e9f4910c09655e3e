/** The API on the wire: from start to ready, requests a second, watches. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createCluster } from '../src/cluster.ts'
import { serveInProcess } from '../src/server/in-process.ts'
import { LoadClient, perSecond, targetOf, type Target } from './http-load.ts'
import type { Figure } from './measure.ts'

const NAMESPACE = 'seatrial-bench'
const PARALLEL = 16
/** Streams on one connection; servers allow 250. */
const STREAMS = 200

const reduced = (name: string, unit: string, values: readonly number[], note?: string): Figure => {
  const sorted = values.toSorted((a, b) => a - b)
  const round = (value = 0): number => (value >= 100 ? Math.round(value) : Math.round(value * 1000) / 1000)
  return {
    name: `server: ${name}`,
    unit,
    runs: values.length,
    value: round(sorted[Math.floor(values.length / 2)]),
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
    ...(note === undefined ? {} : { note }),
  }
}

/** What is to be held on a machine with two cores that does nothing else. */
const target = (ms: number): string => `target: ${ms} ms or less`

const repeated = async (runs: number, run: () => Promise<number>): Promise<readonly number[]> => {
  await run()
  const values: number[] = []
  for (let i = 0; i < runs; i++) values.push(await run())
  return values
}

const timed = async (action: () => unknown): Promise<number> => {
  const began = performance.now()
  await action()
  return performance.now() - began
}

const starts = async (smoke: boolean): Promise<readonly Figure[]> => {
  const runs = smoke ? 1 : 9
  const inProcess = await repeated(runs, () =>
    timed(() => serveInProcess(createCluster({ nodes: 3, retain: 'facts' })).close()),
  )
  const figures = [reduced('createCluster to ready, in process', 'ms', inProcess, target(50))]
  if (!existsSync(`${BUILD}index.js`)) return figures
  const first = await repeated(smoke ? 1 : 5, firstListen)
  const command = await repeated(smoke ? 1 : 5, upReady)
  return [
    ...figures,
    reduced('first listen of a process to ready, HTTPS', 'ms', first, target(100)),
    reduced('seatrial up to its line "ready", with Node', 'ms', command, target(500)),
  ]
}

/** There after npm run build: the figures of starts are those of what users start. */
const BUILD = new URL('../dist/', import.meta.url).pathname

/** What it prints first. */
const printed = (args: readonly string[], from: 'stdout' | 'stderr', wanted: RegExp): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    let found: RegExpExecArray | null = null
    child[from].on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (found !== null) return
      found = wanted.exec(said)
      if (found !== null) child.kill('SIGTERM')
    })
    child.once('exit', () => (found === null ? reject(new Error(said)) : resolve(found)))
  })

const FIRST_LISTEN = `
import { createCluster } from ${JSON.stringify(`file://${BUILD}index.js`)}
const cluster = createCluster({ nodes: 3 })
const began = performance.now()
await cluster.listen({ speed: 'stepped' })
console.log('took', performance.now() - began)`

const firstListen = async (): Promise<number> => {
  const [, ms] = await printed(['--input-type=module', '-e', FIRST_LISTEN], 'stdout', /took ([\d.]+)/)
  return Number(ms)
}

const upReady = (): Promise<number> => timed(() => printed([`${BUILD}cli/main.js`, 'up'], 'stderr', /ready/))

const requests = async (target: Target, smoke: boolean): Promise<readonly Figure[]> => {
  const client = new LoadClient(target)
  const path = `/api/v1/namespaces/${NAMESPACE}/configmaps`
  const total = smoke ? 50 : 10_000
  const some = smoke ? 20 : 2000
  const object = (index: number): unknown => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `c-${index}` },
    data: { k: 'v' },
  })
  await client.call('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE },
  })
  try {
    const create = await perSecond(total, PARALLEL, (index) => client.call('POST', path, object(index)))
    const get = await perSecond(some, PARALLEL, (index) => client.call('GET', `${path}/c-${index}`))
    const list = await perSecond(smoke ? 1 : 5, 1, () => client.call('GET', path))
    const patch = await perSecond(some, PARALLEL, (index) =>
      client.call('PATCH', `${path}/c-${index}`, { data: { k: 'w' } }, 'application/merge-patch+json'),
    )
    return [
      reduced(`get, ${PARALLEL} at a time`, '/s', [get]),
      reduced(`list of ${total}`, '/s', [list]),
      reduced(`create, ${PARALLEL} at a time`, '/s', [create]),
      reduced(`patch, ${PARALLEL} at a time`, '/s', [patch]),
    ]
  } finally {
    await client.call('DELETE', `/api/v1/namespaces/${NAMESPACE}`)
    client.close()
  }
}

const watches = async (target: Target, smoke: boolean, own: boolean): Promise<readonly Figure[]> => {
  const count = smoke ? 100 : 10_000
  const path = '/api/v1/namespaces/default/configmaps'
  const clients = Array.from({ length: Math.ceil(count / STREAMS) }, () => new LoadClient(target))
  const [writer = new LoadClient(target)] = clients
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  const heard: number[] = []
  let pending = 0
  let done = (): void => {}
  const hears = (): void => {
    heard.push(performance.now())
    if (--pending === 0) done()
  }
  for (const [index, client] of clients.entries()) {
    const streams = Math.min(STREAMS, count - index * STREAMS)
    await Promise.all(
      Array.from({ length: streams }, () => client.watch(`${path}?watch=1&fieldSelector=metadata.name%3Dbench`, hears)),
    )
  }
  globalThis.gc?.()
  const each = (process.memoryUsage().rss - before) / count
  const latencies: number[] = []
  for (let round = 0; round < (smoke ? 1 : 5); round++) {
    heard.length = 0
    pending = count
    const all = new Promise<void>((resolve) => (done = resolve))
    const began = performance.now()
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bench' }, data: { round: String(round) } }
    if (round === 0) await writer.call('POST', path, body)
    else await writer.call('PATCH', `${path}/bench`, { data: body.data }, 'application/merge-patch+json')
    await all
    latencies.push((heard.toSorted((a, b) => a - b)[Math.floor(count * 0.99)] ?? 0) - began)
  }
  await writer.call('DELETE', `${path}/bench`)
  for (const client of clients) client.close()
  return [
    ...(own ? [reduced(`${count} watches, memory of server and client together`, 'bytes/watch', [each])] : []),
    reduced(`an event to ${count} watches, p99 from the write`, 'ms', latencies),
  ]
}

/** @param against a kubeconfig: the same load on that server instead of on one of ours */
export const benchServer = async (smoke: boolean, against: string | undefined): Promise<readonly Figure[]> => {
  if (against !== undefined) {
    const target = targetOf(against)
    return [...(await requests(target, smoke)), ...(await watches(target, smoke, false))]
  }
  const cluster = createCluster({ nodes: 3, retain: 'none', history: 'compacted' })
  const api = await cluster.listen()
  const [user] = Object.values(api.certificates.users)
  const target: Target = { url: api.url, ca: api.certificates.ca, ...user }
  try {
    // Watches first: what requests leave behind would be counted as free.
    const heard = await watches(target, smoke, true)
    return [...(await starts(smoke)), ...(await requests(target, smoke)), ...heard]
  } finally {
    await api.close()
  }
}
