import { defineController } from '../../engine/client/controller.ts'
import { call, type Sync } from '../../engine/client/sync.ts'
import type { Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import { findCondition } from '../../kubernetes/conditions.ts'
import { rfc3339 } from '../../kubernetes/time.ts'
import type { Node } from '../../kubernetes/types/node.ts'
import { askCloud } from './ask.ts'

/** Source: cloud-provider/config/v1alpha1/defaults.go, NodeMonitorPeriod (v1.36). */
const MONITOR_PERIOD: Micros = seconds(5)
/** Source: cloud-provider/api/well_known_taints.go, TaintNodeShutdown (v1.36). */
const SHUTDOWN = 'node.cloudprovider.kubernetes.io/shutdown'

const isReady = ({ status }: Node): boolean => findCondition(status?.conditions, 'Ready')?.status === 'True'
const isTainted = ({ spec }: Node): boolean => spec.taints?.some(({ key }) => key === SHUTDOWN) === true

/**
 * Deletes the nodes whose instances are gone and marks those whose instances are shut down. Nodes that are ready are not
 * asked about.
 * Source: cloud-provider/controllers/nodelifecycle/node_lifecycle_controller.go, MonitorNodes (v1.36).
 */
export const cloudNodeLifecycleController = defineController({
  name: 'cloud-node-lifecycle-controller',
  kinds: ['Node'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ name, after }) => {
    const node = after as Node | undefined
    return node === undefined || (isReady(node) && !isTainted(node)) ? [] : [name]
  },

  *reconcile(name, world): Sync {
    const node = world.view.get('Node', undefined, name)
    if (node === undefined) return
    if (isReady(node)) {
      if (!isTainted(node)) return
      const taints = (node.spec.taints ?? []).filter(({ key }) => key !== SHUTDOWN)
      const answer = yield* call({
        verb: 'update',
        kind: 'Node',
        name,
        body: { ...node, spec: { ...node.spec, taints } },
      })
      return answer.ok ? undefined : { retry: answer.message }
    }
    const { problem, instance } = yield* askCloud({ op: 'instance', name })
    if (problem !== undefined) return { after: MONITOR_PERIOD }
    if (instance === undefined) {
      const message = `Deleting node ${name} because it does not exist in the cloud provider`
      world.event('Node', node, 'Normal', 'DeletingNode', message)
      const answer = yield* call({ verb: 'delete', kind: 'Node', name })
      return answer.ok || answer.code === 404 ? undefined : { after: MONITOR_PERIOD }
    }
    if (!instance.running && !isTainted(node)) {
      const taint = { key: SHUTDOWN, effect: 'NoSchedule', timeAdded: rfc3339(world.now) } as const
      const taints = [...(node.spec.taints ?? []), taint]
      yield* call({ verb: 'update', kind: 'Node', name, body: { ...node, spec: { ...node.spec, taints } } })
    }
    return { after: MONITOR_PERIOD }
  },
})
