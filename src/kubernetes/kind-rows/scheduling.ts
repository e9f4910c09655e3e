import { priorityClassStrategy } from '../strategy/others.ts'
import { row, type KindRow } from './row.ts'

export const SCHEDULING_ROWS: readonly KindRow[] = [
  row('PriorityClass', {
    group: 'scheduling.k8s.io',
    resource: 'priorityclasses',
    shortNames: ['pc'],
    clusterScoped: true,
    strategy: priorityClassStrategy,
  }),
]
