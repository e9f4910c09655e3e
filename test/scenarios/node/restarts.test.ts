/**
 * Goal: containers that fail come back as fast and as often as on a real node, and their status says why they do not.
 * Method: containers that crash, are killed for memory, hang or never start; the moments of their starts are measured.
 */
import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/events/time.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import { SmallCluster } from './small-cluster.ts'

const IMAGE = 'registry.example/app:1'
const app: Container = { name: 'app', image: IMAGE }

const startsOf = (cluster: SmallCluster): readonly number[] => cluster.of('ContainerStarted').map(({ at }) => at)
const containerOf = (cluster: SmallCluster, name: string) => cluster.pod(name)?.status?.containerStatuses?.[0]

describe('a container that crashes', () => {
  const cluster = new SmallCluster({ images: [IMAGE] })
  cluster.createPod(
    'crash',
    { containers: [app] },
    { 'seatrial.dev/crash-on-start': 'true', 'seatrial.dev/exit-code': '7' },
  )
  cluster.run(minutes(12))
  const starts = startsOf(cluster)
  const ends = cluster.of('ContainerExited').map(({ at }) => at)
  const pauses = starts.slice(1).map((at, i) => (at - (ends[i] ?? 0)) / seconds(1))

  test('is started again at once, then after 10, 20, 40 … s and at most half of that more', () => {
    expect(pauses[0]).toBeLessThan(2)
    const wanted = [10, 20, 40, 80, 160]
    wanted.forEach((pause, i) => {
      expect(pauses[i + 1]).toBeGreaterThanOrEqual(pause)
      // A worker looks again after the back-off and up to half of it, in steps of at most 60 to 90 s; then the start.
      expect(pauses[i + 1]).toBeLessThanOrEqual(pause * 1.5 + 92)
    })
  })

  test('counts its restarts and shows how it ended', () => {
    const status = containerOf(cluster, 'crash')
    expect(status?.restartCount).toBe(starts.length - 1)
    expect(status?.lastState?.terminated ?? status?.state?.terminated).toMatchObject({ exitCode: 7, reason: 'Error' })
    expect(cluster.pod('crash')?.status?.phase).toBe('Running')
  })

  test('says how long it is held back', () => {
    expect(cluster.told('crash')).toContainEqual(
      expect.stringMatching(
        /^BackOff: Back-off restarting failed container app in pod crash_default\([0-9a-f-]{36}\)$/,
      ),
    )
    const waiting = cluster.runUntil(() => containerOf(cluster, 'crash')?.state?.waiting !== undefined, minutes(6))
    expect(waiting).toBe(true)
    expect(containerOf(cluster, 'crash')?.state?.waiting).toMatchObject({
      reason: 'CrashLoopBackOff',
      message: expect.stringMatching(/^back-off (5m|2m40s)0?s? restarting failed container=app pod=crash_default\(/),
    })
  })
})

describe('a container', () => {
  test('that grows over its limit is killed for it', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    const limited: Container = { ...app, resources: { limits: { memory: '100Mi' } } }
    cluster.createPod(
      'greedy',
      { containers: [limited] },
      { 'seatrial.dev/memory': '200Mi', 'seatrial.dev/memory-ramp': '10s' },
    )
    expect(cluster.runUntil(() => (containerOf(cluster, 'greedy')?.restartCount ?? 0) > 0, seconds(20))).toBe(true)
    expect(containerOf(cluster, 'greedy')?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
  })

  test('that crashes only twice settles', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    cluster.createPod('flaky', { containers: [app] }, { 'seatrial.dev/crash-times': '2' })
    cluster.run(seconds(60))
    expect(containerOf(cluster, 'flaky')).toMatchObject({ ready: true, restartCount: 2 })
  })

  test('whose liveness probe fails is killed and started again', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    const livenessProbe = {
      httpGet: { path: '/healthz', port: 8080 },
      periodSeconds: 5,
      failureThreshold: 3,
      timeoutSeconds: 1,
    }
    const probed: Container = { ...app, ports: [{ containerPort: 8080 }], livenessProbe }
    const annotations = { 'seatrial.dev/startup': '1s', 'seatrial.dev/hang-after': '20s' }
    cluster.createPod('hangs', { containers: [probed], terminationGracePeriodSeconds: 5 }, annotations)
    expect(cluster.runUntil(() => (containerOf(cluster, 'hangs')?.restartCount ?? 0) > 0, seconds(60))).toBe(true)
    const [first, second] = startsOf(cluster)
    // Hung after 20 s, seen by three probes 5 s apart, the first within 5 s; each takes its second to time out.
    const lived = (second ?? 0) - (first ?? 0)
    expect(lived).toBeGreaterThan(seconds(31))
    expect(lived).toBeLessThan(seconds(40))
    expect(cluster.told('hangs')).toContain('Killing: Container app failed liveness probe, will be restarted')
    expect(cluster.told('hangs')).toContain(
      'Unhealthy: Liveness probe failed: Get "http://10.244.0.2:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    )
  })

  test('that never starts up is killed by its startup probe', () => {
    const cluster = new SmallCluster({ images: [IMAGE] })
    const startupProbe = { tcpSocket: { port: 8080 }, periodSeconds: 2, failureThreshold: 5 }
    const slow: Container = { ...app, ports: [{ containerPort: 8080 }], startupProbe }
    cluster.createPod(
      'slow',
      { containers: [slow], terminationGracePeriodSeconds: 2 },
      { 'seatrial.dev/startup': '60s' },
    )
    expect(cluster.runUntil(() => (containerOf(cluster, 'slow')?.restartCount ?? 0) > 0, seconds(40))).toBe(true)
    expect(cluster.told('slow')).toContain('Killing: Container app failed startup probe, will be restarted')
    expect(containerOf(cluster, 'slow')?.started).toBe(false)
  })
})
