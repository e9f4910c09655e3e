/**
 * A cluster in a test: apply manifests, break a node, ask whether and why the application recovered, try a change.
 * Run it from a checkout with `npx tsx examples/embed.ts`; in a project of your own, import from 'seatrial'.
 */
import { readFileSync } from 'node:fs'
import { crash, createCluster, minutes, renderWhy, seconds } from '../src/index.ts'

const cluster = createCluster({ seed: 7, nodes: 3 })
cluster.run(seconds(20))
cluster.apply(readFileSync(new URL('shop/shop.yaml', import.meta.url), 'utf8'))
cluster.runUntil((c) => c.converged, { within: minutes(5) })
console.log(`up after ${cluster.now / 1_000_000} s: ${cluster.list('Pod', 'shop').length} pods`)

cluster.inject(crash('node-2'), { for: minutes(5) })
cluster.run(minutes(3))
console.log(`three minutes into the outage: ${cluster.unsettled().length} things are not as asked`)

const recovered = cluster.runUntil((c) => c.converged, { within: minutes(15) })
console.log(`recovered: ${recovered}, digest ${cluster.digest().slice(0, 12)}`)

const youngest = cluster
  .list('Pod', 'shop')
  .toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))[0]
console.log(renderWhy(cluster.why(`pod/shop/${youngest?.metadata.name}`)))

// What if the shop had run with two more web servers?
const fork = cluster.fork({
  at: minutes(1),
  with: (c) =>
    c.call({
      verb: 'patch',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      patchType: 'merge',
      body: { spec: { replicas: 6 } },
    }),
})
fork.run(cluster.now - fork.now)
const ready = (view: typeof cluster): number => view.get('Deployment', 'shop', 'web')?.status?.readyReplicas ?? 0
console.log(`web servers ready in the end: ${ready(cluster)}, in the fork: ${ready(fork)}`)
