import { jobField } from '../selectable-fields.ts'
import { cronJobStrategy, jobStrategy } from '../strategy/batch.ts'
import { ALL, row, type KindRow } from './row.ts'

export const BATCH_ROWS: readonly KindRow[] = [
  row('CronJob', {
    group: 'batch',
    shortNames: ['cj'],
    categories: ALL,
    subresources: ['status'],
    strategy: cronJobStrategy,
  }),
  row('Job', {
    group: 'batch',
    categories: ALL,
    subresources: ['status'],
    strategy: jobStrategy,
    field: jobField,
  }),
]
