/** Autoscalers in a cloud whose machines come and go. Explained in docs/autoscaling.md. */
import { readFileSync } from 'node:fs'
import { createCluster, minutes } from '../src/index.ts'

const cluster = createCluster({
  nodes: 1,
  cloud: { nodeGroups: [{ name: 'pool', min: 0, max: 5, cpu: '4', memory: '16Gi' }] },
  addons: { clusterAutoscaler: {}, verticalPodAutoscaler: true },
})
cluster.run(minutes(1))
cluster.apply(readFileSync(new URL('./autoscaling/shop.yaml', import.meta.url), 'utf8'))

const tell = (what: string): void => {
  const pods = cluster.list('Pod', 'default')
  const requests = pods.map(({ spec }) => spec.containers[0]?.resources?.requests?.['cpu'])
  const machines = cluster.list('Node').map(({ metadata }) => metadata.name)
  console.log(
    `${what}: ${pods.length} Pods that ask for ${[...new Set(requests)].join(' or ')}, on ${machines.join(', ')}`,
  )
}

cluster.run(minutes(1))
tell('after a minute')
// Each Pod uses 400m and asks for 100m. Pods are evicted, a few at a time, and come back asking for more than one machine has.
cluster.run(minutes(14))
tell('a quarter of an hour later')
const body = { spec: { replicas: 3 } }
cluster.call({ verb: 'patch', kind: 'Deployment', namespace: 'default', name: 'shop', patchType: 'merge', body })
cluster.run(minutes(20))
tell('with three replicas')

for (const { involvedObject, reason = '', message = '' } of cluster.list('Event', 'kube-system')) {
  if (involvedObject.name === 'cluster-autoscaler-status' && reason.startsWith('Scale')) console.log(message)
}
