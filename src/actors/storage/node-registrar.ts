import { defineController, type Controller } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import type { CSIDriverShape } from './csi-driver.ts'

/**
 * Registers the driver on every node.
 * Abridged: upstream each kubelet does so when the driver's Pod on its node has said that it is there.
 * Source: pkg/volume/csi/nodeinfomanager/nodeinfomanager.go, InstallCSIDriver (v1.36).
 */
export const nodeRegistrar = ({ driver, topologyKey, volumesPerNode }: CSIDriverShape): Controller =>
  defineController({
    name: 'csi-node-registrar',
    kinds: ['CSINode'],
    workers: 1,
    memory: () => undefined,
    wakes: ({ name, after }) => (after === undefined ? [] : [name]),

    *reconcile(name, { view }): Sync {
      const node = view.get('CSINode', undefined, name)
      if (node === undefined || node.spec.drivers.some((one) => one.name === driver)) return
      const own = {
        name: driver,
        nodeID: name,
        topologyKeys: topologyKey === '' ? [] : [topologyKey],
        ...(volumesPerNode === 0 ? {} : { allocatable: { count: volumesPerNode } }),
      }
      const body = { ...node, spec: { ...node.spec, drivers: [...node.spec.drivers, own] } }
      const answer = yield* call({ verb: 'update', kind: 'CSINode', name, body })
      return answer.ok ? undefined : { retry: answer.message }
    },
  })
