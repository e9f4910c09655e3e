/** Devices that Pods claim: given out, given back, broken. Shown in docs/devices.md. */
import { readFileSync } from 'node:fs'
import { createCluster, minutes, seconds } from '../src/index.ts'

const cluster = createCluster({
  nodes: 2,
  addons: { deviceDriver: { driver: 'gpu.example.com', perNode: 2, attributes: { model: { string: 'a100' } } } },
})
cluster.run(seconds(30))
cluster.apply(readFileSync(new URL('./devices/train.yaml', import.meta.url), 'utf8'))

const tell = (what: string): void => {
  const phases = cluster.list('Pod').map(({ status }) => status?.phase)
  const count = (phase: string): number => phases.filter((one) => one === phase).length
  const claims = cluster.list('ResourceClaim')
  const devices = claims.flatMap(({ status }) => status?.allocation?.devices?.results ?? [])
  const names = devices.map(({ pool, device }) => `${pool}/${device}`).sort()
  const pods = `${count('Running')} run, ${count('Pending')} wait, ${count('Succeeded')} are done`
  console.log(`${what}: ${pods}; ${claims.length} claims have ${names.join(', ') || 'nothing'}`)
}

cluster.run(seconds(20))
tell('six Pods for four devices')
// The driver finds that a device is broken: its Pod has to go, and nobody else gets it.
const body = [{ op: 'add', path: '/spec/devices/0/taints', value: [{ key: 'broken', effect: 'NoExecute' }] }]
const name = 'node-1-gpu.example.com'
cluster.call({ verb: 'patch', patchType: 'json', kind: 'ResourceSlice', name, body })
cluster.run(seconds(40))
tell('one device broken')
cluster.run(minutes(2))
tell('two minutes later')
