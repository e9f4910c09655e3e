/**
 * What the object store costs: nanoseconds an operation and bytes an object.
 * Run: node --expose-gc --import tsx bench/projections.ts
 */
import type { ApiObject } from '../src/events/json.ts'
import { Projections } from '../src/engine/projection.ts'
import type { LogEvent } from '../src/events/envelope.ts'
import { availabilityProjection } from '../src/projections/endpoints.ts'
import { metricsProjection } from '../src/projections/metrics.ts'
import { objectsProjection } from '../src/projections/objects/projection.ts'
import { renderTimeline, timelineProjection } from '../src/projections/timeline.ts'
import { renderWhy, why } from '../src/projections/why.ts'
import { createObjectStore, type CommitEvent, type ObjectStore } from '../src/projections/objects/store.ts'

const PODS = 100_000
const NODES = 5_000
const VERSIONS = 6

const collect = (globalThis as { gc?: () => void }).gc

const spec = (replicaSet: number) => ({
  containers: [{ name: 'web', image: 'web:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  serviceAccountName: `rs-${replicaSet}`,
})

interface Written {
  readonly key: string
  readonly metadata: Omit<ApiObject['metadata'], 'resourceVersion'>
  spec: object
}

const podOf = (n: number, template: object): Written => ({
  key: `/registry/pods/ns-${n % 50}/web-${n}`,
  metadata: {
    name: `web-${n}`,
    namespace: `ns-${n % 50}`,
    uid: `uid-${n}`,
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { app: 'web' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: `rs-${n >> 4}`, controller: true },
    ],
  },
  spec: template,
})

let revision = 0
const commitOf = (key: string, object: CommitEvent['data']['object']): CommitEvent => {
  revision++
  return {
    seq: revision * 5,
    at: revision * 50,
    cause: revision * 5 - 1,
    data: { revision, key, deleted: object === undefined, object },
  }
}

/** As the API server writes it: the store gives the resourceVersion. */
const podObject = (pod: Written, status: object): ApiObject =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { ...pod.metadata }, spec: pod.spec, status }) as object as ApiObject

const versionOf = (pod: Written, step: number): CommitEvent => {
  if (step === 1) pod.spec = { ...pod.spec, nodeName: `node-${Number(pod.metadata.uid.slice(4)) % NODES}` }
  const status = {
    phase: step < 3 ? 'Pending' : 'Running',
    conditions: [{ type: 'Ready', status: step > 3 ? 'True' : 'False' }],
  }
  return commitOf(pod.key, podObject(pod, status))
}

const heap = (): number => {
  collect?.()
  return process.memoryUsage().heapUsed
}

/** Runs in batches and prints the median, because the machine has other work. */
const time = (name: string, count: number, run: (from: number, to: number) => void): void => {
  const batch = Math.max(1, Math.ceil(count / 60))
  const figures: number[] = []
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch)
    const start = process.hrtime.bigint()
    run(from, to)
    figures.push(Number(process.hrtime.bigint() - start) / (to - from))
  }
  figures.sort((a, b) => a - b)
  const at = (part: number): string => (figures[Math.floor((figures.length - 1) * part)] ?? 0).toFixed(0).padStart(9)
  console.log(`${name.padEnd(60)} ${at(0.5)} ns (best ${at(0)}, p90 ${at(0.9)})`)
}

const makeEvents = (): CommitEvent[] => {
  revision = 0
  const events: CommitEvent[] = []
  const templates = Array.from({ length: PODS >> 4 }, (_, n) => spec(n))
  const pods = Array.from({ length: PODS }, (_, n) => podOf(n, { ...templates[n >> 4] }))
  for (let step = 0; step < VERSIONS; step++) for (const pod of pods) events.push(versionOf(pod, step))
  return events
}

const fill = (store: ObjectStore, some: readonly CommitEvent[], from = 0, to = some.length): void => {
  for (let i = from; i < to; i++) store.fold(some[i] as CommitEvent)
}

const need = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(what)
}

const events = makeEvents()
fill(createObjectStore(), events.slice(0, 150_000))

console.log(`${PODS} Pods, ${VERSIONS} versions each, spec shared`)
let stamped: ApiObject | undefined
time('stamping alone', events.length, (from, to) => {
  for (const event of events.slice(from, to)) {
    const object = event.data.object as ApiObject
    const { metadata }: { metadata: Omit<ApiObject['metadata'], 'resourceVersion'> } = object
    stamped = { ...object, metadata: { resourceVersion: String(event.data.revision), ...metadata } }
  }
})
need(stamped !== undefined, 'something is stamped')

const few = createObjectStore()
const fewEvents = events.filter((event) => (event.data.revision - 1) % PODS < 2_000)
fewEvents.forEach((event, n) => Object.assign(event.data, { was: event.data.revision, revision: n + 1 }))
time('fold of 2,000 Pods', fewEvents.length, (from, to) => fill(few, fewEvents, from, to))
for (const event of fewEvents) Object.assign(event.data, { revision: (event.data as { was?: number }).was })

for (const history of ['all', 'compacted'] as const) {
  const before = heap()
  const store = createObjectStore({ history })
  time(`fold of 100,000 Pods, history ${history}`, events.length, (from, to) => {
    fill(store, events, from, to)
    if ((to / 10_000) % 5 === 0) store.compact(store.head)
  })
  store.compact(store.head)
  console.log(`  heap an object ${((heap() - before) / PODS).toFixed(0)} bytes`)
}

const store = createObjectStore()
const informer = store.createCursor('informer')
const kubelets = Array.from({ length: NODES }, (_, n) => {
  const cursor = store.createCursor(`kubelet/node-${n}`)
  cursor.narrow('Pod', { nodeName: `node-${n}` })
  return cursor
})
fill(store, events, 0, 1)
informer.reset('Pod', 1)
for (const kubelet of kubelets) kubelet.reset('Pod', 1)
time('fold with 5,000 narrow cursors and one that lags', events.length, (from, to) => {
  fill(store, events, Math.max(1, from), to)
})

const half = Math.floor(events.length / 2)
let changes = 0
time('advance by one revision', half, (from, to) => {
  for (let at = from + 1; at <= to; at++) changes += informer.advance('Pod', at).length
})
time('deliver one revision', half, (from, to) => {
  for (let at = half + from + 1; at <= half + to; at++) if (informer.deliver('Pod', at) !== undefined) changes++
})
console.log(`  ${changes} changes told`)

const names = events.slice(0, PODS).map((event) => (event.data.object as ApiObject).metadata)
time('get of 100,000 in turn', PODS, (from, to) => {
  for (let n = from; n < to; n++)
    need(informer.get('Pod', names[n]?.namespace, names[n]?.name ?? '') !== undefined, 'got')
})
time('get of 1,000 again and again', PODS, (from, to) => {
  for (let n = from; n < to; n++) {
    need(informer.get('Pod', names[n % 1000]?.namespace, names[n % 1000]?.name ?? '') !== undefined, 'got')
  }
})
time('list of 100,000', 20, () => need(informer.list('Pod').length === PODS, 'all are listed'))
time('list of one namespace (2,000)', 100, () =>
  need(informer.list('Pod', 'ns-1').length === 2000, 'its Pods are listed'),
)
time('indexed by controller (16 found)', PODS, (from, to) => {
  for (let n = from; n < to; n++) {
    need(informer.indexed('Pod', 'controller', `rs-${n % 6000}`).length === 16, 'its Pods are found')
  }
})
let onNodes = 0
time('indexed by node (20 found)', NODES, (from, to) => {
  for (let n = from; n < to; n++) onNodes += informer.indexed('Pod', 'node', `node-${n}`).length
})
need(onNodes === PODS, 'every Pod is on a node')
time('a narrow cursor advances over 100 changes of its own', NODES, (from, to) => {
  for (let n = from; n < to; n++) kubelets[n]?.advance('Pod', store.head)
})
time('a new narrow cursor lists its node', NODES, (from, to) => {
  for (let n = from; n < to; n++) {
    const cursor = store.createCursor('again')
    cursor.narrow('Pod', { nodeName: `node-${n}` })
    cursor.reset('Pod', store.head)
    cursor.release()
  }
})
const then = store.at(half)
time('time travel: list of 100,000 at the middle', 5, () => need(then.list('Pod').length === PODS, 'all were there'))

// Churn: Pods are made, bound and deleted, generation after generation, as rollouts do.
const before = heap()
const churned = createObjectStore({ history: 'compacted' })
const watcher = churned.createCursor('watcher')
revision = 0
const GENERATION = 1_000
time('churn: create, bind, delete', 60 * 3 * GENERATION, (from) => {
  const generation = from / (3 * GENERATION)
  const pods = Array.from({ length: GENERATION }, (_, n) => podOf(generation * GENERATION + n, spec(1)))
  for (const pod of pods) churned.fold(versionOf(pod, 0))
  for (const pod of pods) churned.fold(versionOf(pod, 1))
  watcher.advance('Pod', churned.head)
  for (const pod of pods) churned.fold(commitOf(pod.key, undefined))
  watcher.advance('Pod', churned.head)
  churned.compact(churned.head)
})
console.log(`  heap left ${heap() - before} bytes`)

// Everything that a cluster folds.
const logged = events.map((event) => ({ ...event, by: 'etcd/1', type: 'RevisionCommitted', v: 1 }) as LogEvent)
const beforeAll = heap()
const projections = new Projections()
const objects = projections.add(objectsProjection())
const timeline = projections.add(timelineProjection(objects, () => 0))
const metrics = projections.add(metricsProjection(objects))
const availability = projections.add(availabilityProjection(objects))
time('fold of all projections', logged.length, (from, to) => {
  for (let i = from; i < to; i++) projections.fold(logged[i] as LogEvent)
})
need(metrics.commits.get('Pod') === logged.length && availability.size === 0, 'all is counted')
console.log(
  `  ${timeline.rows.length} rows of the timeline; heap ${((heap() - beforeAll) / PODS).toFixed(0)} bytes a Pod`,
)
need(renderTimeline(timeline.rows.slice(0, 10)).length > 0, 'the timeline has text')
const bySeq = new Map(logged.map((event) => [event.seq, event]))
const log = { get: (seq: number) => bySeq.get(seq), causeOf: (seq: number) => bySeq.get(seq)?.cause ?? 0 }
time('why of one Pod in a log of 3,000,000', 5, () => {
  need(renderWhy(why(log, objects, { kind: 'Pod', namespace: 'ns-7', name: 'web-7' })).length > 0, 'there is a reason')
})
