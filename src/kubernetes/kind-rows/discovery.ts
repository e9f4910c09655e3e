import { endpointSliceStrategy } from '../strategy/service.ts'
import { row, type KindRow } from './row.ts'

export const DISCOVERY_ROWS: readonly KindRow[] = [
  row('EndpointSlice', { group: 'discovery.k8s.io', strategy: endpointSliceStrategy }),
]
