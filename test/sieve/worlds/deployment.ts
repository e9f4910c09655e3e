import { deploymentController } from '../../../src/actors/controllers/deployment/deployment.ts'
import { replicaSetController } from '../../../src/actors/controllers/replicaset/replicaset.ts'
import { canonicalJson } from '../../../src/kubernetes/hash.ts'
import { isReady } from '../../../src/kubernetes/pods.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'
import { kubelets, living, made, selector, template } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

/** One ReplicaSet for each template. */
const twins = (stage: Stage): string | undefined => {
  const templates = stage.list('ReplicaSet').map(({ spec }) => canonicalJson(spec.template?.spec))
  return new Set(templates).size < templates.length ? 'two ReplicaSets have one template' : undefined
}

/** Made, then rolled to another image. */
export const deployment: SmallWorld = {
  name: 'deployment-controller',
  controllers: () => [deploymentController, replicaSetController(true)],
  given: [
    made('Deployment', 'web', {
      spec: {
        replicas: 2,
        selector,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        template: template(),
      },
    }),
  ],
  steps: 10,
  around: kubelets,
  script: { 3: (stage) => stage.edit('Deployment', 'web', { template: template('app:2') }) },
  // Annotations tell by which ways it came to where it is.
  outcome: (object) => ({ ...object, metadata: { ...object.metadata, annotations: {} } }),
  never: (stage) => {
    const pods = living(stage)
    // One more than surge allows while it does not know of its first ReplicaSet: see races.ts, and so in upstream.
    if (pods.length > 4) return `${pods.length} Pods live, 4 may`
    // Once two have been ready, none goes before another has come.
    const haveBeen = [...stage.truth.ever.values()].filter((object) => object.kind === 'Pod' && isReady(object as Pod))
    if (haveBeen.length >= 2 && pods.filter(isReady).length < 2) return 'fewer Pods are ready than there must be'
    return twins(stage)
  },
}
