/**
 * Goal: a node takes a Pod only if it fits beside those that it has taken.
 * Method: one case per reason that a kubelet gives, with upstream's words; then the sum rule for any requests.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { admission } from '../../../src/actors/kubelet/node/admission.ts'
import type { Node } from '../../../src/kubernetes/types/node.ts'
import type { Pod, PodSpec } from '../../../src/kubernetes/types/pod.ts'

const allocatable = { cpu: '2', memory: '1Gi', pods: '3', 'ephemeral-storage': '10Gi' }
const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', uid: 'n', resourceVersion: '1', creationTimestamp: '', labels: { disk: 'ssd' } },
  spec: {},
}

const podWith = (cpu: string, spec: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
  spec: { containers: [{ name: 'app', resources: { requests: { cpu } } }], ...spec },
})

describe('admission', () => {
  test('lets in what fits', () => {
    expect(admission(podWith('1'), [podWith('1')], node, allocatable)).toBeUndefined()
  })

  test('names the resource that is missing, and the sums', () => {
    expect(admission(podWith('1500m'), [podWith('600m')], node, allocatable)).toEqual({
      reason: 'OutOfcpu',
      message: "Node didn't have enough resource: cpu, requested: 1500, used: 600, capacity: 2000",
    })
    const full = [podWith('0'), podWith('0'), podWith('0')]
    expect(admission(podWith('0'), full, node, allocatable)?.reason).toBe('OutOfpods')
  })

  test('looks at labels, ports and taints', () => {
    const picky = podWith('0', { nodeSelector: { disk: 'hdd' } })
    expect(admission(picky, [], node, allocatable)).toEqual({
      reason: 'NodeAffinity',
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    })
    const web = podWith('0', { containers: [{ name: 'web', ports: [{ containerPort: 80, hostPort: 80 }] }] })
    expect(admission(web, [web], node, allocatable)?.reason).toBe('NodePorts')
    const tainted: Node = { ...node, spec: { taints: [{ key: 'gone', effect: 'NoExecute' }] } }
    expect(admission(podWith('0'), [], tainted, allocatable)?.reason).toBe('TaintToleration')
    const notReady: Node = {
      ...node,
      spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
    }
    expect(admission(podWith('0'), [], notReady, allocatable)).toBeUndefined()
  })

  test('never lets the sum of requests exceed what is there', () => {
    const requests = fc.array(fc.integer({ min: 1, max: 1_500 }), { maxLength: 12 })
    fc.assert(
      fc.property(requests, (millis) => {
        const taken: Pod[] = []
        const roomy = { ...allocatable, pods: '100' }
        for (const one of millis) {
          const pod = podWith(`${one}m`)
          if (admission(pod, taken, node, roomy) === undefined) taken.push(pod)
        }
        const sum = taken.reduce(
          (total, pod) => total + Number(/^\d+/.exec(pod.spec.containers[0]?.resources?.requests?.['cpu'] ?? '')?.[0]),
          0,
        )
        expect(sum).toBeLessThanOrEqual(2_000)
      }),
    )
  })
})
