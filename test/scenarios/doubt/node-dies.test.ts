/**
 * Goal: a node that dies costs its users some requests until it is noticed, and its Pods their place after five minutes more.
 * Method: a machine under load loses power; what users got, the timeline and `why` are read against the documented times.
 */
import { describe, expect, test } from 'vitest'
import { crash } from '../../../src/cluster/fault.ts'
import { minutes, seconds } from '../../../src/events/time.ts'
import { goodPods, nodeReady, podsOf, readyEndpoints, requests, servingCluster, toldAt, twice } from './scene.ts'

/** node-lifecycle-controller: 50 s without a sign of life, looked for every 5 s; a Lease is renewed every 10 s. */
const NOTICED_AFTER = { least: seconds(39), most: seconds(56) }
/** DefaultTolerationSeconds; the Pod is deleted at once then, and the next one is ready within seconds. */
const TOLERATED = seconds(300)
const REPLACED_WITHIN = seconds(15)

describe('a node that dies', () => {
  let died = 0
  const cluster = twice(() => {
    const one = servingCluster({ seed: 11 })
    died = one.now
    one.inject(crash('node-1'))
    one.run(minutes(8))
    return one
  })
  const unready = toldAt(cluster, /^node\/node-1 Ready True → Unknown/, died)
  const evicted = toldAt(cluster, /^pod\/web-.* to be disrupted \(DeletionByTaintManager\)/, died)

  test('is noticed after its grace period, and then users are spared', () => {
    expect(unready - died).toBeGreaterThan(NOTICED_AFTER.least)
    expect(unready - died).toBeLessThan(NOTICED_AFTER.most)
    const blind = requests(cluster, died, unready)
    expect(blind.failed).toBeGreaterThan(0)
    expect(blind.served, 'two of three Pods and one of two DNS servers are there').toBeGreaterThan(blind.failed / 3)
    // What was asked before has a second to fail, and the DNS server on that node is given up a little later.
    expect(requests(cluster, unready + seconds(15), cluster.now).failed).toBe(0)
    expect(readyEndpoints(cluster, unready + seconds(1))).toBe(2)
  })

  test('has its Pod replaced once its toleration is over, not before', () => {
    expect(evicted - unready).toBeGreaterThanOrEqual(TOLERATED)
    expect(evicted - unready).toBeLessThan(TOLERATED + seconds(1))
    expect(readyEndpoints(cluster, evicted - seconds(1))).toBe(2)
    expect(readyEndpoints(cluster, evicted + REPLACED_WITHIN)).toBe(3)
    expect(goodPods(cluster, 'web').every(({ spec }) => spec.nodeName !== 'node-1')).toBe(true)
  })

  test('keeps the lost Pod in the API until somebody can say that it has ended', () => {
    const [lost] = podsOf(cluster, 'web').filter(({ spec }) => spec.nodeName === 'node-1')
    expect(lost?.metadata.deletionTimestamp).toBeDefined()
    expect(nodeReady(cluster, 'node-1')).toBe('Unknown')
  })

  test('is what its Pod died of', () => {
    const [lost] = podsOf(cluster, 'web').filter(({ spec }) => spec.nodeName === 'node-1')
    const texts = cluster.why(`pod/${lost?.metadata.name}`).map(({ text }) => text)
    expect(texts.findIndex((text) => text === 'host node-1 lost power')).toBeGreaterThanOrEqual(0)
    expect(texts.join('\n')).toMatch(/host node-1 lost power[^]*node\/node-1 silent[^]*tolerated[^]*terminating/)
  })
})
