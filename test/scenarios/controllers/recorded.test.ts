/**
 * Goal: what controllers write is what those of a real v1.36.2 control plane wrote.
 * Method: the steps of ../shared/recordings again on a simulated cluster; the writes of Pods in their order, and what the
 * first object of each kind says of itself, are compared. Hashes, uids and times are left out. Skipped where there are no
 * recordings.
 */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../../src/cluster.ts'
import { seconds } from '../../../src/events/time.ts'
import { asObject, readyCluster, template } from './story.ts'

const RECORDINGS = new URL('../../../../shared/recordings/', import.meta.url)

interface Written {
  readonly verb: string
  readonly resource: string
  readonly name: string
  readonly body: unknown
}

const recorded = (scenario: string, account: string): readonly Written[] =>
  gunzipSync(readFileSync(new URL(`${scenario}/audit.jsonl.gz`, RECORDINGS)))
    .toString()
    .split('\n')
    .filter((line) => line.includes(`:${account}"`))
    .map((line) => JSON.parse(line) as Audit)
    .filter(({ user }) => user.username.endsWith(`:${account}`))
    .map(({ verb, objectRef, requestObject, responseObject }) => ({
      verb,
      resource: objectRef.resource + (objectRef.subresource === undefined ? '' : `/${objectRef.subresource}`),
      name: objectRef.name ?? responseObject?.metadata?.name ?? '',
      body: requestObject,
    }))

interface Audit {
  readonly user: { readonly username: string }
  readonly verb: string
  readonly objectRef: { readonly resource: string; readonly subresource?: string; readonly name?: string }
  readonly requestObject?: unknown
  readonly responseObject?: { readonly metadata?: { readonly name?: string } }
}

const PLURALS: Readonly<Record<string, string>> = {
  Pod: 'pods',
  ControllerRevision: 'controllerrevisions',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Job: 'jobs',
  CronJob: 'cronjobs',
}

const simulated = (cluster: Cluster, controller: string): readonly Written[] => {
  const written: Written[] = []
  for (const event of cluster.log.range(0)) {
    if (event.type !== 'ApiRequested' || !event.by.startsWith(`${controller}/`)) continue
    const { verb, kind, subresource, name = '', body } = event.data
    const plural = PLURALS[kind]
    if (plural === undefined || verb === 'get') continue
    written.push({ verb, resource: plural + (subresource === undefined ? '' : `/${subresource}`), name, body })
  }
  return written
}

/** Without what chance and clocks decide. Keys in order. */
const normal = (value: unknown, key = ''): unknown => {
  if (key === 'uid' || key === 'namespace' || /(controller-uid|template\.generation)$/.test(key)) return undefined
  if (key === 'annotations') return undefined
  if (typeof value === 'string') return value.replace(/-?[0-9a-z]{8,10}$/, '#').replace(/^\d{4}-.*Z$/, '<time>')
  if (Array.isArray(value)) return value.map((item) => normal(item))
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value)
    .map(([name, member]) => [name, normal(member, name)] as const)
    .filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const metadataOf = (written: readonly Written[], resource: string): unknown => {
  const first = written.find((one) => one.verb === 'create' && one.resource === resource)
  return normal((first?.body as { readonly metadata?: unknown } | undefined)?.metadata)
}

const podLines = (written: readonly Written[], prefix: string): readonly string[] =>
  written
    .filter(({ resource, name }) => resource === 'pods' && name.startsWith(prefix))
    .map(({ verb, name }) => `${verb} ${name}`)

const described = describe.skipIf(!existsSync(RECORDINGS))

described('as recorded', () => {
  const settle = (cluster: Cluster): void => {
    cluster.run(seconds(2))
    expect(cluster.runUntil((one) => one.converged, { within: seconds(240) })).toBe(true)
  }

  test('06-statefulset: which Pods are created and deleted, and in which order', () => {
    const cluster = readyCluster()
    const patch = (body: object): void => {
      cluster.call({
        verb: 'patch',
        kind: 'StatefulSet',
        namespace: 'default',
        name: 'db',
        patchType: 'strategic',
        body,
      })
      settle(cluster)
    }
    const spec = { replicas: 3, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template('db') }
    cluster.apply([
      asObject({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'default' }, spec }),
    ])
    settle(cluster)
    patch({ spec: { replicas: 5 } })
    const containers = [{ name: 'main', image: 'registry.example/web:2' }]
    const rollingUpdate = { partition: 3 }
    patch({ spec: { updateStrategy: { rollingUpdate }, template: { spec: { containers } } } })
    cluster.call({ verb: 'delete', kind: 'Pod', namespace: 'default', name: 'db-1' })
    settle(cluster)
    patch({ spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } })
    patch({ spec: { replicas: 2 } })
    const [theirs, ours] = [
      recorded('06-statefulset', 'statefulset-controller'),
      simulated(cluster, 'statefulset-controller'),
    ]
    expect(podLines(theirs, 'db-').length).toBeGreaterThan(15)
    expect(podLines(ours, 'db-')).toEqual(podLines(theirs, 'db-'))
    expect(metadataOf(ours, 'pods')).toEqual(metadataOf(theirs, 'pods'))
    expect(metadataOf(ours, 'controllerrevisions')).toEqual(metadataOf(theirs, 'controllerrevisions'))
  })

  test('07-daemonset: what a Pod and a revision say of themselves; what a Pod tolerates', () => {
    const cluster = readyCluster()
    const spec = { selector: { matchLabels: { app: 'agent' } }, template: template('agent') }
    cluster.apply([
      asObject({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent', namespace: 'default' }, spec }),
    ])
    settle(cluster)
    const [theirs, ours] = [
      recorded('07-daemonset', 'daemon-set-controller'),
      simulated(cluster, 'daemonset-controller'),
    ]
    expect(metadataOf(theirs, 'pods')).toBeDefined()
    expect(metadataOf(ours, 'pods')).toEqual(metadataOf(theirs, 'pods'))
    expect(metadataOf(ours, 'controllerrevisions')).toEqual(metadataOf(theirs, 'controllerrevisions'))
    const placement = (written: readonly Written[]): unknown => {
      const first = written.find(({ verb, resource }) => verb === 'create' && resource === 'pods')
      const { affinity, tolerations } = (first?.body as { readonly spec: Record<string, unknown> }).spec
      // Which node comes first is chance.
      return JSON.parse(JSON.stringify({ affinity, tolerations }).replace(/node-\d/, 'node')) as unknown
    }
    expect(placement(ours)).toEqual(placement(theirs))
  })

  test('15-jobs-cronjob: what is written of a Job that succeeds and of one that fails', () => {
    const cluster = readyCluster()
    const job = (name: string, code: string, limit: number): ReturnType<typeof asObject> => {
      const annotations = { 'seatrial.dev/exit-after': '4s', 'seatrial.dev/exit-code': code }
      return asObject({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name, namespace: 'default' },
        spec: { backoffLimit: limit, template: template(name, { restartPolicy: 'Never' }, annotations) },
      })
    }
    cluster.apply([job('once', '0', 6), job('fails', '1', 2)])
    cluster.run(seconds(90))
    const [theirs, ours] = [recorded('15-jobs-cronjob', 'job-controller'), simulated(cluster, 'job-controller')]
    expect(metadataOf(ours, 'pods')).toEqual(metadataOf(theirs, 'pods'))
    const statuses = (written: readonly Written[], name: string): unknown =>
      written
        .filter((one) => one.resource === 'jobs/status' && one.name === name)
        .map(({ body }) => withoutUids((body as { readonly status: object }).status))
    for (const name of ['once', 'fails']) {
      expect(statuses(theirs, name)).not.toEqual([])
      expect(statuses(ours, name)).toEqual(statuses(theirs, name))
    }
  })
})

const withoutUids = (status: object): unknown => {
  const text = JSON.stringify(normal(status)).replace(/"[0-9a-f]{8}-[0-9a-f-]*#?"/g, '"<uid>"')
  return JSON.parse(text) as unknown
}
