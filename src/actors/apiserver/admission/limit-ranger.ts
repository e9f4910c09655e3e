import type { ApiObject } from '../../../events/json.ts'
import { amountOf, compareQuantities } from '../../../kubernetes/quantity.ts'
import { podLimitList, podRequestList } from '../../../kubernetes/resources.ts'
import { forbidden } from '../../../kubernetes/status.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { LimitRange, LimitRangeItem } from '../../../kubernetes/types/core.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PersistentVolumeClaim } from '../../../kubernetes/types/storage.ts'
import type { AdmissionPlugin, AdmissionWorld, Attributes } from './admission.ts'

const ANNOTATION = 'kubernetes.io/limit-ranger'
const NONE: ResourceList = {}

/**
 * Gives containers the requests and limits that their namespace prescribes, and refuses what is out of its bounds.
 * Source: plugin/pkg/admission/limitranger/admission.go (v1.36).
 */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  applies: (operation, kind, subresource) =>
    (subresource === 'resize' && kind === 'Pod' && operation === 'UPDATE') ||
    (subresource === '' &&
      ((kind === 'Pod' && operation === 'CREATE') || (kind === 'PersistentVolumeClaim' && operation !== 'DELETE'))),

  admit(object, attributes, world) {
    if (attributes.kind !== 'Pod') return { object }
    let pod = object as Pod
    for (const range of rangesOf(attributes, world)) pod = withDefaults(pod, range)
    return { object: pod }
  },

  validate(object, attributes, world) {
    if (attributes.old?.metadata.deletionTimestamp !== undefined) return undefined
    for (const range of rangesOf(attributes, world)) {
      const problems = (range.spec.limits ?? []).flatMap((item) => problemsOf(object, attributes, item))
      if (problems.length === 0) continue
      const distinct = [...new Set(problems)]
      const why = distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`
      return { refusal: forbidden(attributes.resource, attributes.name, why) }
    }
    return undefined
  },
}

const rangesOf = ({ namespace }: Attributes, { view }: AdmissionWorld): readonly LimitRange[] =>
  view.list('LimitRange', namespace)

/** Source: admission.go, mergePodResourceRequirements. */
const withDefaults = (pod: Pod, { spec }: LimitRange): Pod => {
  const limits = merged(spec.limits ?? [], (item) => item.default)
  const requests = merged(spec.limits ?? [], (item) => item.defaultRequest)
  const told: string[] = []
  const fill =
    (kind: string) =>
    (container: Container): Container =>
      filled(container, kind, requests, limits, told)
  const containers = ((pod.spec.containers as readonly Container[] | undefined) ?? []).map(fill('container'))
  const initContainers = pod.spec.initContainers?.map(fill('init container'))
  if (told.length === 0) return pod
  const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${told.join('; ')}` }
  const inits = initContainers === undefined ? {} : { initContainers }
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec: { ...pod.spec, ...inits, containers } }
}

/** The defaults of all items for containers; where two name one resource, the last counts. */
const merged = (
  items: readonly LimitRangeItem[],
  part: (item: LimitRangeItem) => ResourceList | undefined,
): ResourceList => Object.assign({}, ...items.filter(({ type }) => type === 'Container').map(part)) as ResourceList

const filled = (
  container: Container,
  kind: string,
  requests: ResourceList,
  limits: ResourceList,
  told: string[],
): Container => {
  const own = container.resources ?? {}
  const missingRequests = missing(requests, own.requests)
  const missingLimits = missing(limits, own.limits)
  if (missingRequests.length > 0) told.push(`${missingRequests.join(', ')} request for ${kind} ${container.name}`)
  if (missingLimits.length > 0) told.push(`${missingLimits.join(', ')} limit for ${kind} ${container.name}`)
  if (missingRequests.length + missingLimits.length === 0) return container
  const resources = {
    ...own,
    ...(missingLimits.length === 0 ? {} : { limits: { ...own.limits, ...pick(limits, missingLimits) } }),
    ...(missingRequests.length === 0 ? {} : { requests: { ...own.requests, ...pick(requests, missingRequests) } }),
  }
  return { ...container, resources }
}

const missing = (defaults: ResourceList, own: ResourceList | undefined): readonly string[] =>
  Object.keys(defaults)
    .filter((name) => own?.[name] === undefined)
    .sort()

const pick = (list: ResourceList, names: readonly string[]): ResourceList =>
  Object.fromEntries(names.map((name) => [name, list[name] ?? '0']))

/** Source: admission.go, PodValidateLimitFunc and PersistentVolumeClaimValidateLimitFunc. */
const problemsOf = (object: ApiObject, { kind }: Attributes, item: LimitRangeItem): readonly string[] => {
  if (kind === 'PersistentVolumeClaim') {
    if (item.type !== 'PersistentVolumeClaim') return []
    const requests = (object as PersistentVolumeClaim).spec?.resources?.requests ?? NONE
    return [
      ...each(item.min, minimum(item.type, requests, NONE)),
      ...each(item.max, maximumRequest(item.type, requests)),
    ]
  }
  const { spec } = object as Pod
  if (item.type === 'Pod') return bounds(item, podRequestList(object as Pod), podLimitList(object as Pod))
  if (item.type !== 'Container') return []
  return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
    bounds(item, resources?.requests ?? NONE, resources?.limits ?? NONE),
  )
}

const bounds = (item: LimitRangeItem, requests: ResourceList, limits: ResourceList): readonly string[] => [
  ...each(item.min, minimum(item.type, requests, limits)),
  ...each(item.max, maximum(item.type, requests, limits)),
  ...each(item.maxLimitRequestRatio, ratio(item.type, requests, limits)),
]

/** Says what is wrong with one resource; undefined when nothing is. */
type Constraint = (name: string, bound: string) => string | undefined

/** Upstream walks a map in no order. */
const each = (list: ResourceList | undefined, constraint: Constraint): readonly string[] =>
  Object.entries(list ?? NONE)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap(([name, bound]) => constraint(name, bound) ?? [])

const minimum =
  (type: string, requests: ResourceList, limits: ResourceList): Constraint =>
  (name, bound) => {
    const said = `minimum ${name} usage per ${type} is ${bound}`
    const request = requests[name]
    const limit = limits[name]
    if (request === undefined) return `${said}.  No request is specified`
    if (compareQuantities(request, bound) < 0) return `${said}, but request is ${request}`
    return limit !== undefined && compareQuantities(limit, bound) < 0 ? `${said}, but limit is ${limit}` : undefined
  }

const maximum =
  (type: string, requests: ResourceList, limits: ResourceList): Constraint =>
  (name, bound) => {
    const said = `maximum ${name} usage per ${type} is ${bound}`
    const request = requests[name]
    const limit = limits[name]
    if (limit === undefined) return `${said}.  No limit is specified`
    if (compareQuantities(limit, bound) > 0) return `${said}, but limit is ${limit}`
    return request !== undefined && compareQuantities(request, bound) > 0
      ? `${said}, but request is ${request}`
      : undefined
  }

const maximumRequest =
  (type: string, requests: ResourceList): Constraint =>
  (name, bound) => {
    const said = `maximum ${name} usage per ${type} is ${bound}`
    const request = requests[name]
    if (request === undefined) return `${said}.  No request is specified`
    return compareQuantities(request, bound) > 0 ? `${said}, but request is ${request}` : undefined
  }

const ratio =
  (type: string, requests: ResourceList, limits: ResourceList): Constraint =>
  (name, bound) => {
    const said = `${name} max limit to request ratio per ${type} is ${bound}`
    const request = amountOf(requests[name] ?? '0').nanos
    const limit = amountOf(limits[name] ?? '0').nanos
    if (request === 0n) return `${said}, but no request is specified or request is 0`
    if (limit === 0n) return `${said}, but no limit is specified or limit is 0`
    const most = amountOf(bound).nanos
    return limit * NANO > most * request ? `${said}, but provided ratio is ${sixDigits(limit, request)}` : undefined
  }

const NANO = 1_000_000_000n
const MICRO = 1_000_000n

/** As Go's `%f`: six digits after the point, rounded. */
const sixDigits = (numerator: bigint, denominator: bigint): string => {
  const scaled = (2n * numerator * MICRO + denominator) / (2n * denominator)
  return `${scaled / MICRO}.${String(scaled % MICRO).padStart(6, '0')}`
}
