/**
 * managedFields of what is written. Before admission, as upstream: what plugins and strategies set is nobody's.
 *
 * Source: apiserver/pkg/endpoints/handlers/{create,update,patch}.go (v1.36).
 */
import type { ApiObject } from '../../../events/json.ts'
import { endpointOf, SCALE_ENDPOINT } from '../../../kubernetes/apply/endpoints.ts'
import { applied, entriesOfCreated, entriesOfUpdated, type Writer } from '../../../kubernetes/apply/field-manager.ts'
import { managerProblem } from '../../../kubernetes/apply/manager-name.ts'
import { entriesOf, withEntries } from '../../../kubernetes/apply/owners.ts'
import { replicasPath, scaleEntries, workloadEntries } from '../../../kubernetes/apply/scale-entries.ts'
import { isObject, type JsonObject } from '../../../kubernetes/patch/json.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { kindRow, shownAs } from '../../../kubernetes/registry.ts'
import { withNulls } from '../../../kubernetes/schema/nulls.ts'
import type { Status } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Request } from '../request.ts'
import type { World } from '../world.ts'

/** What is tracked does not depend on the kind's type. */
const plain = (object: object): JsonObject => object as JsonObject

/** Who sets the fields, and when. */
const writerOf = ({ options, user }: Request, world: World): Writer => ({
  manager: options.fieldManager ?? componentOf(user.name),
  time: rfc3339(world.now),
})

const CONTROLLERS = 'kube-controller-manager'
const SYSTEM_ACCOUNT = 'system:serviceaccount:kube-system:'

/** Upstream knows its components by their user agents; here a component names none, and its user tells. */
function componentOf(user: string): string {
  if (user.startsWith('system:node:')) return 'kubelet'
  if (user.startsWith(SYSTEM_ACCOUNT)) {
    const account = user.slice(SYSTEM_ACCOUNT.length)
    return account === 'coredns' || account === 'kube-proxy' ? account : CONTROLLERS
  }
  if (user === 'system:apiserver') return 'kube-apiserver'
  return user.startsWith('system:kube-') ? user.slice('system:'.length) : 'unknown'
}

/** What is wrong with the field manager that a request names. */
export const managerRefusal = ({ verb, patchType, options }: Request): Status | undefined => {
  const what = verb === 'create' ? 'CreateOptions' : verb === 'update' ? 'UpdateOptions' : 'PatchOptions'
  return managerProblem(what, options.fieldManager ?? '', { isApply: patchType === 'apply', force: options.force })
}

/** An apply has settled its managedFields already, and so has a write of a Scale. */
const isSettled = ({ patchType, subresource }: Request): boolean => patchType === 'apply' || subresource === 'scale'

/** A new object with its managedFields. */
export function trackedCreate(request: Request, object: ApiObject, world: World): ApiObject {
  if (isSettled(request)) return object
  if (!isBornTracked(request, world) && entriesOf(object).length === 0) return object
  const { row, subresource } = request
  const shown = plain(shownAs(row, withoutDeletion(object)))
  return withEntries(object, entriesOfCreated(endpointOf(row, subresource), shown, writerOf(request, world)))
}

const isBornTracked = ({ options }: Request, { managedFields }: World): boolean =>
  managedFields === 'tracked' || (managedFields === 'named' && (options.fieldManager ?? '') !== '')

/** Nobody owns what a new object cannot have. Source: registry/rest/meta.go, WipeObjectMetaSystemFields. */
function withoutDeletion(object: ApiObject): ApiObject {
  const { deletionTimestamp, deletionGracePeriodSeconds, ...metadata } = object.metadata
  if (deletionTimestamp === undefined && deletionGracePeriodSeconds === undefined) return object
  return { ...object, metadata }
}

/** An update of `old` with its managedFields. */
export function trackedUpdate(request: Request, next: ApiObject, old: ApiObject, world: World): ApiObject {
  if (isSettled(request)) return next
  const given = emptied(request) ? withEntries(next, [{}]) : next
  if (entriesOf(old).length === 0 && entriesOf(given).length === 0) return next
  const { row, subresource } = request
  const [before, after] = [plain(shownAs(row, old)), plain(shownAs(row, given))]
  return withEntries(next, entriesOfUpdated(endpointOf(row, subresource), before, after, writerOf(request, world)))
}

/** What a controller within the server makes of an object whose fields are tracked. */
export function writtenByServer(old: ApiObject, next: ApiObject, subresource: string, { now }: World): ApiObject {
  if (next === old || entriesOf(old).length === 0) return next
  const [row, writer] = [kindRow(old.kind as Kind), { manager: 'kube-apiserver', time: rfc3339(now) }]
  const before = plain(withNulls(old, old.apiVersion, old.kind))
  return withEntries(next, entriesOfUpdated(endpointOf(row, subresource), before, plain(next), writer))
}

/** A new object of the server's own. */
export function createdByServer(object: ApiObject, { now, managedFields }: World): ApiObject {
  if (managedFields !== 'tracked') return object
  const [row, writer] = [kindRow(object.kind as Kind), { manager: 'kube-apiserver', time: rfc3339(now) }]
  const given = Object.fromEntries(Object.entries(object).filter(([, member]) => member !== null))
  return withEntries(object, entriesOfCreated(endpointOf(row, ''), plain(given), writer))
}

/** Whether a PUT asks for no managedFields at all; a decoded object has no empty lists. */
const emptied = ({ verb, body }: Request): boolean => {
  if (verb !== 'update' || !isObject(body) || !isObject(body['metadata'])) return false
  const entries = body['metadata']['managedFields']
  return Array.isArray(entries) && entries.length === 0
}

/** What the request's apply makes of an object, `undefined` for one that is to be created; not yet decoded. */
export function appliedTo(request: Request, stored: ApiObject | undefined, world: World): JsonObject | Status {
  const { row, subresource, body, options } = request
  const live = stored === undefined ? {} : plain(shownAs(row, stored))
  return applied(endpointOf(row, subresource), live, body, writerOf(request, world), options.force === true)
}

/** The Scale of a workload with what the workload says of who owns the replicas. */
export const withScaleEntries = <S extends object>({ row }: Request, scale: S, workload: ApiObject): S =>
  withEntries(scale, scaleEntries(entriesOf(workload), replicasOf(row)))

const replicasOf = ({ custom }: Request['row']): readonly string[] => replicasPath(custom?.scale?.specReplicasPath)

/** What the request's apply makes of a Scale. */
export const appliedToScale = (request: Request, scale: object, world: World): JsonObject | Status =>
  applied(SCALE_ENDPOINT, plain(scale), request.body, writerOf(request, world), request.options.force === true)

/** A workload with the managedFields that a write of its Scale leaves. */
export function withWorkloadEntries<W extends ApiObject>(
  request: Request,
  workload: W,
  scale: object,
  next: object,
  world: World,
): W {
  const before = entriesOf(workload)
  if (before.length === 0 && entriesOf(next).length === 0) return workload
  const isApply = request.patchType === 'apply'
  const after = isApply
    ? entriesOf(next)
    : entriesOfUpdated(SCALE_ENDPOINT, plain(scale), plain(next), writerOf(request, world))
  return withEntries(workload, workloadEntries(request.row.apiVersion, before, after, replicasOf(request.row)))
}
