import { flowSchemaStrategy, priorityLevelStrategy } from '../strategy/flowcontrol.ts'
import { row, type KindRow } from './row.ts'

const group = 'flowcontrol.apiserver.k8s.io'

export const FLOWCONTROL_ROWS: readonly KindRow[] = [
  row('FlowSchema', { group, clusterScoped: true, subresources: ['status'], strategy: flowSchemaStrategy }),
  row('PriorityLevelConfiguration', {
    group,
    clusterScoped: true,
    subresources: ['status'],
    strategy: priorityLevelStrategy,
  }),
]
