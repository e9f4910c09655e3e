import { nodeLifecycleController } from '../../../src/actors/controllers/node-lifecycle/node-lifecycle.ts'
import { seconds } from '../../../src/events/time.ts'
import { rfc3339 } from '../../../src/kubernetes/time.ts'
import { conditionStatus } from '../../../src/kubernetes/conditions.ts'
import { isReady } from '../../../src/kubernetes/pods.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import { made, readyNode, readyPod, withPhase } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

const READY = { type: 'Ready', status: 'True' as const, reason: 'KubeletReady' }

const leaseOf = (name: string): ReturnType<typeof made> =>
  made('Lease', name, { spec: { holderIdentity: name, leaseDurationSeconds: 40 } }, { namespace: 'kube-node-lease' })

/** Nodes 2 and 3 renew their leases and tell how they are; node 1 does for the first quarter. */
const beat = (stage: Stage): void => {
  const isAlive = stage.now < seconds(30)
  for (const name of isAlive ? ['node-1', 'node-2', 'node-3'] : ['node-2', 'node-3']) {
    stage.truth.put(
      {
        ...leaseOf(name),
        ...{ spec: { holderIdentity: name, renewTime: rfc3339(stage.now).replace('Z', '.000000Z') } },
      } as Parameters<typeof stage.truth.put>[0],
      stage.now,
    )
    if (conditionStatus(stage.get('Node', name)?.status?.conditions, 'Ready') !== 'True')
      stage.change('Node', name, (node) => ({ ...node, status: { conditions: [READY] } }))
    for (const pod of stage.list('Pod'))
      if (pod.spec.nodeName === name && !isReady(pod))
        stage.change('Pod', pod.metadata.name, (before) => withPhase(before, 'Running', stage))
  }
}

/** A node falls silent: it is tainted and its Pod unready; the others are not. */
export const nodeLifecycle: SmallWorld = {
  name: 'node-lifecycle-controller',
  controllers: () => [nodeLifecycleController],
  given: [
    ...['node-1', 'node-2', 'node-3'].flatMap((name) => [readyNode(name), leaseOf(name)]),
    readyPod('there', { nodeName: 'node-1' }),
    readyPod('here', { nodeName: 'node-2' }),
  ],
  step: seconds(10),
  steps: 12,
  settle: seconds(100),
  around: beat,
  // What a kubelet writes has no addresses here.
  outcome: (object) => (object.kind === 'Pod' ? { ...object, status: { isReady: isReady(object as Pod) } } : object),
  finally: (stage) => {
    const tainted = stage
      .list('Node')
      .flatMap(({ metadata, spec }) => ((spec.taints ?? []).length > 0 ? metadata.name : []))
    return tainted.join() === 'node-1' ? undefined : `tainted: ${tainted.join()}`
  },
  knownWrong: {
    'restart/0':
      'kubernetes#50067: Pods are marked only on the edge from True to Unknown, and that is written before them',
  },
}
