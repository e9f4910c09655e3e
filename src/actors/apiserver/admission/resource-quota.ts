import type { ApiObject } from '../../../events/json.ts'
import {
  addLists,
  exceeding,
  listText,
  maskList,
  subtractLists,
  withoutZeros,
} from '../../../kubernetes/quota/lists.ts'
import { isInScopes, selectorsOf } from '../../../kubernetes/quota/scopes.ts'
import { computeUsage, countedNames, usageOf } from '../../../kubernetes/quota/usage.ts'
import { compareQuantities } from '../../../kubernetes/quantity.ts'
import { kindRow } from '../../../kubernetes/registry.ts'
import { forbidden, isStatus, notFound, type Status } from '../../../kubernetes/status.ts'
import type { ResourceQuota } from '../../../kubernetes/types/core.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Procedure } from '../procedure.ts'
import { writtenByServer } from '../registry/field-tracking.ts'
import type { World } from '../world.ts'
import type { Attributes } from './admission.ts'

/** What a quota can demand that every container says. Source: pkg/quota/v1/evaluator/core/pods.go, validationSet. */
const MUST_BE_SAID: readonly string[] = [
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]

/** Changes that may ask for more. */
const UPDATES: ReadonlySet<string> = new Set(['Service ', 'PersistentVolumeClaim ', 'Pod resize'])

const NOTHING: ResourceList = {}

/**
 * Charges what is created to the quotas of its namespace, before it is written: a quota's status is the only count, and it is
 * replaced only where it still is what was added to. What is charged and then not written, the quota controller finds.
 * Source: apiserver/pkg/admission/plugin/resourcequota/controller.go, CheckRequest and checkQuotas (v1.36).
 *
 * Abridged: upstream gathers the requests of a namespace and charges them with one write.
 */
export function* chargeQuotas(object: ApiObject, attributes: Attributes, world: World): Procedure<Status | undefined> {
  const { namespace, kind, operation, subresource } = attributes
  if (namespace === undefined || !isCharged(attributes)) return undefined
  const quotas = world.cache.view.list('ResourceQuota', namespace)
  if (quotas.length === 0) return undefined
  const row = kindRow(kind)
  const concerned = quotas.filter(
    (quota) => isInScopes(quota, object) && countedNames(hardNames(quota), row).length > 0,
  )
  for (const quota of concerned) {
    const problem = operation === 'CREATE' && kind === 'Pod' ? unsaid(quota, object as Pod) : undefined
    if (problem !== undefined) return refuse(attributes, `failed quota: ${quota.metadata.name}: ${problem}`)
  }
  const before =
    attributes.old === undefined || subresource === 'status' ? NOTHING : usageOf(attributes.old, row, world.now)
  const wanted = withoutZeros(subtractLists(usageOf(object, row, world.now), before))
  if (Object.keys(wanted).length === 0) return undefined
  for (const quota of concerned) {
    const refusal = yield* charge(quota, wanted, attributes, world)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

const isCharged = ({ operation, kind, subresource }: Attributes): boolean => {
  if (operation === 'CREATE') return subresource === ''
  return operation === 'UPDATE' && UPDATES.has(`${kind} ${subresource}`)
}

const hardNames = ({ status }: ResourceQuota): readonly string[] => Object.keys(status?.hard ?? NOTHING)

function* charge(
  { metadata: { name } }: ResourceQuota,
  wanted: ResourceList,
  attributes: Attributes,
  world: World,
): Procedure<Status | undefined> {
  const { namespace } = attributes
  const ref = world.refTo('ResourceQuota', namespace, name)
  const attempt = function* (stored: { readonly object: ApiObject } | undefined): Procedure<ApiObject | Status> {
    if (stored === undefined) return notFound(ref.resource, name)
    const next = charged(stored.object as ResourceQuota, wanted, attributes)
    return isStatus(next) ? next : writtenByServer(stored.object, next, 'status', world)
  }
  const outcome = attributes.dryRun
    ? yield* world.store.tryUpdate(ref, attempt)
    : yield* world.store.guaranteedUpdate(ref, world.cache.view.get('ResourceQuota', namespace, name), attempt)
  // A quota that is gone bounds nothing.
  return isStatus(outcome) && outcome.code !== 404 ? outcome : undefined
}

/** A quota with more used; a Status when that is more than it has. */
function charged(quota: ResourceQuota, wanted: ResourceList, attributes: Attributes): ResourceQuota | Status {
  const { hard = NOTHING, used = NOTHING } = quota.status ?? {}
  const counted = maskList(wanted, Object.keys(hard))
  const unknown = Object.keys(counted).filter((name) => used[name] === undefined)
  const { name } = quota.metadata
  if (unknown.length > 0) {
    return refuse(attributes, `status unknown for quota: ${name}, resources: ${[...unknown].sort().join(',')}`)
  }
  const after = addLists(used, counted)
  const growing = Object.keys(counted).filter((one) => compareQuantities(counted[one] ?? '0', '0') > 0)
  const over = exceeding(maskList(after, growing), hard)
  if (over.length > 0) {
    const text = (list: ResourceList): string => listText(maskList(list, over))
    return refuse(
      attributes,
      `exceeded quota: ${name}, requested: ${text(counted)}, used: ${text(used)}, limited: ${text(hard)}`,
    )
  }
  return Object.keys(counted).length === 0 ? quota : { ...quota, status: { ...quota.status, used: after } }
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

const refuse = ({ resource, name }: Attributes, why: string): Status => forbidden(resource, name, why)
