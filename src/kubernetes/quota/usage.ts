/**
 * What an object counts for in quotas. Source: pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims}.go and
 * apiserver/pkg/quota/v1/generic/evaluator.go (v1.36).
 */
import type { ApiObject } from '../../events/json.ts'
import type { Micros } from '../../events/envelope.ts'
import type { KindRow } from '../kind-rows/row.ts'
import { addQuantities, compareQuantities } from '../quantity.ts'
import { podLimitList, podRequestList } from '../resources.ts'
import { parseTime } from '../time.ts'
import type { ResourceList } from '../types/meta.ts'
import type { Service } from '../types/networking.ts'
import type { Pod } from '../types/pod.ts'
import type { PersistentVolumeClaim } from '../types/storage.ts'

/** Resources that have a name of their own beside `count/…`. */
const LEGACY_COUNTS: ReadonlySet<string> = new Set([
  'configmaps',
  'resourcequotas',
  'replicationcontrollers',
  'secrets',
  'services',
  'persistentvolumeclaims',
])

const CLASS_SUFFIX = '.storageclass.storage.k8s.io/'
const CLASS_BETA = 'volume.beta.kubernetes.io/storage-class'

/** `count/pods`, `count/deployments.apps`. */
export const countName = ({ group, resource }: Pick<KindRow, 'group' | 'resource'>): string =>
  group === '' ? `count/${resource}` : `count/${resource}.${group}`

/** What an object counts for. `now` tells whether a Pod on its way out still does. */
export function usageOf(
  object: ApiObject,
  row: Pick<KindRow, 'group' | 'resource' | 'kind'>,
  now: Micros,
): ResourceList {
  const one: Record<string, string> = { [countName(row)]: '1' }
  if (row.group === '' && LEGACY_COUNTS.has(row.resource)) one[row.resource] = '1'
  switch (row.kind) {
    case 'Pod':
      return podUsage(object as Pod, one, now)
    case 'Service':
      return { ...one, ...serviceUsage(object as Service) }
    case 'PersistentVolumeClaim':
      return { ...one, ...claimUsage(object as PersistentVolumeClaim) }
    default:
      return one
  }
}

const podUsage = (pod: Pod, count: ResourceList, now: Micros): ResourceList => {
  // The object stands in the store as long as it does; what it asks for is free as soon as it has ended.
  if (isOver(pod, now)) return count
  return { ...count, pods: '1', ...computeUsage(podRequestList(pod), podLimitList(pod)) }
}

/** Source: pods.go, QuotaV1Pod: neither ended nor past its grace period. */
export const isOver = ({ metadata, status }: Pod, now: Micros): boolean => {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false
  return now > (parseTime(deletionTimestamp) ?? now)
}

const isExtended = (name: string): boolean =>
  name.includes('/') && !name.startsWith('kubernetes.io/') && !name.includes('.kubernetes.io/')
const PLAIN: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage'])
const isPlain = (name: string): boolean => PLAIN.has(name) || name.startsWith('hugepages-')

/** Names that quotas know, of what containers ask for. Source: pods.go, podComputeUsageHelper. */
export function computeUsage(requests: ResourceList, limits: ResourceList): ResourceList {
  const usage: Record<string, string> = {}
  for (const [name, amount] of Object.entries(requests)) {
    if (isPlain(name)) usage[name] = amount
    if (isPlain(name) || isExtended(name)) usage[`requests.${name}`] = amount
  }
  for (const [name, amount] of Object.entries(limits)) if (PLAIN.has(name)) usage[`limits.${name}`] = amount
  return usage
}

const serviceUsage = ({ spec }: Service): ResourceList => {
  const ports = String(spec.ports?.length ?? 0)
  const nodePorts =
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  return {
    'services.nodeports': nodePorts ? ports : '0',
    'services.loadbalancers': spec.type === 'LoadBalancer' ? '1' : '0',
  }
}

const claimUsage = ({ metadata, spec, status }: PersistentVolumeClaim): ResourceList => {
  const className = metadata.annotations?.[CLASS_BETA] ?? spec?.storageClassName ?? ''
  const requested = spec?.resources?.requests?.['storage']
  const allocated = status?.allocatedResources?.['storage']
  const storage = allocated !== undefined && requested !== undefined ? larger(allocated, requested) : requested
  return {
    ...(className === '' ? {} : { [`${className}${CLASS_SUFFIX}persistentvolumeclaims`]: '1' }),
    ...(storage === undefined
      ? {}
      : {
          'requests.storage': storage,
          ...(className === '' ? {} : { [`${className}${CLASS_SUFFIX}requests.storage`]: storage }),
        }),
  }
}

const larger = (a: string, b: string): string => (compareQuantities(a, b) >= 0 ? a : b)

/** The names of a quota's resources that an object of a kind can count for. */
export function countedNames(
  names: readonly string[],
  row: Pick<KindRow, 'group' | 'resource' | 'kind'>,
): readonly string[] {
  const own = new Set([countName(row), ...(row.group === '' && LEGACY_COUNTS.has(row.resource) ? [row.resource] : [])])
  return names.filter((name) => own.has(name) || isCounted(name, row))
}

const isCounted = (name: string, { kind }: Pick<KindRow, 'kind'>): boolean => {
  switch (kind) {
    case 'Pod':
      return name === 'pods' || isPlain(name) || isComputeName(name)
    case 'Service':
      return name === 'services.nodeports' || name === 'services.loadbalancers'
    case 'PersistentVolumeClaim':
      return name === 'requests.storage' || name.includes(CLASS_SUFFIX)
    default:
      return false
  }
}

const isComputeName = (name: string): boolean => {
  if (name === 'requests.storage') return false
  if (name.startsWith('limits.')) return PLAIN.has(name.slice('limits.'.length))
  if (!name.startsWith('requests.')) return false
  const plain = name.slice('requests.'.length)
  return isPlain(plain) || isExtended(plain)
}

/** Sum of what all these objects count for. */
export const totalUsage = (lists: readonly ResourceList[]): ResourceList => {
  const total: Record<string, string> = {}
  for (const list of lists)
    for (const [name, amount] of Object.entries(list)) total[name] = addQuantities(total[name] ?? '0', amount)
  return total
}
