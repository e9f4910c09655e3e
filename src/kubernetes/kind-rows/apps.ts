import { daemonSetStrategy } from '../strategy/daemonset.ts'
import { controllerRevisionStrategy, statefulSetStrategy } from '../strategy/statefulset.ts'
import { deploymentStrategy, replicaSetStrategy } from '../strategy/workloads.ts'
import { ALL, row, type KindRow } from './row.ts'

export const APPS_ROWS: readonly KindRow[] = [
  row('Deployment', {
    group: 'apps',
    shortNames: ['deploy'],
    categories: ALL,
    subresources: ['scale', 'status'],
    strategy: deploymentStrategy,
  }),
  row('ReplicaSet', {
    group: 'apps',
    shortNames: ['rs'],
    categories: ALL,
    subresources: ['scale', 'status'],
    strategy: replicaSetStrategy,
  }),
  row('ControllerRevision', { group: 'apps', strategy: controllerRevisionStrategy }),
  row('DaemonSet', {
    group: 'apps',
    shortNames: ['ds'],
    categories: ALL,
    subresources: ['status'],
    strategy: daemonSetStrategy,
  }),
  row('StatefulSet', {
    group: 'apps',
    shortNames: ['sts'],
    categories: ALL,
    subresources: ['scale', 'status'],
    strategy: statefulSetStrategy,
  }),
]
