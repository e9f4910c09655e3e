import { apiServiceStrategy } from '../strategy/apiregistration.ts'
import { row, type KindRow } from './row.ts'

export const APIREGISTRATION_ROWS: readonly KindRow[] = [
  row('APIService', {
    group: 'apiregistration.k8s.io',
    categories: ['api-extensions'],
    clusterScoped: true,
    subresources: ['status'],
    storagePrefix: 'apiregistration.k8s.io/apiservices',
    strategy: apiServiceStrategy,
  }),
]
