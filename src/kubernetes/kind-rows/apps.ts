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
  row('ControllerRevision', { group: 'apps' }),
  row('DaemonSet', { group: 'apps', shortNames: ['ds'], categories: ALL, subresources: ['status'] }),
  row('StatefulSet', { group: 'apps', shortNames: ['sts'], categories: ALL, subresources: ['scale', 'status'] }),
]
