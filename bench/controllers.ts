/**
 * Controllers at work on many objects: how much a rollout, a namespace's end and a week of CronJobs cost, in time and in
 * what they do. Ratios and counts tell of the program; times also of the machine.
 */
import { kubeControllerManager } from '../src/actors/controllers/kube-controller-manager.ts'
import type { Cluster } from '../src/cluster.ts'
import type { LogEvent, Micros } from '../src/events/envelope.ts'
import { hours, minutes } from '../src/events/time.ts'
import type { ApiObject } from '../src/events/json.ts'
import { fastCluster } from './fast-cluster.ts'
import { heapBytes, seconds, type Figure } from './measure.ts'

/** What was done while something went on. */
interface Effort {
  readonly wall: number
  readonly virtual: Micros
  readonly events: number
  /** Calls of controllers that change something, without those for v1 Events. */
  readonly writes: number
  readonly allWrites: number
  readonly heap: number
}

const READS: ReadonlySet<string> = new Set(['get', 'list'])

/** Does something and lets time pass until it is done. */
const effort = (
  cluster: Cluster,
  action: () => void,
  isDone: (cluster: Cluster) => boolean,
  within: Micros,
): Effort => {
  let writes = 0
  let allWrites = 0
  const count = (event: LogEvent): void => {
    if (event.type !== 'ApiRequested' || READS.has(event.data.verb)) return
    allWrites++
    if (CONTROLLERS.has(event.by) && event.data.kind !== 'Event') writes++
  }
  const heapBefore = heapBytes()
  const { now } = cluster
  const { length } = cluster.log
  const subscription = cluster.events$.subscribe(count)
  const wall = seconds(() => {
    action()
    if (!cluster.runUntil(isDone, { within })) throw new Error('it did not come to an end')
  })
  subscription.unsubscribe()
  const events = cluster.log.length - length
  return { wall, virtual: cluster.now - now, events, writes, allWrites, heap: heapBytes() - heapBefore }
}

/** The actors of the one kube-controller-manager. */
const CONTROLLERS: ReadonlySet<string> = new Set(
  kubeControllerManager({ served: [], namespaced: [] }).map(({ name }) => `${name}/0`),
)

const once = (name: string, value: number, unit: string): Figure => {
  const rounded = value >= 100 ? Math.round(value) : Math.round(value * 1000) / 1000
  return { name: `controllers: ${name}`, value: rounded, unit, runs: 1, min: rounded, max: rounded }
}

/** An effort as figures: the time, and the rest for each of so many objects. */
const figuresOf = (label: string, one: Effort, count: number, each: string): readonly Figure[] => [
  once(label, one.wall, 's'),
  once(`${label}, virtual time`, one.virtual / 1e6, 's'),
  once(`${label}, events`, one.events / count, `per ${each}`),
  once(`${label}, writes`, one.allWrites / count, `per ${each}`),
  once(`${label}, writes of controllers`, one.writes / count, `per ${each}`),
  once(`${label}, writes of controllers`, one.writes / one.wall, 'per s'),
]

const podSpec = (image: string): object => ({
  terminationGracePeriodSeconds: 1,
  containers: [{ name: 'main', image, resources: { requests: { cpu: '10m', memory: '16Mi' } } }],
})

const deployment = (name: string, namespace: string, replicas: number, image: string): ApiObject =>
  manifest('apps/v1', 'Deployment', name, namespace, {
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: podSpec(image) },
    },
  })

/** A manifest before the API server has filled it in. */
const manifest = (apiVersion: string, kind: string, name: string, namespace: string, rest: object): ApiObject =>
  ({ apiVersion, kind, metadata: { name, namespace }, ...rest }) as ApiObject

/** All Pods of a Deployment replaced by those of another image, a quarter at a time. */
const rollout = (nodes: number, replicas: number): readonly Figure[] => {
  const cluster = fastCluster({ nodes })
  const isAt = (generation: number) => (one: Cluster) => {
    const { status } = one.get('Deployment', 'default', 'web') ?? {}
    const { observedGeneration = 0, updatedReplicas = 0, availableReplicas = 0, replicas: all = 0 } = status ?? {}
    return (
      observedGeneration >= generation &&
      updatedReplicas === replicas &&
      availableReplicas === replicas &&
      all === replicas
    )
  }
  const apply = (image: string) => () => cluster.apply([deployment('web', 'default', replicas, image)])
  const first = effort(cluster, apply('registry.example/web:1'), isAt(1), minutes(30))
  const second = effort(cluster, apply('registry.example/web:2'), isAt(2), minutes(30))
  const label = `${replicas} replicas`
  return [
    ...figuresOf(`${label} created`, first, replicas, 'Pod'),
    once(`${label} created, heap`, first.heap / replicas, 'bytes per Pod'),
    ...figuresOf(`${label} rolled out`, second, replicas, 'Pod'),
    once(`${label} rolled out, heap on top`, second.heap / replicas, 'bytes per Pod'),
  ]
}

/** A namespace that is full: mostly ConfigMaps, and Deployments with a tenth of the objects as Pods. */
const namespaceEnd = (objects: number): readonly Figure[] => {
  const cluster = fastCluster({ nodes: Math.max(2, Math.ceil(objects / 1000)) })
  const pods = objects / 10
  const perDeployment = Math.min(50, pods)
  const deployments = pods / perDeployment
  const configMaps = objects - pods - 2 * deployments
  cluster.apply([manifest('v1', 'Namespace', 'full', 'full', {})])
  cluster.run(minutes(1))
  cluster.apply([
    ...Array.from({ length: configMaps }, (_, n) =>
      manifest('v1', 'ConfigMap', `map-${n}`, 'full', { data: { n: `${n}` } }),
    ),
    ...Array.from({ length: deployments }, (_, n) =>
      deployment(`web-${n}`, 'full', perDeployment, 'registry.example/web:1'),
    ),
  ])
  const isFull = (one: Cluster): boolean =>
    one.list('ConfigMap', 'full').length >= configMaps &&
    one.list('Deployment', 'full').filter(({ status }) => status?.readyReplicas === perDeployment).length ===
      deployments
  if (!cluster.runUntil(isFull, { within: hours(2) })) throw new Error('the namespace was not filled')
  const remove = (): void => cluster.call({ verb: 'delete', kind: 'Namespace', name: 'full' })
  const isGone = (one: Cluster): boolean => one.get('Namespace', undefined, 'full') === undefined
  const end = effort(cluster, remove, isGone, hours(2))
  return figuresOf(`a namespace of ${objects} objects deleted`, end, objects, 'object')
}

/** CronJobs that each run hourly at a minute of their own, one Pod each time, for a while. */
const cronJobs = (count: number, lasts: Micros): readonly Figure[] => {
  const cluster = fastCluster({ nodes: 3 })
  const cronJob = (n: number): ApiObject =>
    manifest('batch/v1', 'CronJob', `report-${n}`, 'default', {
      spec: {
        schedule: `${(n * 7) % 60} * * * *`,
        concurrencyPolicy: (['Allow', 'Forbid', 'Replace'] as const)[n % 3],
        jobTemplate: {
          spec: {
            template: {
              metadata: { annotations: { 'seatrial.dev/exit-after': '20s' } },
              spec: { restartPolicy: 'Never', ...podSpec('registry.example/report:1') },
            },
          },
        },
      },
    })
  const end = cluster.now + lasts
  const runs = Math.round((count * lasts) / hours(1))
  const apply = (): void => cluster.apply(Array.from({ length: count }, (_, n) => cronJob(n)))
  const week = effort(cluster, apply, ({ now }) => now >= end, lasts + minutes(1))
  const label = `${count} CronJobs for ${lasts / hours(1)} hours`
  return [
    ...figuresOf(label, week, runs, 'run'),
    once(`${label}, speed`, lasts / 1e6 / week.wall, 'virtual s per s'),
    once(`${label}, heap on top`, week.heap / runs, 'bytes per run'),
    once(`${label}, Jobs kept at the end`, cluster.list('Job').length / count, 'per CronJob'),
  ]
}

export const benchControllers = (smoke: boolean): readonly Figure[] =>
  smoke
    ? [...rollout(5, 40), ...namespaceEnd(100), ...cronJobs(3, hours(2))]
    : [...rollout(100, 1000), ...namespaceEnd(10_000), ...cronJobs(100, hours(7 * 24))]
