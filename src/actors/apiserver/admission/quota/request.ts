/**
 * What one request does to the quotas of its namespace.
 * Source: apiserver/pkg/admission/plugin/resourcequota/controller.go, CheckRequest (v1.36).
 */
import type { Micros } from '../../../../events/envelope.ts'
import type { ApiObject } from '../../../../events/json.ts'
import { addLists, exceeding, listText, maskList, subtractLists } from '../../../../kubernetes/quota/lists.ts'
import { isInScopes, selectorsOf } from '../../../../kubernetes/quota/scopes.ts'
import { computeUsage, countedNames, usageOf } from '../../../../kubernetes/quota/usage.ts'
import { compareQuantities } from '../../../../kubernetes/quantity.ts'
import { kindRow } from '../../../../kubernetes/registry.ts'
import { forbidden, isStatus, type Status } from '../../../../kubernetes/status.ts'
import type { ResourceQuota } from '../../../../kubernetes/types/core.ts'
import type { ResourceList } from '../../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../../kubernetes/types/pod.ts'
import type { Attributes } from '../admission.ts'

/** What is to be charged to the quotas of a namespace. */
export interface QuotaRequest {
  readonly object: ApiObject
  readonly attributes: Attributes
  readonly namespace: string
}

/** What a quota can demand that every container says. Source: pkg/quota/v1/evaluator/core/pods.go, validationSet. */
const MUST_BE_SAID: readonly string[] = [
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]

const NOTHING: ResourceList = {}

/** The quotas with what the request uses added, each as it was where nothing is; a Status when one of them refuses. */
export function withRequest(
  quotas: readonly ResourceQuota[],
  { object, attributes }: QuotaRequest,
  now: Micros,
): readonly ResourceQuota[] | Status {
  const concerned = quotas.filter((quota) => counts(quota, object, attributes))
  for (const quota of concerned) {
    const problem = problemWith(quota, object, attributes)
    if (problem !== undefined) return forbidden(attributes.resource, attributes.name, problem)
  }
  const after = new Map<string, ResourceQuota>()
  for (const quota of concerned) {
    const charged = withUsed(quota, usageIn(quota, object, attributes, now), attributes)
    if (isStatus(charged)) return charged
    after.set(quota.metadata.name, charged)
  }
  return quotas.map((quota) => after.get(quota.metadata.name) ?? quota)
}

const hardNames = ({ status }: ResourceQuota): readonly string[] => Object.keys(status?.hard ?? NOTHING)

const namesFor = (quota: ResourceQuota, { kind }: Attributes): readonly string[] =>
  countedNames(hardNames(quota), kindRow(kind))

const counts = (quota: ResourceQuota, object: ApiObject, attributes: Attributes): boolean =>
  isInScopes(quota, object) && namesFor(quota, attributes).length > 0

const problemWith = (quota: ResourceQuota, object: ApiObject, attributes: Attributes): string | undefined => {
  const { name } = quota.metadata
  const silent = attributes.kind === 'Pod' ? unsaid(quota, object as Pod) : undefined
  if (silent !== undefined) return `failed quota: ${name}: ${silent}`
  const names = namesFor(quota, attributes)
  return names.every((one) => quota.status?.used?.[one] !== undefined)
    ? undefined
    : `status unknown for quota: ${name}, resources: ${[...names].sort().join(',')}`
}

/** What is to be charged: of an object that the quota has counted before, only what is more. What is less, the controller finds. */
const usageIn = (quota: ResourceQuota, object: ApiObject, attributes: Attributes, now: Micros): ResourceList => {
  const row = kindRow(attributes.kind)
  const { old } = attributes
  const before = old !== undefined && counts(quota, old, attributes) ? usageOf(old, row, now) : NOTHING
  const more = subtractLists(usageOf(object, row, now), before)
  return Object.fromEntries(Object.entries(more).filter(([, amount]) => compareQuantities(amount, '0') > 0))
}

/** A quota with more used; a Status when that is more than it has. */
function withUsed(quota: ResourceQuota, wanted: ResourceList, attributes: Attributes): ResourceQuota | Status {
  const { hard = NOTHING, used = NOTHING } = quota.status ?? {}
  const counted = maskList(wanted, Object.keys(hard))
  if (Object.keys(counted).length === 0) return quota
  const after = addLists(used, counted)
  const over = exceeding(maskList(after, Object.keys(counted)), hard)
  if (over.length === 0) return { ...quota, status: { ...quota.status, used: after } }
  const text = (list: ResourceList): string => listText(maskList(list, over))
  return forbidden(
    attributes.resource,
    attributes.name,
    `exceeded quota: ${quota.metadata.name}, requested: ${text(counted)}, used: ${text(used)}, limited: ${text(hard)}`,
  )
}

/** Source: pods.go, Constraints and enforcePodContainerConstraints: what a quota counts, every container has to say. */
const unsaid = (quota: ResourceQuota, { spec }: Pod): string | undefined => {
  const names = MUST_BE_SAID.filter((name) => hardNames(quota).includes(name))
  if (names.length === 0 || selectorsOf(quota).some(({ scopeName }) => scopeName === 'BestEffort')) return undefined
  const podLevel = computeUsage(spec.resources?.requests ?? NOTHING, spec.resources?.limits ?? NOTHING)
  const missing = names
    .filter((name) => podLevel[name] === undefined)
    .flatMap((name) => {
      const silent = [...spec.containers, ...(spec.initContainers ?? [])].filter(({ resources }) => {
        return computeUsage(resources?.requests ?? NOTHING, resources?.limits ?? NOTHING)[name] === undefined
      })
      return silent.length === 0
        ? []
        : [
            `${name} for: ${silent
              .map((one) => one.name)
              .sort()
              .join(',')}`,
          ]
    })
  return missing.length === 0 ? undefined : `must specify ${[...missing].sort().join('; ')}`
}
