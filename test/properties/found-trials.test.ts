/**
 * Goal: what random trials have found once stays mended.
 * Method: each trial that did not converge, made as small as it could be, with what was wrong. They must converge now.
 */
import { expect, test } from 'vitest'
import type { PlannedFault } from '../../src/chaos/fault-script.ts'
import { millis } from '../../src/events/time.ts'
import type { ApiObject } from '../../src/events/json.ts'
import { CONVERGES_WITHIN, runTrial, type Trial } from '../support/trial.ts'

const deployment = (name: string, replicas: number): ApiObject => {
  const labels = { app: name }
  const tolerations = ['not-ready', 'unreachable'].map((key) => ({
    ...{ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute' },
    tolerationSeconds: 20,
  }))
  const containers = [{ name: 'main', image: `registry.example/${name}:1` }]
  const spec = {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { tolerations, containers } },
  }
  const metadata: object = { name, namespace: 'default' }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec } as ApiObject
}

const crash = (host: string, at: number, lasts: number): PlannedFault => ({
  ...{ fault: { kind: 'crash', host }, at: millis(at), for: millis(lasts) },
})

const cutOff = (from: string, at: number, lasts: number): PlannedFault => ({
  ...{ fault: { kind: 'partition', from, to: '*', bothWays: true }, at: millis(at), for: millis(lasts) },
})

const FOUND: readonly (Trial & { readonly wrong: string })[] = [
  {
    wrong:
      'a connection that broke unnoticed behind a partition was given up after its ends had met again: an API server ' +
      'forgot the watches of a kubelet that had just begun, and its Pods were never started',
    options: { seed: 2147483638, nodes: 2, controlPlane: 3 },
    workload: { objects: [deployment('worker', 3)] },
    storm: [crash('node-2', 90_004, 149_998), cutOff('cp-2', 192_070, 71_908), crash('node-1', 228_859, 71_141)],
  },
]

test.each(FOUND)('$wrong', (trial) => {
  const cluster = runTrial(trial)
  cluster.runUntil((one) => one.converged, { within: CONVERGES_WITHIN })
  expect(cluster.unsettled()).toEqual([])
})
