import { ALL, row, type KindRow } from './row.ts'

export const BATCH_ROWS: readonly KindRow[] = [
  row('CronJob', { group: 'batch', shortNames: ['cj'], categories: ALL, subresources: ['status'] }),
  row('Job', { group: 'batch', categories: ALL, subresources: ['status'] }),
]
