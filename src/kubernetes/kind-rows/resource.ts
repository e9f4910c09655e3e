import { row, type KindRow } from './row.ts'

export const RESOURCE_ROWS: readonly KindRow[] = [
  row('DeviceClass', { group: 'resource.k8s.io', resource: 'deviceclasses', clusterScoped: true }),
  row('ResourceClaim', { group: 'resource.k8s.io', subresources: ['status'] }),
  row('ResourceClaimTemplate', { group: 'resource.k8s.io' }),
  row('ResourceSlice', { group: 'resource.k8s.io', clusterScoped: true }),
]
