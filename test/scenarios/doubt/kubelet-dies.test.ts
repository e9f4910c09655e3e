/**
 * Goal: without its kubelet a node's containers serve on, though the control plane must take them for lost.
 * Method: only the kubelet is killed and held down, for ten minutes; users ask on; the machine's containers are counted.
 */
import { describe, expect, test } from 'vitest'
import { kill } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { goodPods, nodeReady, podsOf, readyEndpoints, requests, servingCluster, toldAt, twice } from './scene.ts'

describe('a kubelet that dies', () => {
  let died = 0
  const cluster = twice(() => {
    const one = servingCluster({ seed: 12 })
    died = one.now
    one.inject(kill('kubelet/node-1'), { for: minutes(8) })
    one.run(minutes(8))
    return one
  })

  test('costs no user a request: its containers run, and leave the endpoints while they do', () => {
    expect(requests(cluster, died, cluster.now).failed).toBe(0)
    const unready = toldAt(cluster, /^node\/node-1 Ready True → Unknown/, died)
    expect(readyEndpoints(cluster, unready + seconds(1))).toBe(2)
    const exits = [...cluster.log.range(0)].filter(({ at, type }) => at > died && type === 'ContainerExited')
    expect(exits).toEqual([])
  })

  test('has its Pods replaced elsewhere after grace period and toleration', () => {
    const evicted = toldAt(cluster, /to be disrupted \(DeletionByTaintManager\)/, died)
    expect(evicted - died).toBeGreaterThan(seconds(39 + 300))
    expect(evicted - died).toBeLessThan(seconds(57 + 300))
    expect(goodPods(cluster, 'web')).toHaveLength(3)
    expect(podsOf(cluster, 'web'), 'the deleted one waits for its kubelet').toHaveLength(4)
  })

  test('comes back, ends what was deleted meanwhile, and its node is as good as new', () => {
    const back = cluster.now
    expect(cluster.runUntil((one) => one.converged, { within: minutes(1) })).toBe(true)
    expect(nodeReady(cluster, 'node-1')).toBe('True')
    expect(cluster.get('Node', undefined, 'node-1')?.spec.taints ?? []).toEqual([])
    expect(podsOf(cluster, 'web')).toHaveLength(3)
    expect(requests(cluster, back, cluster.now).failed).toBe(0)
  })
})
