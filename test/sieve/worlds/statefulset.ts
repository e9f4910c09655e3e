import { statefulSetController } from '../../../src/actors/controllers/statefulset/statefulset.ts'
import { kubelets, made, selector, template } from '../objects.ts'
import type { Stage } from '../stage.ts'
import type { SmallWorld } from '../world.ts'

/** No Pod and no claim beside those two. */
const never = (stage: Stage): string | undefined => {
  const pods = stage.list('Pod')
  const odd = pods.find(({ metadata }) => !['db-0', 'db-1'].includes(metadata.name))
  if (odd !== undefined) return `there is a Pod ${odd.metadata.name}`
  const claims = stage.list('PersistentVolumeClaim').length
  return claims > 2 ? `${claims} claims` : undefined
}

/** Two Pods with a claim each, rolled to another image; then somebody deletes a Pod. */
export const statefulSet: SmallWorld = {
  name: 'statefulset-controller',
  controllers: () => [statefulSetController(true)],
  given: [
    made('StatefulSet', 'db', {
      spec: {
        replicas: 2,
        serviceName: 'db',
        selector,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        revisionHistoryLimit: 10,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        volumeClaimTemplates: [
          {
            ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
            metadata: { name: 'disk' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
        template: template(),
      },
    }),
  ],
  steps: 14,
  around: kubelets,
  script: {
    4: (stage) => stage.edit('StatefulSet', 'db', { template: template('app:2') }),
    11: (stage) => stage.delete('Pod', 'db-1'),
  },
  never,
}
