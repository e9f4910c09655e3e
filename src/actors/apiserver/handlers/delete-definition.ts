import { CLEANUP, type Definition } from '../../../kubernetes/custom-resources/definition.ts'
import { isStatus, notFound } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import { answerBody, answerObject, refusal, type Answer } from '../answer.ts'
import { terminatingStatus } from '../custom-resources/names.ts'
import type { Procedure } from '../procedure.ts'
import { preconditionsBroken } from '../registry/delete-options.ts'
import { isDryRun, type Request } from '../request.ts'
import type { ObjectRef, Stored } from '../storage/store.ts'
import type { World } from '../world.ts'

/**
 * A definition is marked and waits for its objects to be cleared up; undefined when that has been asked for already.
 * Source: apiextensions-apiserver/pkg/registry/customresourcedefinition/etcd.go, Delete (v1.36).
 */
export function* deleteDefinition(
  request: Request,
  ref: ObjectRef,
  found: Stored,
  world: World,
): Procedure<Answer | undefined> {
  const { row, name, options } = request
  const { uid, deletionTimestamp } = found.object.metadata
  const broken = preconditionsBroken(options.preconditions, row, found.object.metadata)
  if (broken !== undefined) return refusal(broken)
  if (deletionTimestamp !== undefined) return undefined
  const now = rfc3339(world.now)
  if (isDryRun(request)) return answerBody(200, name, marked(found.object as Definition, now))
  const updated = yield* world.store.guaranteedUpdate(ref, found.object, function* (stored) {
    if (stored === undefined || stored.object.metadata.uid !== uid) return notFound(row, name)
    return marked(stored.object as Definition, now)
  })
  return isStatus(updated) ? refusal(updated) : answerObject(200, name, updated.revision)
}

const marked = (definition: Definition, now: string): Definition => {
  const { metadata } = definition
  const finalizers = metadata.finalizers ?? []
  const message = 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon'
  return {
    ...definition,
    metadata: {
      ...metadata,
      deletionTimestamp: metadata.deletionTimestamp ?? now,
      finalizers: finalizers.includes(CLEANUP) ? finalizers : [...finalizers, CLEANUP],
    },
    status: terminatingStatus(definition, 'InstanceDeletionPending', message, now),
  }
}
