/**
 * Objects as Go writes them: a list that was never made and a time that was never set are `null` where their field is not
 * left out when empty. Our objects have no such members; who shows an object to a client puts them in.
 *
 * Source: the `json` tags in staging/src/k8s.io/api/<group>/<version>/types.go (v1.36): no `omitempty`, or `omitempty` on a
 * `metav1.Time` by value, which Go never takes for empty.
 */
import { definition, definitionOf, type Definition, type FieldType } from './reader.ts'

/** By structure of the schema table: members that are `null` when they have nothing in them. */
const NULLS: Readonly<Record<string, readonly string[]>> = {
  'apiextensions/v1.CustomResourceDefinitionCondition': ['lastTransitionTime'],
  'apiextensions/v1.CustomResourceDefinitionStatus': ['conditions', 'storedVersions'],
  'apiregistration/v1.APIServiceCondition': ['lastTransitionTime'],
  'apps/v1.DaemonSetCondition': ['lastTransitionTime'],
  'apps/v1.DeploymentCondition': ['lastTransitionTime', 'lastUpdateTime'],
  'apps/v1.ReplicaSetCondition': ['lastTransitionTime'],
  'apps/v1.StatefulSetCondition': ['lastTransitionTime'],
  'autoscaling/v2.HorizontalPodAutoscalerCondition': ['lastTransitionTime'],
  'autoscaling/v2.HorizontalPodAutoscalerStatus': ['currentMetrics'],
  'batch/v1.JobCondition': ['lastProbeTime', 'lastTransitionTime'],
  'certificates/v1.CertificateSigningRequestCondition': ['lastTransitionTime', 'lastUpdateTime'],
  'core/v1.ContainerStateRunning': ['startedAt'],
  'core/v1.ContainerStateTerminated': ['finishedAt', 'startedAt'],
  'core/v1.Event': ['eventTime', 'firstTimestamp', 'lastTimestamp'],
  'core/v1.EventSeries': ['lastObservedTime'],
  'core/v1.LimitRangeSpec': ['limits'],
  'core/v1.NamespaceCondition': ['lastTransitionTime'],
  'core/v1.NodeCondition': ['lastHeartbeatTime', 'lastTransitionTime'],
  'core/v1.PersistentVolumeClaimCondition': ['lastProbeTime', 'lastTransitionTime'],
  'core/v1.PodCondition': ['lastProbeTime', 'lastTransitionTime'],
  'core/v1.ReplicationControllerCondition': ['lastTransitionTime'],
  'discovery/v1.EndpointSlice': ['endpoints', 'ports'],
  'events/v1.Event': ['deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'eventTime'],
  'events/v1.EventSeries': ['lastObservedTime'],
  'flowcontrol/v1.FlowSchemaCondition': ['lastTransitionTime'],
  'flowcontrol/v1.PriorityLevelConfigurationCondition': ['lastTransitionTime'],
  'meta/v1.Condition': ['lastTransitionTime'],
  'rbac/v1.ClusterRole': ['rules'],
  'rbac/v1.Role': ['rules'],
  'resource/v1.DeviceClaim': ['requests'],
  'storage/v1.CSINodeSpec': ['drivers'],
  'storage/v1.VolumeError': ['time'],
}

type Members = Readonly<Record<string, unknown>>

/** What is to be done in objects of a structure; undefined where nothing below it is ever `null`. */
interface Plan {
  readonly nulls: readonly string[]
  readonly within: readonly { readonly name: string; readonly plan: Plan }[]
}

/** Undefined while a structure is looked at: the schema has cycles, and what comes back to it adds nothing. */
const plans = new Map<string, Plan | undefined>()

/** The object with its nulls, the same one where it lacks none. */
export function withNulls<O extends object>(object: O, apiVersion: string, kind: string): O {
  const structure = definitionOf(apiVersion, kind)
  const plan = structure === undefined ? undefined : planOf(structure)
  return plan === undefined ? object : (completed(object as Members, plan) as O)
}

function planOf(structure: Definition): Plan | undefined {
  const { name } = structure
  if (plans.has(name)) return plans.get(name)
  plans.set(name, undefined)
  const nulls = NULLS[name] ?? []
  const within = [...structure.fields.values()].flatMap((field) => {
    const inner = structureIn(field.type)
    const plan = inner === undefined ? undefined : planOf(inner)
    return plan === undefined ? [] : [{ name: field.name, plan }]
  })
  const plan = nulls.length === 0 && within.length === 0 ? undefined : { nulls, within }
  plans.set(name, plan)
  return plan
}

/** No map has structures with nulls in it. */
const structureIn = (type: FieldType): Definition | undefined =>
  type.form === 'ref' ? definition(type.name) : type.form === 'list' ? structureIn(type.of) : undefined

function completed(value: Members, plan: Plan): Members {
  let changed: Record<string, unknown> | undefined
  for (const name of plan.nulls) {
    const member = value[name]
    const empty = member === undefined || (Array.isArray(member) && member.length === 0)
    if (empty) (changed ??= { ...value })[name] = null
  }
  for (const { name, plan: inner } of plan.within) {
    const member = value[name]
    if (typeof member !== 'object' || member === null) continue
    const shown = Array.isArray(member) ? completedItems(member, inner) : completed(member as Members, inner)
    if (shown !== member) (changed ??= { ...value })[name] = shown
  }
  return changed ?? value
}

function completedItems(items: readonly unknown[], plan: Plan): readonly unknown[] {
  let changed: unknown[] | undefined
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    if (typeof item !== 'object' || item === null) continue
    const shown = completed(item as Members, plan)
    if (shown !== item) (changed ??= [...items])[i] = shown
  }
  return changed ?? items
}
