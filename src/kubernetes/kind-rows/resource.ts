import { resourceSliceField } from '../selectable-fields.ts'
import {
  deviceClassStrategy,
  resourceClaimStrategy,
  resourceClaimTemplateStrategy,
  resourceSliceStrategy,
} from '../strategy/resource.ts'
import { row, type KindRow } from './row.ts'

const group = 'resource.k8s.io'

export const RESOURCE_ROWS: readonly KindRow[] = [
  row('DeviceClass', { group, resource: 'deviceclasses', clusterScoped: true, strategy: deviceClassStrategy }),
  row('ResourceClaim', { group, subresources: ['status'], strategy: resourceClaimStrategy }),
  row('ResourceClaimTemplate', { group, strategy: resourceClaimTemplateStrategy }),
  row('ResourceSlice', { group, clusterScoped: true, strategy: resourceSliceStrategy, field: resourceSliceField }),
]
