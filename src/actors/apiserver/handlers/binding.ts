import type { ApiObject } from '../../../events/json.ts'
import { setCondition } from '../../../kubernetes/conditions.ts'
import { badRequest, conflict, isStatus, notFound, success, unexpectedError } from '../../../kubernetes/status.ts'
import type { Status } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Labels } from '../../../kubernetes/types/meta.ts'
import type { Pod, PodCondition, PodStatus } from '../../../kubernetes/types/pod.ts'
import { admit, validate } from '../admission/ask.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { attributesOf, isDryRun, takenBody, type Request, type RequestData } from '../request.ts'
import type { Attempt } from '../storage/store.ts'
import type { World } from '../world.ts'

/** The body of POST pods/<name>/binding. Source: api/core/v1/types.go, Binding. */
interface Binding extends ApiObject {
  readonly target?: { readonly kind?: string; readonly name?: string }
}

/** A POST to the collection `bindings` is one to the Pod that the body names. Source: storage.go, LegacyBindingREST. */
export const toPodBinding = (data: RequestData): RequestData => ({
  ...data,
  kind: 'Pod',
  name: (data.body as Partial<Binding> | undefined)?.metadata?.name,
  subresource: 'binding',
})

const RESOURCE = { group: '', resource: 'pods/binding' }
const SCHEDULED: PodCondition = { type: 'PodScheduled', status: 'True', lastProbeTime: null }

/**
 * Gives a Pod its node: once, and not while anything holds it back. The scheduler's last word.
 * Source: pkg/registry/core/pod/storage/storage.go, BindingREST.Create and setPodNodeAndMetadata (v1.36).
 */
export function* bind(request: Request, world: World): Procedure<Answer> {
  const { row, namespace, name, answers } = request
  const attributes = attributesOf(request, 'CREATE', name, undefined)
  const given = takenBody<Binding>(request)
  if ((given.metadata?.name ?? name) !== name)
    return refusal(badRequest('name in URL does not match name in Binding object'))
  const flaw = targetProblem(given)
  if (flaw !== undefined) return refusal(unexpectedError(flaw))
  const admitted = yield* admit(given, attributes, answers, world)
  if (isStatus(admitted)) return refusal(admitted)
  const refused = yield* validate(admitted, attributes, answers, world)
  if (refused !== undefined) return refusal(refused)

  const binding = admitted as Binding
  const now = rfc3339(world.now)
  const attempt: Attempt = function* (stored) {
    if (stored === undefined) return notFound(row, name)
    return bound(stored.object as Pod, binding, now)
  }
  const ref = world.refTo(row.kind, namespace, name)
  if (isDryRun(request)) {
    const tried = yield* world.store.tryUpdate(ref, attempt)
    return isStatus(tried) ? refusal(tried) : DONE
  }
  const updated = yield* world.store.guaranteedUpdate(ref, world.cache.view.get('Pod', namespace, name), attempt)
  return isStatus(updated) ? refusal(updated) : { ...DONE, name, revision: updated.revision }
}

const DONE: Answer = { code: 201, object: { ...success(), code: 201 } }

const targetProblem = ({ target }: Binding): string | undefined => {
  const { kind = '', name = '' } = target ?? {}
  if (kind !== '' && kind !== 'Node') {
    return `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`
  }
  return name === '' ? 'target.name: Required value' : undefined
}

const bound = (pod: Pod, { metadata, target }: Binding, now: string): Pod | Status => {
  const { spec, status } = pod
  const { name } = pod.metadata
  const uid = metadata.uid ?? ''
  if (uid !== '' && uid !== pod.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`
    return conflict(RESOURCE, name, why)
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    return conflict(RESOURCE, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  }
  if ((spec.nodeName ?? '') !== '') {
    return conflict(RESOURCE, name, `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`)
  }
  if ((spec.schedulingGates ?? []).length > 0) {
    return conflict(RESOURCE, name, `pod ${name} has non-empty .spec.schedulingGates`)
  }
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...added('labels', pod.metadata.labels, metadata.labels),
      ...added('annotations', pod.metadata.annotations, metadata.annotations),
    },
    spec: { ...spec, nodeName: target?.name },
    status: scheduled(status, now),
  }
}

/** Since 1.35 a nomination ends with the binding. */
const scheduled = (status: PodStatus | undefined, now: string): PodStatus => {
  const { nominatedNodeName: _nominated, ...rest } = status ?? {}
  return { ...rest, conditions: setCondition(status?.conditions, SCHEDULED, now) }
}

const added = (
  field: 'labels' | 'annotations',
  own: Labels | undefined,
  more: Labels | undefined,
): Partial<Record<'labels' | 'annotations', Labels>> => (more === undefined ? {} : { [field]: { ...own, ...more } })
