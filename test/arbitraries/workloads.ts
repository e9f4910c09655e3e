import fc from 'fast-check'
import type { ApiObject } from '../../src/events/json.ts'

/** What somebody asks for: plain manifests, as JSON. */
export interface Workload {
  readonly objects: readonly ApiObject[]
}

/** A toleration short enough that Pods move within a test. */
const impatient = ['not-ready', 'unreachable'].map((key) => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 20,
}))

const strategy = fc.oneof(
  fc.constant({ type: 'Recreate' }),
  fc.record({
    type: fc.constant('RollingUpdate'),
    rollingUpdate: fc.constantFrom(
      { maxSurge: 1, maxUnavailable: 0 },
      { maxSurge: 0, maxUnavailable: 1 },
      { maxSurge: '25%', maxUnavailable: '25%' },
      { maxSurge: '100%', maxUnavailable: 0 },
    ),
  }),
)

const probe = fc.constantFrom(
  undefined,
  { httpGet: { path: '/', port: 8080 }, periodSeconds: 2 },
  { tcpSocket: { port: 8080 }, initialDelaySeconds: 3, failureThreshold: 1 },
)

/** A Deployment with a Service in front of it. */
const application = (name: string): fc.Arbitrary<readonly ApiObject[]> =>
  fc
    .record({
      replicas: fc.integer({ min: 0, max: 5 }),
      strategy,
      readinessProbe: probe,
      grace: fc.constantFrom(0, 2, 30),
      minReadySeconds: fc.constantFrom(0, 0, 3),
      cpu: fc.constantFrom('50m', '100m', '300m'),
    })
    .map((drawn) => manifests(name, drawn))

interface Drawn {
  readonly replicas: number
  readonly strategy: object
  readonly readinessProbe: object | undefined
  readonly grace: number
  readonly minReadySeconds: number
  readonly cpu: string
}

const manifests = (name: string, drawn: Drawn): readonly ApiObject[] => {
  const labels = { app: name }
  const container = {
    name: 'main',
    image: `registry.example/${name}:1`,
    ports: [{ containerPort: 8080 }],
    resources: { requests: { cpu: drawn.cpu, memory: '64Mi' } },
    ...(drawn.readinessProbe === undefined ? {} : { readinessProbe: drawn.readinessProbe }),
  }
  const spec = { terminationGracePeriodSeconds: drawn.grace, tolerations: impatient, containers: [container] }
  const { replicas, strategy: rollout, minReadySeconds } = drawn
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      strategy: rollout,
      minReadySeconds,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
    },
  }
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  }
  return [deployment, service].map(asObject)
}

/** A manifest before the API server has filled it in. */
const asObject = (manifest: {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: object
  readonly spec: object
}): ApiObject => manifest as ApiObject

const containerOf = (name: string): object => ({
  name: 'main',
  image: `registry.example/${name}:1`,
  ports: [{ containerPort: 8080 }],
  resources: { requests: { cpu: '50m', memory: '64Mi' } },
})

/** Pods with names of their own. */
const statefulSet = (name: string): fc.Arbitrary<ApiObject> =>
  fc
    .record({
      replicas: fc.integer({ min: 0, max: 3 }),
      podManagementPolicy: fc.constantFrom('OrderedReady', 'Parallel'),
      minReadySeconds: fc.constantFrom(0, 0, 3),
    })
    .map((drawn) =>
      asObject({
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name, namespace: 'default' },
        spec: {
          ...drawn,
          serviceName: name,
          selector: { matchLabels: { app: name } },
          template: {
            metadata: { labels: { app: name } },
            spec: { terminationGracePeriodSeconds: 2, tolerations: impatient, containers: [containerOf(name)] },
          },
        },
      }),
    )

/** A Pod on each node. */
const daemonSet = (name: string): fc.Arbitrary<ApiObject> =>
  fc
    .constantFrom({ maxUnavailable: 1 }, { maxUnavailable: '50%' }, { maxUnavailable: 0, maxSurge: 1 })
    .map((rollingUpdate) =>
      asObject({
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name, namespace: 'default' },
        spec: {
          updateStrategy: { type: 'RollingUpdate', rollingUpdate },
          selector: { matchLabels: { app: name } },
          template: {
            metadata: { labels: { app: name } },
            spec: { terminationGracePeriodSeconds: 2, containers: [containerOf(name)] },
          },
        },
      }),
    )

/** Pods that end by themselves. */
const job = (name: string): fc.Arbitrary<ApiObject> =>
  fc
    .record({
      completions: fc.integer({ min: 1, max: 4 }),
      parallelism: fc.integer({ min: 1, max: 3 }),
      completionMode: fc.constantFrom('NonIndexed', 'Indexed'),
    })
    .map((drawn) =>
      asObject({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name, namespace: 'default' },
        spec: {
          ...drawn,
          template: {
            metadata: { labels: { app: name }, annotations: { 'seatrial.dev/exit-after': '8s' } },
            spec: {
              restartPolicy: 'Never',
              terminationGracePeriodSeconds: 2,
              tolerations: impatient,
              containers: [containerOf(name)],
            },
          },
        },
      }),
    )

/** One to three applications, and perhaps one of each other kind of workload. */
export const workloads: fc.Arbitrary<Workload> = fc
  .tuple(
    application('web'),
    fc.option(application('api')),
    fc.option(application('worker')),
    fc.option(statefulSet('db')),
    fc.option(daemonSet('agent')),
    fc.option(job('task')),
  )
  .map(([web, api, worker, ...others]) => ({
    objects: [web, api ?? [], worker ?? [], others.filter((one) => one !== null)].flat(),
  }))
