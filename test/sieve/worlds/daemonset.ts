import { daemonSetController } from '../../../src/actors/controllers/daemonset/daemonset.ts'
import { kubelets, living, made, readyNode, selector, template } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

const nodeOf = ({ spec }: ReturnType<typeof living>[number]): string => {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return terms[0]?.matchFields?.[0]?.values?.[0] ?? ''
}

const never = (stage: Stage): string | undefined => {
  const nodes = living(stage).map(nodeOf)
  return new Set(nodes).size < nodes.length ? 'two Pods on one node' : undefined
}

/** A node comes, the template changes, a node goes away from it by a taint. */
export const daemonSet: SmallWorld = {
  name: 'daemonset-controller',
  controllers: () => [daemonSetController(true)],
  given: [
    readyNode('node-1'),
    made('DaemonSet', 'agent', {
      spec: {
        selector,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
        revisionHistoryLimit: 10,
        template: template(),
      },
    }),
  ],
  steps: 10,
  around: kubelets,
  script: {
    1: (stage) => stage.put(readyNode('node-2')),
    3: (stage) => stage.edit('DaemonSet', 'agent', { template: template('app:2') }),
    8: (stage) => stage.edit('Node', 'node-1', { taints: [{ key: 'x', effect: 'NoExecute' }] }),
  },
  never,
}
