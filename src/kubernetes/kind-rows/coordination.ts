import { leaseStrategy } from '../strategy/others.ts'
import { row, type KindRow } from './row.ts'

export const COORDINATION_ROWS: readonly KindRow[] = [
  row('Lease', { group: 'coordination.k8s.io', strategy: leaseStrategy }),
]
