/**
 * Two scheduler plugins in TypeScript, and a cluster whose kube-scheduler uses them.
 * Run it from a checkout with `npx tsx examples/custom-scheduler.ts`; in a project of your own, import from 'seatrial'.
 */
import { createCluster, minutes, renderExplanation, seconds, unschedulable } from '../src/index.ts'
import type { SchedulerPluginDefinition } from '../src/index.ts'

/** Pods with a label `licence` run only on nodes that have that licence. */
const licences: SchedulerPluginDefinition = {
  name: 'Licences',
  create: () => {
    const missing = unschedulable('Licences', 'node(s) had no licence')
    return {
      filter: (_state, { pod }, node) => {
        const wanted = pod.metadata.labels?.['licence']
        return wanted === undefined || node.labels['licence'] === wanted ? undefined : missing
      },
    }
  },
}

/** Quiet nodes are better: 100 points less the node's label `noise`. What is louder than `limit` counts as the limit. */
const quiet: SchedulerPluginDefinition = {
  name: 'Quiet',
  weight: 10,
  create: ({ limit = 100 }) => ({
    score: (_state, _pod, node) => 100 - Math.min(Number(node.labels['noise'] ?? '0'), Number(limit)),
  }),
}

const cluster = createCluster({
  seed: 7,
  nodes: [
    { name: 'quiet' },
    { name: 'noisy', labels: { noise: '80' } },
    { name: 'licensed', labels: { noise: '40', licence: 'ledger' } },
  ],
  scheduler: {
    plugins: [licences, quiet],
    configuration: `
      apiVersion: kubescheduler.config.k8s.io/v1
      kind: KubeSchedulerConfiguration
      profiles:
      - pluginConfig:
        - name: Quiet
          args: {limit: 90}
    `,
  },
})
cluster.run(seconds(20))
cluster.apply(`
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: nginx}]}
---
apiVersion: v1
kind: Pod
metadata: {name: ledger, labels: {licence: ledger}}
spec: {containers: [{name: ledger, image: postgres}]}
---
apiVersion: v1
kind: Pod
metadata: {name: vault, labels: {licence: vault}}
spec: {containers: [{name: vault, image: postgres}]}
`)
cluster.run(minutes(1))

for (const name of ['web', 'ledger', 'vault']) {
  const told = cluster.explainSchedule(name)
  console.log(`${name}: ${told?.node ?? told?.message}`)
}
const web = cluster.explainSchedule('web')
const points = web?.nodes.map(
  ({ node, scores }) => `${node} ${scores?.find(({ plugin }) => plugin === 'Quiet')?.weighted}`,
)
console.log(`Quiet gave: ${points?.join(', ')}`)
if (web !== undefined && process.argv.includes('--tables')) console.log(renderExplanation(web))
