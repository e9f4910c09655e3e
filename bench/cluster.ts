import { createCluster } from '../src/cluster.ts'
import { minutes, seconds as virtualSeconds } from '../src/events/time.ts'
import { fastCluster } from './fast-cluster.ts'
import { figure, heapBytes, seconds, type Figure } from './measure.ts'

const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'load', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'load' } },
    template: {
      metadata: { labels: { app: 'load' } },
      spec: {
        containers: [
          { name: 'main', image: 'registry.example/load:1', resources: { requests: { cpu: '10m', memory: '16Mi' } } },
        ],
      },
    },
  },
})

interface Rollout {
  readonly wall: number
  readonly events: number
  readonly heapPerPod: number
}

/** From apply to the last Pod Running. */
const rollout = (nodes: number, pods: number): Rollout => {
  const cluster = fastCluster({ nodes })
  const heap = heapBytes()
  const before = cluster.log.length
  const wall = seconds(() => {
    // The bench's own manifest: an object as kubectl would send it.
    cluster.apply(JSON.stringify(deployment(pods)))
    const done = cluster.runUntil((one) => one.get('Deployment', 'default', 'load')?.status?.readyReplicas === pods, {
      within: minutes(30),
    })
    if (!done) throw new Error(`${pods} pods did not become ready`)
  })
  return { wall, events: cluster.log.length - before, heapPerPod: (heapBytes() - heap) / pods }
}

const rolloutFigures = (nodes: number, pods: number, runs: number): readonly Figure[] => {
  const seen: Rollout[] = []
  const label = `${pods} pods on ${nodes} nodes`
  const wall = figure(`cluster: ${label}, apply to ready`, 's', runs, () => {
    const one = rollout(nodes, pods)
    seen.push(one)
    return one.wall
  })
  const last = seen.at(-1)
  const once = (name: string, unit: string, value: number): Figure => ({
    name,
    unit,
    value: Math.round(value),
    runs: 1,
    min: Math.round(value),
    max: Math.round(value),
  })
  return [
    wall,
    once(`cluster: ${label}, events`, 'events', last?.events ?? 0),
    once(`cluster: ${label}, heap`, 'bytes/pod', last?.heapPerPod ?? 0),
  ]
}

/** Virtual seconds in one second of wall time, of a cluster in which nothing happens. */
const calmRatio = (nodes: number, pods: number, virtual: number): number => {
  const cluster = fastCluster({ nodes })
  cluster.apply(JSON.stringify(deployment(pods)))
  cluster.run(minutes(2))
  const wall = seconds(() => cluster.run(virtualSeconds(virtual)))
  return virtual / wall
}

export const benchCluster = (smoke: boolean): readonly Figure[] => {
  const runs = smoke ? 1 : 3
  return [
    figure(
      'cluster: createCluster, three nodes',
      'ms',
      smoke ? 1 : 9,
      () => seconds(() => void createCluster({ nodes: 3 })) * 1000,
    ),
    figure(
      'cluster: createCluster to an API that answers',
      'ms',
      smoke ? 1 : 9,
      () =>
        seconds(() => {
          const cluster = createCluster({ nodes: 3 })
          cluster.runUntil((one) => one.get('Namespace', undefined, 'default') !== undefined, { within: minutes(1) })
        }) * 1000,
    ),
    ...(smoke ? rolloutFigures(10, 100, 1) : [...rolloutFigures(100, 1000, runs), ...rolloutFigures(1000, 10_000, 1)]),
    figure(`cluster: calm, ${smoke ? 10 : 100} nodes`, 'virtual s per s', runs, () =>
      smoke ? calmRatio(10, 20, 60) : calmRatio(100, 1000, 600),
    ),
  ]
}
