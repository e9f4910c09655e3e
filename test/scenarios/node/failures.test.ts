/**
 * Goal: what dies takes with it what dies with it, and nothing else; what comes back finds the world as it is.
 * Method: kubelet, runtime and machine are killed at various moments; containers, statuses and the Pods' ends are read.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { millis, seconds } from '../../../src/events/time.ts'
import type { Container } from '../../../src/kubernetes/types/container.ts'
import { SmallCluster } from './small-cluster.ts'

const IMAGE = 'registry.example/app:1'
const app: Container = { name: 'app', image: IMAGE }

const withPod = (annotations?: Record<string, string>, container: Container = app): SmallCluster => {
  const cluster = new SmallCluster({ images: [IMAGE] })
  cluster.createPod('web', { containers: [container] }, annotations)
  cluster.run(seconds(10))
  expect(cluster.pod('web')?.status?.phase).toBe('Running')
  return cluster
}

const containerOf = (cluster: SmallCluster) => cluster.pod('web')?.status?.containerStatuses?.[0]

describe('a kubelet that dies', () => {
  test('leaves its containers running and finds them again', () => {
    const cluster = withPod()
    const before = containerOf(cluster)
    cluster.kill('kubelet/node-1')
    cluster.run(seconds(20))
    cluster.revive('kubelet/node-1')
    cluster.run(seconds(20))
    expect(containerOf(cluster)).toEqual(before)
    expect(cluster.of('ContainerStarted')).toHaveLength(1)
    expect(cluster.of('ContainerExited')).toHaveLength(0)
  })

  test('tells what happened meanwhile, and goes on from there', () => {
    const cluster = withPod({ 'seatrial.dev/exit-after': '20s', 'seatrial.dev/exit-code': '9' })
    cluster.kill('kubelet/node-1')
    cluster.run(seconds(30))
    expect(containerOf(cluster)?.state?.running).toBeDefined()
    cluster.revive('kubelet/node-1')
    cluster.run(seconds(20))
    expect(containerOf(cluster)?.restartCount).toBe(1)
    expect(containerOf(cluster)?.lastState?.terminated?.exitCode).toBe(9)
  })

  test('ends what the API no longer knows', () => {
    const cluster = withPod()
    cluster.kill('kubelet/node-1')
    cluster.deletePod('web', 0)
    cluster.run(seconds(5))
    expect(cluster.pod('web')).toBeUndefined()
    cluster.revive('kubelet/node-1')
    cluster.run(seconds(20))
    expect(cluster.of('ContainerExited')).toHaveLength(1)
    expect(cluster.of('RemovePod')).toHaveLength(1)
  })

  test('finishes a deletion that it had begun', () => {
    const cluster = withPod({ 'seatrial.dev/shutdown': '8s' })
    cluster.deletePod('web')
    cluster.run(seconds(2))
    cluster.kill('kubelet/node-1')
    cluster.run(seconds(2))
    cluster.revive('kubelet/node-1')
    cluster.run(seconds(30))
    expect(cluster.pod('web')).toBeUndefined()
    expect(cluster.of('ContainerExited').map(({ data }) => data.exitCode)).toEqual([0])
  })

  test('keeps a Pod ready that was ready, if only its probe says so again', () => {
    const probed: Container = { ...app, readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 10 } }
    const cluster = withPod(undefined, probed)
    cluster.run(seconds(20))
    expect(containerOf(cluster)?.ready).toBe(true)
    cluster.kill('kubelet/node-1')
    cluster.run(seconds(5))
    cluster.revive('kubelet/node-1')
    const lost = cluster.runUntil(() => containerOf(cluster)?.ready === false, seconds(40))
    expect(lost).toBe(false)
  })
})

describe('a runtime that dies', () => {
  test('leaves its containers running, and the kubelet waits for it', () => {
    const cluster = withPod()
    cluster.kill('containerd/node-1')
    cluster.run(seconds(5))
    cluster.createPod('late', { containers: [app] })
    cluster.run(seconds(10))
    expect(cluster.pod('late')?.status?.phase).toBe('Pending')
    cluster.revive('containerd/node-1')
    cluster.run(seconds(30))
    expect(cluster.pod('late')?.status?.phase).toBe('Running')
    expect(containerOf(cluster)?.restartCount).toBe(0)
    expect(cluster.of('ContainerExited')).toHaveLength(0)
  })

  test('for long makes the node not ready, and ready again when it is back', () => {
    const cluster = withPod()
    const ready = () => cluster.get('Node', 'node-1')?.status?.conditions?.find(({ type }) => type === 'Ready')
    cluster.kill('containerd/node-1')
    cluster.run(seconds(45))
    expect(ready()).toMatchObject({ status: 'False', reason: 'KubeletNotReady', message: 'container runtime is down' })
    cluster.revive('containerd/node-1')
    cluster.run(seconds(15))
    expect(ready()).toMatchObject({ status: 'True', reason: 'KubeletReady' })
  })

  test('learns of ends that it missed', () => {
    const cluster = withPod({ 'seatrial.dev/exit-after': '15s', 'seatrial.dev/exit-code': '5' })
    cluster.kill('containerd/node-1')
    cluster.run(seconds(20))
    cluster.revive('containerd/node-1')
    cluster.run(seconds(10))
    expect(containerOf(cluster)?.restartCount).toBe(1)
    expect(containerOf(cluster)?.lastState?.terminated?.exitCode).toBe(5)
  })

  test('in the middle of a stop is asked again', () => {
    const cluster = withPod({ 'seatrial.dev/ignores-sigterm': 'true' })
    cluster.deletePod('web', 20)
    cluster.run(seconds(5))
    cluster.kill('containerd/node-1')
    cluster.run(seconds(2))
    cluster.revive('containerd/node-1')
    cluster.run(seconds(30))
    expect(cluster.pod('web')).toBeUndefined()
    expect(cluster.of('ContainerExited').map(({ data }) => data.exitCode)).toEqual([137])
  })
})

describe('a machine that loses power', () => {
  test('loses its containers; they run again in a new sandbox when it is back', () => {
    const cluster = withPod()
    cluster.powerOff('node-1')
    cluster.run(seconds(60))
    cluster.powerOn('node-1')
    cluster.run(seconds(60))
    const status = containerOf(cluster)
    expect(status).toMatchObject({ ready: true, restartCount: 1 })
    expect(status?.lastState?.terminated).toMatchObject({ exitCode: 255, reason: 'Unknown' })
    expect(cluster.told('web')).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.')
  })
})

describe('whatever dies, and when', () => {
  const victims = fc.constantFrom('kubelet/node-1', 'containerd/node-1', 'kube-apiserver/0', 'etcd/1', 'host')
  const faults = fc.array(
    fc.record({
      victim: victims,
      after: fc.integer({ min: 1, max: 12_000 }),
      down: fc.integer({ min: 10, max: 20_000 }),
    }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )

  test('Pods run again in the end, each in one instance, and a deleted one is gone', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), faults, (seed, plan) => {
        const cluster = new SmallCluster({ seed, images: [IMAGE] })
        cluster.createPod('stays', { containers: [app] })
        cluster.createPod('goes', { containers: [app] }, { 'seatrial.dev/shutdown': '3s' })
        cluster.runUntil(() => cluster.list('Pod').length === 2, seconds(20))
        for (const { victim, after, down } of plan) {
          cluster.run(millis(after))
          if (victim === 'host') {
            cluster.powerOff('node-1')
            cluster.run(millis(down))
            cluster.powerOn('node-1')
          } else {
            cluster.kill(victim)
            cluster.run(millis(down))
            cluster.revive(victim)
          }
        }
        cluster.run(seconds(30))
        cluster.deletePod('goes')
        cluster.run(seconds(150))
        const stays = cluster.pod('stays')
        expect(stays?.status?.phase).toBe('Running')
        expect(stays?.status?.containerStatuses?.[0]?.ready).toBe(true)
        expect(cluster.pod('goes')).toBeUndefined()
        expect(cluster.runningContainers('node-1')).toHaveLength(1)
      }),
      { numRuns: 25 },
    )
  })
})
