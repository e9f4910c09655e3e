import { EVENTS_V1 } from '../conversion/events-v1.ts'
import {
  eventField,
  namespaceField,
  nodeField,
  podField,
  replicationControllerField,
  secretField,
  serviceField,
} from '../selectable-fields.ts'
import {
  configMapStrategy,
  eventStrategy,
  namespaceStrategy,
  nodeStrategy,
  secretStrategy,
  serviceAccountStrategy,
} from '../strategy/others.ts'
import { endpointsStrategy } from '../strategy/endpoints.ts'
import { podStrategy } from '../strategy/pod.ts'
import { limitRangeStrategy, resourceQuotaStrategy } from '../strategy/quota.ts'
import { serviceStrategy } from '../strategy/service.ts'
import { podTemplateStrategy, replicationControllerStrategy } from '../strategy/workloads.ts'
import { persistentVolumeClaimStrategy, persistentVolumeStrategy } from '../strategy/storage.ts'
import { ALL, row, type KindRow } from './row.ts'

const POD_SUBRESOURCES = [
  'attach',
  'binding',
  'ephemeralcontainers',
  'eviction',
  'exec',
  'log',
  'portforward',
  'proxy',
  'resize',
  'status',
]

export const CORE_ROWS: readonly KindRow[] = [
  row('Namespace', {
    shortNames: ['ns'],
    clusterScoped: true,
    subresources: ['finalize', 'status'],
    strategy: namespaceStrategy,
    field: namespaceField,
  }),
  row('Node', {
    shortNames: ['no'],
    clusterScoped: true,
    subresources: ['proxy', 'status'],
    storagePrefix: 'minions',
    strategy: nodeStrategy,
    field: nodeField,
  }),
  row('Pod', {
    shortNames: ['po'],
    categories: ALL,
    subresources: POD_SUBRESOURCES,
    strategy: podStrategy,
    field: podField,
  }),
  row('Service', {
    shortNames: ['svc'],
    categories: ALL,
    subresources: ['proxy', 'status'],
    storagePrefix: 'services/specs',
    strategy: serviceStrategy,
    field: serviceField,
  }),
  row('ConfigMap', { shortNames: ['cm'], strategy: configMapStrategy }),
  row('Secret', { strategy: secretStrategy, field: secretField }),
  row('ServiceAccount', { shortNames: ['sa'], subresources: ['token'], strategy: serviceAccountStrategy }),
  row('Event', { shortNames: ['ev'], strategy: eventStrategy, field: eventField, otherVersions: [EVENTS_V1] }),
  row('Endpoints', {
    resource: 'endpoints',
    shortNames: ['ep'],
    storagePrefix: 'services/endpoints',
    strategy: endpointsStrategy,
    deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  }),
  row('LimitRange', { shortNames: ['limits'], strategy: limitRangeStrategy }),
  row('PersistentVolume', {
    shortNames: ['pv'],
    clusterScoped: true,
    subresources: ['status'],
    strategy: persistentVolumeStrategy,
  }),
  row('PersistentVolumeClaim', {
    shortNames: ['pvc'],
    subresources: ['status'],
    strategy: persistentVolumeClaimStrategy,
  }),
  row('PodTemplate', { strategy: podTemplateStrategy }),
  row('ReplicationController', {
    shortNames: ['rc'],
    categories: ALL,
    subresources: ['scale', 'status'],
    storagePrefix: 'controllers',
    strategy: replicationControllerStrategy,
    field: replicationControllerField,
  }),
  row('ResourceQuota', { shortNames: ['quota'], subresources: ['status'], strategy: resourceQuotaStrategy }),
]
