import type { ApiObject } from '../../../events/json.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import { isStatus, notFound, success, type Status } from '../../../kubernetes/status.ts'
import { admit, validate } from '../admission/ask.ts'
import { answerBody, answerObject, refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { preconditionsBroken, type DeleteOptions, type Preconditions } from '../registry/delete-options.ts'
import { deletionStep, type DeletionStep } from '../registry/graceful-deletion.ts'
import { attributesOf, isDryRun, type Request } from '../request.ts'
import { isSame, type ObjectRef, type PutResult, type Stored } from '../storage/store.ts'
import type { World } from '../world.ts'
import { withDeleteOptions } from './delete-options.ts'
import { deleteDefinition } from './delete-definition.ts'
import { deleteNamespace } from './delete-namespace.ts'
import { afterRemoval } from './update.ts'

/** Kinds whose deletion is answered with the object, not with a Status. Source: ReturnDeletedObject in pkg/registry's storage.go files. */
export const RETURN_DELETED: ReadonlySet<Kind> = new Set<Kind>([
  'CSIDriver',
  'CSINode',
  'DeviceClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'PodTemplate',
  'ResourceClaim',
  'ResourceClaimTemplate',
  'ResourceQuota',
  'ResourceSlice',
  'Service',
  'ServiceAccount',
  'StorageClass',
  'VolumeAttachment',
  'VolumeAttributesClass',
])

/** DELETE. Source: apiserver/pkg/endpoints/handlers/delete.go; registry/generic/registry/store.go, Delete (v1.36). */
export function* remove(asked: Request, world: World): Procedure<Answer> {
  const request = withDeleteOptions(asked)
  if (isStatus(request)) return refusal(request)
  const { row, namespace, name, options } = request
  const ref = world.refTo(row.kind, namespace, name)
  const found = yield* world.store.get(ref)
  if (isStatus(found)) return refusal(found)
  if (found === undefined) return refusal(notFound(row, name))
  const refused = yield* admitDeletion(request, found.object, world)
  if (refused !== undefined) return refusal(refused)
  if (row.kind === 'Namespace') {
    const answer = yield* deleteNamespace(request, ref, found, world)
    if (answer !== undefined) return answer
  }
  if (row.kind === 'CustomResourceDefinition') {
    const answer = yield* deleteDefinition(request, ref, found, world)
    if (answer !== undefined) return answer
  }
  return yield* removeObject(request, ref, found, options, world)
}

export function* admitDeletion(request: Request, object: ApiObject, world: World): Procedure<Status | undefined> {
  const attributes = attributesOf(request, 'DELETE', object.metadata.name, object)
  const admitted = yield* admit(object, attributes, request.answers, world)
  return isStatus(admitted) ? admitted : yield* validate(object, attributes, request.answers, world)
}

/** Marks an object, takes it away, or both, as the object as it is now calls for. */
export function* removeObject(
  request: Request,
  ref: ObjectRef,
  found: Stored,
  options: DeleteOptions,
  world: World,
): Procedure<Answer> {
  const { row } = request
  let current: Stored | undefined = found
  while (current !== undefined) {
    const broken = preconditionsBroken(options.preconditions, row, current.object.metadata)
    if (broken !== undefined) return refusal(broken)
    const step = deletionStep(row.kind, current.object, options, world.now)
    if (isDryRun(request)) return dryRunAnswer(row, ref, current.object, step)
    if (step.step === 'pending') return answerObject(200, ref.name, current.revision)
    if (step.step === 'remove') return yield* takeAway(request, ref, current, options.preconditions, world)
    const result: PutResult = isSame(step.object, current.object)
      ? current
      : yield* world.store.put(ref, step.object, current.revision)
    if (isStatus(result)) return refusal(result)
    if ('revision' in result) {
      if (!step.remove) return answerObject(200, ref.name, result.revision)
      const marked: Stored = { object: step.object, revision: result.revision }
      const answer = yield* takeAway(request, ref, marked, movedOn(options.preconditions, marked), world)
      // Somebody else took away what this request had marked: it is as it should be.
      return answer.code === 404 ? removedAnswer(row, ref, marked.object, marked.revision) : answer
    }
    current = result.instead
  }
  return refusal(notFound(row, ref.name))
}

/** Deletes the object from the storage, in whatever version it is by then. Source: apiserver/pkg/storage/etcd3/store.go, conditionalDelete. */
function* takeAway(
  { row }: Request,
  ref: ObjectRef,
  stored: Stored,
  preconditions: Preconditions | undefined,
  world: World,
): Procedure<Answer> {
  let current: Stored | undefined = stored
  while (current !== undefined) {
    const result: PutResult = yield* world.store.remove(ref, current)
    if (isStatus(result)) return refusal(result)
    if ('revision' in result) {
      yield* afterRemoval(row.kind, current.object, world)
      return removedAnswer(row, ref, current.object, result.revision)
    }
    current = result.instead
    const broken = current && preconditionsBroken(preconditions, row, current.object.metadata)
    if (broken !== undefined) return refusal(broken)
  }
  return refusal(notFound(row, ref.name))
}

/** A precondition on the version spoke of the version before this request's own mark. */
const movedOn = (preconditions: Preconditions | undefined, { revision }: Stored): Preconditions | undefined =>
  preconditions?.resourceVersion === undefined ? preconditions : { ...preconditions, resourceVersion: String(revision) }

/** `revision` is that of the removal; the object is what stood there before. */
const removedAnswer = (row: KindRow, { kind, name }: ObjectRef, { metadata }: ApiObject, revision: number): Answer => {
  if (RETURN_DELETED.has(kind)) return answerObject(200, name, revision)
  return { ...answerBody(200, name, statusOf(row, name, metadata.uid)), revision }
}

const dryRunAnswer = (row: KindRow, ref: ObjectRef, stored: ApiObject, step: DeletionStep): Answer => {
  const object = step.step === 'mark' ? step.object : stored
  const gone = step.step === 'remove' || (step.step === 'mark' && step.remove)
  const shown = gone && !RETURN_DELETED.has(ref.kind) ? statusOf(row, ref.name, object.metadata.uid) : object
  return answerBody(200, ref.name, shown)
}

/** The Status names the version that was asked for. */
const statusOf = ({ group, resource }: KindRow, name: string, uid: string): Status =>
  success({ name, ...(group === '' ? {} : { group }), kind: resource, uid })
