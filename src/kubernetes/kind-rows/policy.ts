import { podDisruptionBudgetStrategy } from '../strategy/others.ts'
import { row, type KindRow } from './row.ts'

export const POLICY_ROWS: readonly KindRow[] = [
  row('PodDisruptionBudget', {
    group: 'policy',
    shortNames: ['pdb'],
    subresources: ['status'],
    strategy: podDisruptionBudgetStrategy,
  }),
]
