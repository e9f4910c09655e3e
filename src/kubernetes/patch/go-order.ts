/**
 * A patched object as the API server writes it in the message that refuses it: members of structures stand in Go's order, but
 * those of objects that the patch goes through are sorted, for these were taken apart.
 *
 * Source: the order of fields in staging/src/k8s.io/api/<group>/v1/types.go and apimachinery/pkg/apis/meta/v1/types.go;
 * evanphx/json-patch v4, whose documents are Go maps as far as they were looked into (v1.36).
 */
import { definition, type Definition, type FieldType } from '../schema/reader.ts'
import { INTERNAL_STRUCTURES } from '../validation/internal/structures.ts'
import { isObject, type JsonObject } from './json.ts'

/**
 * Structures whose versioned form has an order of its own; those that messages show in their internal form have the same one
 * in both. Abridged: members of structures that stand in neither table are sorted.
 */
const TABLE = `
apps/v1.DaemonSetSpec selector template updateStrategy minReadySeconds revisionHistoryLimit
apps/v1.DaemonSetStatus currentNumberScheduled numberMisscheduled desiredNumberScheduled numberReady observedGeneration updatedNumberScheduled numberAvailable numberUnavailable collisionCount conditions
apps/v1.DaemonSetUpdateStrategy type rollingUpdate
apps/v1.DeploymentCondition type status lastUpdateTime lastTransitionTime reason message
apps/v1.DeploymentSpec replicas selector template strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds
apps/v1.DeploymentStatus observedGeneration replicas updatedReplicas readyReplicas availableReplicas unavailableReplicas terminatingReplicas conditions collisionCount
apps/v1.DeploymentStrategy type rollingUpdate
apps/v1.ReplicaSetCondition type status lastTransitionTime reason message
apps/v1.ReplicaSetSpec replicas minReadySeconds selector template
apps/v1.ReplicaSetStatus replicas fullyLabeledReplicas readyReplicas availableReplicas terminatingReplicas observedGeneration conditions
apps/v1.RollingUpdateDaemonSet maxUnavailable maxSurge
apps/v1.RollingUpdateDeployment maxUnavailable maxSurge
apps/v1.RollingUpdateStatefulSetStrategy partition maxUnavailable
apps/v1.StatefulSetSpec replicas selector template volumeClaimTemplates serviceName podManagementPolicy updateStrategy revisionHistoryLimit minReadySeconds persistentVolumeClaimRetentionPolicy ordinals
apps/v1.StatefulSetStatus observedGeneration replicas readyReplicas currentReplicas updatedReplicas currentRevision updateRevision collisionCount conditions availableReplicas
apps/v1.StatefulSetUpdateStrategy type rollingUpdate
batch/v1.CronJobSpec schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend jobTemplate successfulJobsHistoryLimit failedJobsHistoryLimit
batch/v1.JobSpec parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit backoffLimitPerIndex maxFailedIndexes selector manualSelector template ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy
core/v1.ContainerStatus name state lastState ready restartCount image imageID containerID started allocatedResources resources volumeMounts user allocatedResourcesStatus stopSignal
core/v1.PodCondition type observedGeneration status lastProbeTime lastTransitionTime reason message
core/v1.PodSpec volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount automountServiceAccountToken nodeName hostNetwork hostPID hostIPC shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride schedulingGroup
core/v1.PodStatus observedGeneration phase conditions message reason nominatedNodeName hostIP hostIPs podIP podIPs startTime initContainerStatuses containerStatuses qosClass ephemeralContainerStatuses resize resourceClaimStatuses extendedResourceClaimStatus allocatedResources resources
core/v1.ServicePort name protocol appProtocol port targetPort nodePort
core/v1.ServiceSpec ports selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses sessionAffinityConfig ipFamilies ipFamilyPolicy allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution
core/v1.Taint key value effect timeAdded
meta/v1.Condition type status observedGeneration lastTransitionTime reason message
meta/v1.LabelSelector matchLabels matchExpressions
meta/v1.LabelSelectorRequirement key operator values
meta/v1.ManagedFieldsEntry manager operation apiVersion time fieldsType fieldsV1 subresource
meta/v1.ObjectMeta name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields
meta/v1.OwnerReference apiVersion kind name uid controller blockOwnerDeletion
`

const ORDER: ReadonlyMap<string, readonly string[]> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([name = '', ...fields]) => [name, fields]),
)

/** The parts of a document that a patch went through: the same members, as far down as it went. */
export type Touched = { readonly [member: string]: Touched }

/** A merge patch goes through every object that it changes something in. */
export function touchedByMerge(patch: unknown): Touched | undefined {
  if (!isObject(patch)) return undefined
  const touched: Record<string, Touched> = {}
  for (const [name, change] of Object.entries(patch)) {
    const inner = touchedByMerge(change)
    if (inner !== undefined) touched[name] = inner
  }
  return touched
}

/** An operation goes through what holds its place. */
export function touchedByOperations(operations: readonly unknown[]): Touched {
  const touched: Record<string, Touched> = {}
  for (const operation of operations) {
    if (!isObject(operation)) continue
    for (const pointer of [operation['path'], operation['from']]) {
      if (typeof pointer === 'string') goThrough(touched, pointer.split('/').slice(1, -1))
    }
  }
  return touched
}

function goThrough(touched: Record<string, Touched>, tokens: readonly string[]): void {
  let at = touched
  for (const token of tokens) {
    const inner: Record<string, Touched> = { ...at[token.replaceAll('~1', '/').replaceAll('~0', '~')] }
    at[token.replaceAll('~1', '/').replaceAll('~0', '~')] = inner
    at = inner
  }
}

/** The text of a patched object of this structure. */
export const writtenAsGoDoes = (patched: JsonObject, structure: Definition | undefined, touched: Touched): string =>
  JSON.stringify(ordered(patched, structure, touched))

function ordered(value: unknown, structure: Definition | undefined, touched: Touched | undefined): unknown {
  if (Array.isArray(value)) return value.map((item, i) => ordered(item, structure, touched?.[i]))
  if (!isObject(value)) return value
  const shown: Record<string, unknown> = {}
  const order = touched === undefined ? orderOf(structure) : undefined
  for (const name of namesIn(value, order)) {
    const member = value[name]
    if (member === undefined) continue
    shown[name] = ordered(member, structureOf(structure?.fields.get(name)?.type), touched?.[name])
  }
  return shown
}

/** Known members first, in their order; the others sorted, as Go sorts a map. */
function namesIn(value: JsonObject, order: readonly string[] = []): readonly string[] {
  const others = Object.keys(value).filter((name) => !order.includes(name))
  return [...order.filter((name) => name in value), ...others.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))]
}

function structureOf(type: FieldType | undefined): Definition | undefined {
  if (type === undefined || type.form === 'scalar') return undefined
  if (type.form === 'list') return structureOf(type.of)
  // Members of a map are no structure's.
  return type.form === 'map' ? undefined : definition(type.name)
}

function orderOf(structure: Definition | undefined): readonly string[] | undefined {
  if (structure === undefined) return undefined
  const known = ORDER.get(structure.name)
  if (known !== undefined) return known
  const byLetters = new Map([...structure.fields.keys()].map((name) => [name.toLowerCase(), name]))
  return INTERNAL_STRUCTURES.get(structure.name)?.map(({ field }) => byLetters.get(field) ?? field)
}
