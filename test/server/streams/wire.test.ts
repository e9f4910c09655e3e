/**
 * Goal: logs, exec and attach answer over the wire as a kubelet behind an API server does.
 * Method: a cluster whose time stands still between requests, plain HTTP for logs, a WebSocket client of our own for exec;
 * expectations are what upstream's sources say (statuses, channels) and what the Pods' manifests make containers do.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createCluster } from '../../../src/cluster.ts'
import { inputsOf } from '../../../src/replay/inputs.ts'
import { listening, type Stand } from '../support.ts'
import { PODS } from './pods.ts'

const OPTIONS = { nodes: 2, retain: 'all', authorization: 'RBAC' } as const

let stand: Stand

beforeAll(async () => {
  stand = await listening(OPTIONS)
  // Before its namespace has a service account, a Pod is refused.
  stand.cluster.run(10_000_000)
  stand.cluster.apply(PODS)
  stand.cluster.run(60_000_000)
})
afterAll(() => stand.close())

const log = async (query: string): Promise<{ readonly code: number; readonly text: string }> => {
  const { code, body } = await stand.client.call({
    method: 'GET',
    path: `/api/v1/namespaces/default/pods/${query}`,
  })
  return { code, text: body.toString() }
}

interface Exec {
  readonly stdout: string
  readonly stderr: string
  readonly status: { readonly status: string; readonly reason?: string; readonly details?: unknown }
}

const exec = (pod: string, command: readonly string[], stdin?: string): Promise<Exec> =>
  new Promise((resolve, reject) => {
    const query = new URLSearchParams({ stdout: 'true', stderr: 'true' })
    for (const word of command) query.append('command', word)
    const { ca, users } = stand.api.certificates
    const url = `${stand.api.url.replace('https', 'wss')}/api/v1/namespaces/default/pods/${pod}/exec?${query.toString()}`
    const socket = new WebSocket(url, ['v5.channel.k8s.io'], { ca, ...Object.values(users)[0] })
    const channels = ['', '', '', '']
    socket.on('open', () => {
      if (stdin === undefined) return
      socket.send(Buffer.from(`\0${stdin}`))
      socket.send(Buffer.from([255, 0]))
    })
    socket.on('message', (message: Buffer) => {
      const channel = message[0] ?? 0
      channels[channel] += message.subarray(1).toString()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      if (channels[3] === '') return
      const [, stdout = '', stderr = '', status = ''] = channels
      resolve({ stdout, stderr, status: JSON.parse(status) as Exec['status'] })
    })
  })

test('a script in a loop has written a line a second', async () => {
  const { code, text } = await log('counter/log')
  expect(code).toBe(200)
  const lines = text.trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(30)
  expect(lines).toEqual(lines.map((_, i) => `line ${i}`))
  expect((await log('counter/log?tailLines=1')).text).toBe(`${lines.at(-1)}\n`)
  expect((await log('counter/log?tailLines=1&timestamps=true')).text).toMatch(
    /^2026-01-01T00:\d\d:\d\d\.\d{9}Z line \d+\n$/,
  )
  const recent = (await log('counter/log?sinceSeconds=5')).text.trimEnd().split('\n')
  expect(recent.length).toBeGreaterThanOrEqual(4)
  expect(recent.length).toBeLessThanOrEqual(6)
})

test('the life before is told apart, and words of one’s own are written', async () => {
  expect((await log('crash/log?previous=true')).text).toMatch(/^my own words\nnginx: fatal error, exit code 1\n$/)
  const none = await log('web/log?previous=true')
  expect(none.code).toBe(400)
  expect(none.text).toContain('previous terminated container \\"web\\" in pod \\"web\\" not found')
})

test('a container that has not started has no log yet', async () => {
  const { code, text } = await log('stuck/log')
  expect(code).toBe(400)
  expect(text).toContain('container \\"app\\" in pod \\"stuck\\" is waiting to start: ContainerCreating')
  expect((await log('web/log?container=other')).text).toContain('container other is not valid for pod web')
})

test('exec shows environment and mounted files, and tells exit codes', async () => {
  expect(await exec('web', ['cat', '/etc/conf/app.ini'])).toMatchObject({
    stdout: 'x=1',
    status: { status: 'Success' },
  })
  expect((await exec('web', ['printenv', 'COLOR'])).stdout).toBe('blue\n')
  const failed = await exec('web', ['sh', '-c', 'echo out; echo err >&2; exit 3'])
  expect(failed).toMatchObject({ stdout: 'out\n', stderr: 'err\n', status: { reason: 'NonZeroExitCode' } })
  expect(failed.status.details).toEqual({ causes: [{ reason: 'ExitCode', message: '3' }] })
  const unknown = await exec('web', ['frobnicate'])
  expect(unknown.stderr).toContain('exec: "frobnicate": executable file not found in $PATH')
  expect(unknown.status.details).toEqual({ causes: [{ reason: 'ExitCode', message: '127' }] })
  expect((await exec('web', ['cat'], 'typed in')).stdout).toBe('typed in')
})

test('what is called from inside goes through the modelled network', async () => {
  expect((await exec('counter', ['wget', '-qO-', 'http://web'])).stdout).toBe('Served by default/web\n')
  expect((await exec('counter', ['curl', '-s', 'http://nobody'])).status.details).toEqual({
    causes: [{ reason: 'ExitCode', message: '6' }],
  })
  expect((await exec('counter', ['nslookup', 'web'])).stdout).toContain('Name:\tweb.default.svc.cluster.local')
  expect((await log('web/log')).text).toContain('"GET / HTTP/1.1" 200')
})

test('a kubelet tells its health and its Pods, and of nothing that is not there', async () => {
  const page = async (name: string): Promise<{ readonly code: number; readonly text: string }> => {
    const { code, body } = await stand.client.call({ method: 'GET', path: `/api/v1/nodes/${name}` })
    return { code, text: body.toString() }
  }
  expect(await page('node-1/proxy/healthz')).toEqual({ code: 200, text: 'ok' })
  const { nodeName = '' } = stand.cluster.get('Pod', 'default', 'web')?.spec ?? {}
  const { items } = JSON.parse((await page(`${nodeName}/proxy/pods`)).text) as {
    items: { spec: { nodeName: string } }[]
  }
  expect(new Set(items.map(({ spec }) => spec.nodeName))).toEqual(new Set([nodeName]))
  expect((await page('node-1/proxy/nowhere')).code).toBe(404)
  expect((await page('node-1:81/proxy/')).code).toBe(503)
})

test('a kubelet tells what its containers use, and how it is set up', async () => {
  const { nodeName = '' } = stand.cluster.get('Pod', 'default', 'web')?.spec ?? {}
  const page = async (path: string): Promise<string> => {
    const asked = { method: 'GET', path: `/api/v1/nodes/${nodeName}/proxy/${path}` }
    return (await stand.client.call(asked)).body.toString()
  }
  const { uid, namespace } = stand.cluster.get('Pod', 'default', 'web')?.metadata ?? {}
  const positive = { usageCoreNanoSeconds: expect.any(Number) as number, usageNanoCores: expect.any(Number) as number }
  const { node, pods } = JSON.parse(await page('stats/summary')) as {
    readonly node: object
    readonly pods: readonly { readonly podRef: { readonly name: string } }[]
  }
  expect(node).toMatchObject({ nodeName, cpu: positive, memory: { workingSetBytes: expect.any(Number) as number } })
  expect(pods.find(({ podRef }) => podRef.name === 'web')).toMatchObject({
    podRef: { name: 'web', namespace, uid },
    containers: [{ cpu: positive, memory: { usageBytes: expect.any(Number) as number } }],
    cpu: positive,
  })
  const metrics = await page('metrics/resource')
  expect(metrics).toMatch(
    /^container_cpu_usage_seconds_total\{container="\S+",namespace="default",pod="web"\} [\d.e+-]+ 1767\d{9}$/m,
  )
  expect(metrics).toMatch(/^container_start_time_seconds\{.*pod="web"\} 1\.7672\d*e\+09$/m)
  expect(metrics).toMatch(/^resource_scrape_error 0$/m)
  expect(JSON.parse(await page('configz'))).toMatchObject({ kubeletconfig: { syncFrequency: '1m0s', maxPods: 110 } })
})

test('the API answers within the cluster too, to strangers that it is not for them', async () => {
  const ask = async (url: string) => (await exec('web', ['wget', '-qO-', '-T', '5', url])).stderr.trim()
  const forbidden = 'wget: server returned error: HTTP/1.1 403 Forbidden'
  expect(await ask('https://kubernetes.default')).toBe(forbidden)
  expect(await ask('https://172.16.0.2:6443/healthz')).toBe(forbidden)
  expect(await ask('http://172.16.0.2')).toBe("wget: can't connect to remote host: Connection refused")
  // Where no machine is, nobody refuses.
  expect(await ask('https://172.16.0.3:6443')).toBe('wget: download timed out')
  const curl = await exec('web', ['curl', '-sk', '-o', '/dev/null', '-w', '%{http_code}', 'https://kubernetes.default'])
  expect(curl.stdout).toBe('403')
})

test('sleeping takes cluster time', async () => {
  const before = stand.cluster.now
  expect(await exec('web', ['sleep', '30'])).toMatchObject({ status: { status: 'Success' } })
  expect(stand.cluster.now - before).toBeGreaterThanOrEqual(30_000_000)
})

test('the log tells what was run where, and runs again to the same digest', () => {
  const { cluster } = stand
  const asked = cluster.inputs.flatMap((input) =>
    input.kind === 'message' && input.message.type === 'ApiRequested' ? [input.message.data] : [],
  )
  expect(asked).toContainEqual(
    expect.objectContaining({ subresource: 'exec', body: { stdout: true, stderr: true, command: ['sleep', '30'] } }),
  )
  const again = createCluster(OPTIONS)
  for (const input of inputsOf(cluster.log.range(1))) again.plan(input)
  again.run(cluster.now)
  expect(again.digest()).toBe(cluster.digest())
})
