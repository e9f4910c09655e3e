/**
 * The kinds, one row each: how the API names them, where the store keeps them, what is special about writing them.
 *
 * A row without a strategy is known by name (its objects can be kept and viewed) but not served by the API.
 * Source: aggregated discovery of kube-apiserver v1.36; pkg/registry (storage prefixes, strategies).
 */
import type { ApiObject } from '../events/json.ts'
import type { Kind, KindMap } from './kinds.ts'
import { eventField, namespaceField, nodeField, podField, secretField, serviceField } from './selectable-fields.ts'
import {
  configMapStrategy,
  eventStrategy,
  leaseStrategy,
  namespaceStrategy,
  nodeStrategy,
  podDisruptionBudgetStrategy,
  priorityClassStrategy,
  secretStrategy,
  serviceAccountStrategy,
} from './strategy/others.ts'
import { podStrategy } from './strategy/pod.ts'
import { endpointSliceStrategy, serviceStrategy } from './strategy/service.ts'
import type { Strategy } from './strategy/strategy.ts'
import { deploymentStrategy, replicaSetStrategy } from './strategy/workloads.ts'

export interface KindRow {
  readonly kind: Kind
  /** '' for the core group. */
  readonly group: string
  readonly version: string
  /** As objects carry it: `v1`, `apps/v1`. */
  readonly apiVersion: string
  /** Plural, as in paths. */
  readonly resource: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly subresources: readonly string[]
  /** Between `/registry/` and the namespace. */
  readonly storagePrefix: string
  readonly strategy?: Strategy<ApiObject>
  /** Fields beyond the metadata's that objects can be selected by. */
  field?(object: ApiObject, field: string): string | undefined
}

/** What a row says that does not follow from the rest of it. */
interface RowParts<O extends ApiObject> {
  readonly group?: string
  readonly version?: string
  readonly resource?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly clusterScoped?: true
  readonly subresources?: readonly string[]
  readonly storagePrefix?: string
  readonly strategy?: Strategy<O>
  field?(object: O, field: string): string | undefined
}

function row<K extends Kind>(kind: K, parts: RowParts<KindMap[K]>): KindRow {
  const { group = '', version = 'v1', clusterScoped, strategy, field } = parts
  const singular = kind.toLowerCase()
  const resource = parts.resource ?? `${singular}s`
  return {
    kind,
    group,
    version,
    apiVersion: group === '' ? version : `${group}/${version}`,
    resource,
    singular,
    shortNames: parts.shortNames ?? [],
    categories: parts.categories ?? [],
    namespaced: clusterScoped !== true,
    subresources: parts.subresources ?? [],
    storagePrefix: parts.storagePrefix ?? resource,
    ...(strategy === undefined ? {} : { strategy }),
    ...(field === undefined ? {} : { field }),
  }
}

const ALL = ['all']
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

export const KIND_ROWS: readonly KindRow[] = [
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
  row('Event', { shortNames: ['ev'], strategy: eventStrategy, field: eventField }),
  row('Deployment', {
    group: 'apps',
    shortNames: ['deploy'],
    categories: ALL,
    subresources: ['scale', 'status'],
    strategy: deploymentStrategy,
  }),
  row('ReplicaSet', {
    group: 'apps',
    shortNames: ['rs'],
    categories: ALL,
    subresources: ['scale', 'status'],
    strategy: replicaSetStrategy,
  }),
  row('Lease', { group: 'coordination.k8s.io', strategy: leaseStrategy }),
  row('EndpointSlice', { group: 'discovery.k8s.io', strategy: endpointSliceStrategy }),
  row('PriorityClass', {
    group: 'scheduling.k8s.io',
    resource: 'priorityclasses',
    shortNames: ['pc'],
    clusterScoped: true,
    strategy: priorityClassStrategy,
  }),
  row('PodDisruptionBudget', {
    group: 'policy',
    shortNames: ['pdb'],
    subresources: ['status'],
    strategy: podDisruptionBudgetStrategy,
  }),

  row('Endpoints', { resource: 'endpoints', shortNames: ['ep'], storagePrefix: 'services/endpoints' }),
  row('LimitRange', { shortNames: ['limits'] }),
  row('PersistentVolume', { shortNames: ['pv'], clusterScoped: true, subresources: ['status'] }),
  row('PersistentVolumeClaim', { shortNames: ['pvc'], subresources: ['status'] }),
  row('PodTemplate', {}),
  row('ReplicationController', {
    shortNames: ['rc'],
    categories: ALL,
    subresources: ['scale', 'status'],
    storagePrefix: 'controllers',
  }),
  row('ResourceQuota', { shortNames: ['quota'], subresources: ['status'] }),
  row('ControllerRevision', { group: 'apps' }),
  row('DaemonSet', { group: 'apps', shortNames: ['ds'], categories: ALL, subresources: ['status'] }),
  row('StatefulSet', { group: 'apps', shortNames: ['sts'], categories: ALL, subresources: ['scale', 'status'] }),
  row('CronJob', { group: 'batch', shortNames: ['cj'], categories: ALL, subresources: ['status'] }),
  row('Job', { group: 'batch', categories: ALL, subresources: ['status'] }),
  row('RuntimeClass', { group: 'node.k8s.io', resource: 'runtimeclasses', clusterScoped: true }),
  row('DeviceClass', { group: 'resource.k8s.io', resource: 'deviceclasses', clusterScoped: true }),
  row('ResourceClaim', { group: 'resource.k8s.io', subresources: ['status'] }),
  row('ResourceClaimTemplate', { group: 'resource.k8s.io' }),
  row('ResourceSlice', { group: 'resource.k8s.io', clusterScoped: true }),
  row('CSIDriver', { group: 'storage.k8s.io', clusterScoped: true }),
  row('CSINode', { group: 'storage.k8s.io', clusterScoped: true }),
  row('CSIStorageCapacity', { group: 'storage.k8s.io', resource: 'csistoragecapacities' }),
  row('StorageClass', { group: 'storage.k8s.io', resource: 'storageclasses', shortNames: ['sc'], clusterScoped: true }),
  row('VolumeAttachment', { group: 'storage.k8s.io', clusterScoped: true, subresources: ['status'] }),
]
