/** Defaults of what keeps a number of Pods. Source: pkg/apis/{apps,core}/v1/defaults.go (v1.36). */
import type { ObjectMeta } from '../../events/json.ts'
import type { PodTemplate } from '../types/pod.ts'
import type { PersistentVolumeClaim } from '../types/storage.ts'
import type {
  DaemonSet,
  DaemonSetSpec,
  Deployment,
  DeploymentStrategy,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
  StatefulSetSpec,
} from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { withMembers } from '../with-members.ts'
import { defaultPodTemplate } from './pod.ts'
import { defaultPersistentVolumeClaim } from './storage.ts'

export function defaultDeployment(deployment: Draft<Deployment>): Draft<Deployment> {
  const spec = deployment.spec ?? {}
  return {
    ...deployment,
    spec: {
      ...spec,
      replicas: spec.replicas ?? 1,
      template: defaultPodTemplate(spec.template ?? {}),
      strategy: defaultStrategy(spec.strategy ?? {}),
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
    },
  }
}

function defaultStrategy(strategy: Draft<DeploymentStrategy>): Draft<DeploymentStrategy> {
  const type = strategy.type ?? 'RollingUpdate'
  if (type !== 'RollingUpdate') return { ...strategy, type }
  const { maxUnavailable = '25%', maxSurge = '25%' } = strategy.rollingUpdate ?? {}
  return { ...strategy, type, rollingUpdate: { maxUnavailable, maxSurge } }
}

export function defaultReplicaSet(replicaSet: Draft<ReplicaSet>): Draft<ReplicaSet> {
  const spec = replicaSet.spec ?? {}
  return {
    ...replicaSet,
    spec: { ...spec, replicas: spec.replicas ?? 1, template: defaultPodTemplate(spec.template ?? {}) },
  }
}

/** A selector and labels that are left out are the template's. */
export function defaultReplicationController(controller: Draft<ReplicationController>): Draft<ReplicationController> {
  const spec = controller.spec ?? {}
  const labels = spec.template?.metadata?.labels
  const metadata: Draft<ObjectMeta> =
    labels === undefined || hasMembers(controller.metadata?.labels)
      ? (controller.metadata ?? {})
      : { ...controller.metadata, labels }
  return withMembers(controller, {
    metadata,
    spec: withMembers(spec, {
      replicas: spec.replicas ?? 1,
      ...(labels === undefined || hasMembers(spec.selector) ? {} : { selector: labels }),
      ...(spec.template === undefined ? {} : { template: defaultPodTemplate(spec.template) }),
    }),
  })
}

const hasMembers = (map: object | undefined): boolean => map !== undefined && Object.keys(map).length > 0

export const defaultPodTemplateObject = (template: Draft<PodTemplate>): Draft<PodTemplate> =>
  withMembers(template, { template: defaultPodTemplate(template.template ?? {}) })

export function defaultStatefulSet(statefulSet: Draft<StatefulSet>): Draft<StatefulSet> {
  const spec = statefulSet.spec ?? {}
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = spec.persistentVolumeClaimRetentionPolicy ?? {}
  return withMembers(statefulSet, {
    spec: withMembers(spec, {
      replicas: spec.replicas ?? 1,
      template: defaultPodTemplate(spec.template ?? {}),
      ...(spec.volumeClaimTemplates === undefined
        ? {}
        : { volumeClaimTemplates: spec.volumeClaimTemplates.map(defaultClaimTemplate) }),
      podManagementPolicy: spec.podManagementPolicy ?? 'OrderedReady',
      updateStrategy: defaultStatefulSetStrategy(spec.updateStrategy ?? {}),
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
    }),
  })
}

/** Without `type`, it gets both; with it, only what it has is filled. */
function defaultStatefulSetStrategy(
  strategy: Draft<NonNullable<StatefulSetSpec['updateStrategy']>>,
): Draft<StatefulSetSpec['updateStrategy']> {
  const { type = 'RollingUpdate', rollingUpdate = strategy.type === undefined ? {} : undefined } = strategy
  if (type !== 'RollingUpdate' || rollingUpdate === undefined) return { ...strategy, type }
  return { ...strategy, type, rollingUpdate: { ...rollingUpdate, partition: rollingUpdate.partition ?? 0 } }
}

/** A template is a whole claim. Source: pkg/apis/apps/v1/conversion.go, Convert_apps_StatefulSetSpec_To_v1_StatefulSetSpec. */
const defaultClaimTemplate = (claim: Draft<PersistentVolumeClaim>): Draft<PersistentVolumeClaim> => ({
  ...defaultPersistentVolumeClaim(claim),
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
})

export function defaultDaemonSet(daemonSet: Draft<DaemonSet>): Draft<DaemonSet> {
  const spec = daemonSet.spec ?? {}
  return withMembers(daemonSet, {
    spec: withMembers(spec, {
      template: defaultPodTemplate(spec.template ?? {}),
      updateStrategy: defaultDaemonSetStrategy(spec.updateStrategy ?? {}),
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    }),
  })
}

function defaultDaemonSetStrategy(
  strategy: Draft<NonNullable<DaemonSetSpec['updateStrategy']>>,
): Draft<DaemonSetSpec['updateStrategy']> {
  const { type = 'RollingUpdate' } = strategy
  if (type !== 'RollingUpdate') return { ...strategy, type }
  const { maxUnavailable = 1, maxSurge = 0 } = strategy.rollingUpdate ?? {}
  return { ...strategy, type, rollingUpdate: { maxUnavailable, maxSurge } }
}
