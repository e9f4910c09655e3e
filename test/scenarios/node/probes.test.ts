/**
 * Goal: readiness follows the probes, at the ticks at which a real kubelet would see it; leaving probes out whose outcome is
 * known changes nothing.
 * Method: containers of every behaviour; then the same clusters with all probes sent and with the known ones left out: the
 * writes about Pods must be the same, at the same times but for the travel of a message.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { millis, minutes, seconds } from '../../../src/events/time.ts'
import { isReady } from '../../../src/kubernetes/pods.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import { SmallCluster, type SmallClusterOptions } from './small-cluster.ts'

const IMAGE = 'registry.example/app:1'

const probed = (periodSeconds: number, more: Partial<Container> = {}): Container => ({
  name: 'app',
  image: IMAGE,
  ports: [{ containerPort: 80 }],
  readinessProbe: { httpGet: { path: '/ready', port: 80 }, periodSeconds, failureThreshold: 2 },
  ...more,
})

describe('a Pod with a readiness probe', () => {
  test('becomes ready at the first tick after its container is', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    cluster.createPod(
      'web',
      { containers: [probed(4)] },
      { 'seatrial.dev/startup': '1s', 'seatrial.dev/ready-after': '9s' },
    )
    const ready = (): boolean =>
      isReady(
        cluster.pod('web') ?? {
          apiVersion: '',
          kind: '',
          metadata: { name: '', uid: '', resourceVersion: '', creationTimestamp: '' },
          spec: { containers: [] },
        },
      )
    expect(cluster.runUntil(ready, seconds(30))).toBe(true)
    const started = cluster.of('ContainerStarted')[0]?.at ?? 0
    expect(cluster.now - started).toBeGreaterThan(seconds(9))
    expect(cluster.now - started).toBeLessThan(seconds(13.6))
    expect(cluster.told('web')).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503')
  })

  test('loses it after so many failures, and serves no more', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    cluster.createPod(
      'web',
      { containers: [probed(5)] },
      { 'seatrial.dev/startup': '1s', 'seatrial.dev/unhealthy-after': '60s' },
    )
    cluster.run(seconds(20))
    expect(isReady(cluster.pod('web') ?? expect.fail('there is a Pod'))).toBe(true)
    const started = cluster.of('ContainerStarted')[0]?.at ?? 0
    cluster.runUntil(() => cluster.pod('web')?.status?.containerStatuses?.[0]?.ready === false, minutes(2))
    // Ill after 60 to 63 s, seen within 5 s, judged at the second failure.
    expect(cluster.now - started).toBeGreaterThan(seconds(65))
    expect(cluster.now - started).toBeLessThan(seconds(73.5))
  })

  test('is asked hardly ever while nothing can change', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    cluster.createPod('web', {
      containers: [probed(1, { livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 } })],
    })
    cluster.run(minutes(10))
    expect(isReady(cluster.pod('web') ?? expect.fail('there is a Pod'))).toBe(true)
    expect(cluster.of('ProbeRequested').length).toBeLessThan(15)
  })
})

describe('probes that are left out', () => {
  const seconds0to = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined, freq: 2 })
  const behaviours = fc.record({
    startup: seconds0to(9),
    'ready-after': seconds0to(20),
    'unhealthy-after': seconds0to(90),
    'hang-after': seconds0to(90),
    'exit-after': seconds0to(90),
    shutdown: seconds0to(12),
  })
  const probeOf = fc.record({
    tcpSocket: fc.constant({ port: 80 }),
    periodSeconds: fc.integer({ min: 1, max: 7 }),
    failureThreshold: fc.integer({ min: 1, max: 3 }),
    initialDelaySeconds: fc.integer({ min: 0, max: 8 }),
  })
  const containers = fc.record(
    {
      readinessProbe: probeOf,
      livenessProbe: probeOf,
      startupProbe: probeOf.map((probe) => ({ ...probe, failureThreshold: 10 })),
    },
    { requiredKeys: ['readinessProbe'] },
  )

  interface Tell {
    readonly at: number
    readonly body: string
  }

  const tellsWith = (
    options: SmallClusterOptions,
    container: Partial<Container>,
    behaviour: Readonly<Record<string, number | undefined>>,
  ): readonly Tell[] => {
    const cluster = new SmallCluster({ ...options, images: [IMAGE], recordsEvents: false })
    const annotations = Object.entries(behaviour).flatMap(([name, value]) =>
      value === undefined ? [] : [[`seatrial.dev/${name}`, `${value}s`]],
    )
    // One life: over restarts, microseconds of difference grow through back-offs and the order of draws.
    cluster.createPod(
      'web',
      { containers: [{ ...probed(5), ...container }], restartPolicy: 'Never', terminationGracePeriodSeconds: 10 },
      Object.fromEntries(annotations),
    )
    // Not a whole number of periods after the start: whether a signal or a probe of the same moment is first is a race.
    cluster.run(seconds(150) + millis(370))
    cluster.deletePod('web')
    cluster.run(seconds(20))
    return cluster
      .requestsBy('node-1')
      .filter(({ data }) => data.kind === 'Pod' && data.verb !== 'list')
      .map(({ at, data }) => ({ at, body: `${data.verb} ${JSON.stringify(data.body)}` }))
  }

  /** Without times and ids: the runs draw alike, but a message more or less shifts a moment by microseconds. */
  const shapeOf = ({ body }: Tell): string =>
    body.replace(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"t"').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'uid')

  test('are not missed: the same is told, at the same moments', () => {
    let probes = 0
    fc.assert(
      fc.property(fc.nat(10_000), containers, behaviours, (seed, container, behaviour) => {
        const folded = tellsWith({ seed, foldsProbes: true }, container, behaviour)
        const full = tellsWith({ seed, foldsProbes: false }, container, behaviour)
        expect(folded.map(shapeOf)).toEqual(full.map(shapeOf))
        folded.forEach(({ at }, i) => expect(Math.abs(at - (full[i]?.at ?? 0))).toBeLessThan(millis(20)))
        probes += folded.length
      }),
      { numRuns: 60 },
    )
    expect(probes).toBeGreaterThan(300)
  })
})
