import type { ApiObject } from '../../../events/json.ts'
import { atPath, withAtPath } from '../../../kubernetes/custom-resources/scale.ts'
import type { KindRow } from '../../../kubernetes/registry.ts'
import { formatRequirements, requirementsOf } from '../../../kubernetes/selectors.ts'
import { badRequest, invalid, isStatus, notFound, type Status } from '../../../kubernetes/status.ts'
import type { LabelSelector } from '../../../kubernetes/types/meta.ts'
import { mergePatch } from '../../../kubernetes/patch/merge-patch.ts'
import { jsonPatch } from '../../../kubernetes/patch/json-patch.ts'
import { FieldErrors } from '../../../kubernetes/validation/field-error.ts'
import { either } from 'fp-ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { appliedToScale, managerRefusal, withScaleEntries, withWorkloadEntries } from '../registry/field-tracking.ts'
import { isDryRun, metadataProblem, type Request } from '../request.ts'
import type { World } from '../world.ts'
import { writeUpdate, type Face, type Proposal } from './update.ts'

/** How many replicas there are and are to be, the same for every kind. Source: api/autoscaling/v1/types.go, Scale. */
interface Scale {
  readonly kind: 'Scale'
  readonly apiVersion: 'autoscaling/v1'
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion: string
    readonly creationTimestamp: string
  }
  readonly spec: { readonly replicas?: number }
  readonly status: { readonly replicas: number; readonly selector?: string }
}

/** What of a Scale's writer counts. */
interface GivenScale {
  readonly kind?: string
  readonly apiVersion?: string
  readonly metadata?: { readonly resourceVersion?: string; readonly uid?: string }
  readonly spec?: { readonly replicas?: number }
}

interface Scalable extends ApiObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector }
  readonly status?: { readonly replicas?: number; readonly selectorText?: string }
}

/** GET <workload>/scale. Source: pkg/registry/apps/deployment/storage/storage.go, ScaleREST.Get (v1.36). */
export function* getScale(request: Request, world: World): Procedure<Answer> {
  const { row, namespace, name } = request
  const found = yield* world.store.get(world.refTo(row.kind, namespace, name))
  if (isStatus(found)) return refusal(found)
  if (found === undefined) return refusal(notFound(row, name))
  return { code: 200, name, revision: found.revision, object: scaleOf(row, found.object, found.revision) }
}

/**
 * PUT and PATCH <workload>/scale: an update of the workload in which nothing but `spec.replicas` changes.
 * Source: deployment/storage/storage.go, scaleUpdatedObjectInfo.UpdatedObject (v1.36).
 */
export function* updateScale(request: Request, world: World): Procedure<Answer> {
  const refused = managerRefusal(request)
  if (refused !== undefined) return refusal(refused)
  const propose: Proposal = (stored) => {
    const shown = scaleOf(request.row, stored, Number(stored.metadata.resourceVersion))
    const scale = withScaleEntries(request, shown, stored)
    const wanted = wantedScale(request, scale, world)
    if (isStatus(wanted)) return wanted
    const scaled = withReplicas(request, stored as Scalable, wanted)
    if (isStatus(scaled)) return scaled
    const written = { ...scale, metadata: wanted.metadata ?? {}, spec: wanted.spec ?? {} }
    return withWorkloadEntries(request, scaled, scale, written, world)
  }
  const updated = yield* writeUpdate(request, propose, world, faceOf(request.row))
  if (isStatus(updated)) return refusal(updated)
  const { name, row } = request
  const { object, revision } = updated
  // What was only tried still bears the version that it would have replaced.
  const shown = isDryRun(request) ? Number(object.metadata.resourceVersion) : revision
  return { code: 200, name, revision, object: scaleOf(row, object, shown) }
}

/** Admission sees what was asked for, a Scale. Source: storage.go, toScaleUpdateValidation. */
const faceOf = (row: KindRow): Face => ({
  show: (object) => scaleOf(row, object, Number(object.metadata.resourceVersion)),
  taken: (object, shown) => withCount(row, object as Scalable, (shown as Partial<Scale>).spec?.replicas ?? 0),
})

const wantedScale = (request: Request, scale: Scale, world: World): GivenScale | Status => {
  const { verb, patchType, body } = request
  if (verb === 'update') return body as GivenScale
  if (patchType === 'apply') {
    const applied = appliedToScale(request, scale, world)
    return isStatus(applied)
      ? applied
      : (metadataProblem(request, applied['metadata'] ?? {}) ?? (applied as GivenScale))
  }
  if (patchType !== 'json') return mergePatch(scale, body) as GivenScale
  const patched = jsonPatch(scale, Array.isArray(body) ? body : [])
  return either.isLeft(patched) ? badRequest(patched.left) : (patched.right as GivenScale)
}

const withReplicas = ({ row, name }: Request, stored: Scalable, scale: GivenScale): Scalable | Status => {
  const { kind = 'Scale', apiVersion = 'autoscaling/v1' } = scale
  if (kind !== 'Scale') {
    const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
    const why = `converting (${version}.${kind}) to (autoscaling.Scale): unknown conversion`
    return badRequest(`${kind} in version "${version}" cannot be handled as a Scale: ${why}`)
  }
  const replicas = scale.spec?.replicas ?? 0
  if (replicas < 0) {
    const errors = new FieldErrors()
    errors.nonnegative('spec.replicas', replicas)
    return invalid({ group: 'autoscaling', kind: 'Scale' }, name, errors.list)
  }
  const resourceVersion = scale.metadata?.resourceVersion ?? ''
  return withCount(row, { ...stored, metadata: { ...stored.metadata, resourceVersion } }, replicas)
}

const withCount = ({ custom }: KindRow, object: Scalable, replicas: number): Scalable => {
  const path = custom?.scale?.specReplicasPath
  return path === undefined ? { ...object, spec: { ...object.spec, replicas } } : withAtPath(object, path, replicas)
}

/** A custom resource as if it were a workload: its definition says where the numbers are. */
const scalable = ({ custom }: KindRow, object: ApiObject): Scalable => {
  const scale = custom?.scale
  if (scale === undefined) return object as Scalable
  const replicas = atPath(object, scale.specReplicasPath) as number | undefined
  const present = (atPath(object, scale.statusReplicasPath) as number | undefined) ?? 0
  const selector = scale.labelSelectorPath === undefined ? undefined : atPath(object, scale.labelSelectorPath)
  return {
    ...object,
    spec: { replicas },
    status: { replicas: present, ...(typeof selector === 'string' ? { selectorText: selector } : {}) },
  }
}

const scaleOf = (row: KindRow, object: ApiObject, revision: number): Scale => {
  const { metadata, spec, status } = scalable(row, object)
  const { name, namespace, uid, creationTimestamp } = metadata
  const selector = status?.selectorText ?? selectorText(spec?.selector)
  const replicas = spec?.replicas ?? 0
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion: String(revision),
      creationTimestamp,
    },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  }
}

/** A ReplicationController's selector is a plain map. */
const selectorText = (selector: LabelSelector | Readonly<Record<string, string>> | undefined): string => {
  if (selector === undefined) return ''
  const isObject = 'matchLabels' in selector || 'matchExpressions' in selector
  return formatRequirements(
    requirementsOf(isObject ? (selector as LabelSelector) : { matchLabels: selector as Record<string, string> }),
  )
}
