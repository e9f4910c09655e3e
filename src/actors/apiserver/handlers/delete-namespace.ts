import type { ApiObject } from '../../../events/json.ts'
import { conflict, isStatus, notFound } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Namespace } from '../../../kubernetes/types/core.ts'
import { answerBody, answerObject, refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { FOREGROUND, ORPHAN, type DeleteOptions } from '../registry/delete-options.ts'
import { withFinalizers } from '../registry/graceful-deletion.ts'
import { isDryRun, type Request } from '../request.ts'
import type { ObjectRef, Stored } from '../storage/store.ts'
import type { World } from '../world.ts'

/**
 * A namespace is marked and its phase changed; it goes when the namespace controller has emptied it and taken its own
 * finalizer away. Undefined when it is empty already and may go like any object.
 * Source: pkg/registry/core/namespace/storage/storage.go, Delete (v1.36).
 */
export function* deleteNamespace(
  request: Request,
  ref: ObjectRef,
  found: Stored,
  world: World,
): Procedure<Answer | undefined> {
  const { row, name, options } = request
  const broken = preconditionProblem(options, found.object)
  if (broken !== undefined) return refusal(conflict(row, name, broken))
  world.doubtedNamespaces.set(name, world.monotonic)
  const { spec, metadata } = found.object as Namespace
  if (metadata.deletionTimestamp !== undefined) {
    return (spec?.finalizers ?? []).length === 0 ? undefined : answerObject(200, name, found.revision)
  }
  const terminate = (stored: ApiObject): ApiObject => terminating(stored as Namespace, options, rfc3339(world.now))
  if (isDryRun(request)) return answerBody(200, name, terminate(found.object))
  const updated = yield* world.store.guaranteedUpdate(ref, found.object, function* (stored) {
    if (stored === undefined || stored.object.metadata.uid !== metadata.uid) return notFound(row, name)
    return terminate(stored.object)
  })
  return isStatus(updated) ? refusal(updated) : answerObject(200, name, updated.revision)
}

const terminating = (namespace: Namespace, { propagationPolicy }: DeleteOptions, now: string): Namespace => {
  const { metadata, status } = namespace
  const kept = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND)
  const orphan = decides(propagationPolicy, 'Orphan', metadata.finalizers, ORPHAN) ? [ORPHAN] : []
  const foreground = decides(propagationPolicy, 'Foreground', metadata.finalizers, FOREGROUND) ? [FOREGROUND] : []
  return {
    ...namespace,
    metadata: {
      ...withFinalizers(metadata, [...kept, ...orphan, ...foreground]),
      deletionTimestamp: metadata.deletionTimestamp ?? now,
    },
    status: { ...status, phase: 'Terminating' },
  }
}

/** What the caller says, else what stands there. */
const decides = (
  policy: DeleteOptions['propagationPolicy'],
  wanted: NonNullable<DeleteOptions['propagationPolicy']>,
  finalizers: readonly string[] | undefined,
  finalizer: string,
): boolean => (policy === undefined ? (finalizers ?? []).includes(finalizer) : policy === wanted)

const preconditionProblem = ({ preconditions }: DeleteOptions, { metadata }: ApiObject): string | undefined => {
  const { uid, resourceVersion } = preconditions ?? {}
  if (uid !== undefined && uid !== metadata.uid) {
    return `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`
  }
  if (resourceVersion === undefined || resourceVersion === metadata.resourceVersion) return undefined
  return `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`
}
