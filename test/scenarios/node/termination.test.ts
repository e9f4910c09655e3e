/**
 * Goal: a Pod that is deleted ends in order and within its grace.
 * Method: containers that stop quickly, slowly or not at all, with hooks and sidecars; the moments of signals and ends are read.
 */
import { describe, expect, test } from 'vitest'
import { seconds } from '../../../src/events/time.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import type { PodSpec } from '../../../src/kubernetes/types/pod.ts'
import { SmallCluster } from './small-cluster.ts'

const IMAGE = 'registry.example/app:1'
const app: Container = { name: 'app', image: IMAGE }

const running = (
  spec: Partial<PodSpec> & { readonly containers: readonly Container[] },
  annotations?: Record<string, string>,
): SmallCluster => {
  const cluster = new SmallCluster({ images: [IMAGE, 'busybox'] })
  cluster.createPod('web', spec, annotations)
  cluster.run(seconds(10))
  expect(cluster.pod('web')?.status?.phase).toBe('Running')
  return cluster
}

/** Seconds from the deletion to each signal and each end. */
const timesOf = (cluster: SmallCluster, deletedAt: number): readonly (readonly [string, number])[] => {
  const times: (readonly [string, number])[] = []
  for (const event of cluster.events) {
    const after = Math.round((event.at - deletedAt) / seconds(0.1)) / 10
    if (event.type === 'SignalTask') times.push([event.data.signal, after])
    else if (event.type === 'ContainerExited') times.push([`${event.data.name} exits ${event.data.exitCode}`, after])
  }
  return times
}

const deleted = (cluster: SmallCluster, grace?: number) => {
  const at = cluster.now
  cluster.deletePod('web', grace)
  cluster.run(seconds(60))
  return timesOf(cluster, at)
}

describe('a Pod that is deleted', () => {
  test('ends with SIGTERM if it listens', () => {
    const times = deleted(running({ containers: [app] }, { 'seatrial.dev/shutdown': '5s' }))
    expect(times.map(([what]) => what)).toEqual(['SIGTERM', 'app exits 0'])
    expect(times[1]?.[1]).toBeGreaterThanOrEqual(5)
    expect(times[1]?.[1]).toBeLessThan(5.5)
  })

  test('is killed when its grace is over', () => {
    const sleeper: Container = { name: 'app', image: 'busybox', command: ['sleep', '3600'] }
    const cluster = running({ containers: [sleeper], terminationGracePeriodSeconds: 10 })
    const times = deleted(cluster)
    expect(times.map(([what]) => what)).toEqual(['SIGTERM', 'SIGKILL', 'app exits 137'])
    expect(times[1]?.[1]).toBeCloseTo(10, 0)
    expect(cluster.pod('web')).toBeUndefined()
  })

  test('runs its hook first, on its own time', () => {
    const hooked: Container = { ...app, lifecycle: { preStop: { exec: { command: ['sleep', '4'] } } } }
    const times = deleted(
      running({ containers: [hooked], terminationGracePeriodSeconds: 6 }, { 'seatrial.dev/ignores-sigterm': 'true' }),
    )
    expect(times[0]).toEqual(['SIGTERM', expect.closeTo(4, 0)])
    expect(times[1]).toEqual(['SIGKILL', expect.closeTo(6, 0)])
  })

  test('has two seconds, even after a hook that took everything', () => {
    const hooked: Container = { ...app, lifecycle: { preStop: { exec: { command: ['sleep', '30'] } } } }
    const times = deleted(
      running({ containers: [hooked], terminationGracePeriodSeconds: 5 }, { 'seatrial.dev/ignores-sigterm': 'true' }),
    )
    expect(times[0]).toEqual(['SIGTERM', expect.closeTo(5, 0)])
    expect(times[1]).toEqual(['SIGKILL', expect.closeTo(7, 0)])
  })

  test('stops its sidecars last, in reverse', () => {
    const side = (name: string): Container => ({ name, image: IMAGE, restartPolicy: 'Always' })
    const cluster = running(
      { initContainers: [side('mesh'), side('logs')], containers: [app] },
      { 'seatrial.dev/shutdown': '1s' },
    )
    const ends = deleted(cluster).filter(([what]) => what.includes('exits'))
    expect(ends.map(([what]) => what)).toEqual(['app exits 0', 'logs exits 0', 'mesh exits 0'])
    expect(ends.map(([, after]) => Math.floor(after))).toEqual([1, 2, 3])
  })

  test('has no more grace than the last who asked gives it', () => {
    const cluster = running(
      { containers: [app], terminationGracePeriodSeconds: 600 },
      { 'seatrial.dev/ignores-sigterm': 'true' },
    )
    const at = cluster.now
    cluster.deletePod('web')
    cluster.run(seconds(10))
    cluster.deletePod('web', 5)
    cluster.run(seconds(20))
    const killed = timesOf(cluster, at).find(([what]) => what === 'SIGKILL')
    expect(killed?.[1]).toBeCloseTo(15, 0)
    expect(cluster.pod('web')).toBeUndefined()
  })

  test('by force goes from the API at once, and from the node all the same', () => {
    const cluster = running({ containers: [app] })
    cluster.deletePod('web', 0)
    cluster.run(seconds(1))
    expect(cluster.pod('web')).toBeUndefined()
    cluster.run(seconds(40))
    expect(cluster.of('ContainerExited')).toHaveLength(1)
    expect(cluster.of('SandboxStopped')).toHaveLength(1)
  })

  test('while its image is pulled does not wait for it', () => {
    const cluster = new SmallCluster()
    cluster.createPod('web', { containers: [app] }, { 'seatrial.dev/image-pull': '50s' })
    cluster.run(seconds(10))
    cluster.deletePod('web')
    cluster.run(seconds(5))
    expect(cluster.pod('web')).toBeUndefined()
    expect(cluster.of('ContainerStarted')).toHaveLength(0)
    const last = cluster
      .requestsBy('node-1')
      .filter(({ data }) => data.subresource === 'status' && data.kind === 'Pod')
      .at(-1)
    expect(JSON.stringify(last?.data.body)).toContain('The container could not be located when the pod was terminated')
  })
})
