import { runtimeClassStrategy } from '../strategy/runtime-class.ts'
import { row, type KindRow } from './row.ts'

export const NODE_ROWS: readonly KindRow[] = [
  row('RuntimeClass', {
    group: 'node.k8s.io',
    resource: 'runtimeclasses',
    clusterScoped: true,
    strategy: runtimeClassStrategy,
  }),
]
