/** What makes Pods. Source: api/apps/v1, api/batch/v1, api/core/v1, api/autoscaling/v1 types.go (v1.36). */
import type { ApiObject, Json } from '../../events/json.ts'
import type { Condition, ConditionStatus, IntOrString, LabelSelector, Labels, TemplateMeta, Time } from './meta.ts'
import type { PodTemplateSpec } from './pod.ts'
import type { PersistentVolumeClaim } from './storage.ts'

export interface ReplicaSetSpec {
  readonly replicas?: number
  readonly minReadySeconds?: number
  readonly selector: LabelSelector
  readonly template?: PodTemplateSpec
}

export interface ReplicaSetStatus {
  readonly replicas: number
  readonly fullyLabeledReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly terminatingReplicas?: number
  readonly observedGeneration?: number
  readonly conditions?: readonly Condition[]
}

export interface ReplicaSet extends ApiObject {
  readonly spec: ReplicaSetSpec
  readonly status?: ReplicaSetStatus
}

export interface ReplicationController extends ApiObject {
  readonly spec: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly selector?: Labels
    readonly template?: PodTemplateSpec
  }
  readonly status?: ReplicaSetStatus
}

export interface RollingUpdateDeployment {
  readonly maxUnavailable?: IntOrString
  readonly maxSurge?: IntOrString
}

export interface DeploymentStrategy {
  readonly type?: 'Recreate' | 'RollingUpdate'
  readonly rollingUpdate?: RollingUpdateDeployment
}

export interface DeploymentSpec {
  readonly replicas?: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
  readonly strategy?: DeploymentStrategy
  readonly minReadySeconds?: number
  readonly revisionHistoryLimit?: number
  readonly paused?: boolean
  readonly progressDeadlineSeconds?: number
}

export interface DeploymentCondition extends Condition {
  readonly lastUpdateTime?: Time
}

export interface DeploymentStatus {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly unavailableReplicas?: number
  readonly terminatingReplicas?: number
  readonly conditions?: readonly DeploymentCondition[]
  readonly collisionCount?: number
}

export interface Deployment extends ApiObject {
  readonly spec: DeploymentSpec
  readonly status?: DeploymentStatus
}

export interface StatefulSetSpec {
  readonly replicas?: number
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
  readonly volumeClaimTemplates?: readonly PersistentVolumeClaim[]
  readonly serviceName?: string
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel'
  readonly updateStrategy?: {
    readonly type?: 'RollingUpdate' | 'OnDelete'
    readonly rollingUpdate?: { readonly partition?: number; readonly maxUnavailable?: IntOrString }
  }
  readonly revisionHistoryLimit?: number
  readonly minReadySeconds?: number
  readonly persistentVolumeClaimRetentionPolicy?: {
    readonly whenDeleted?: 'Retain' | 'Delete'
    readonly whenScaled?: 'Retain' | 'Delete'
  }
  readonly ordinals?: { readonly start: number }
}

export interface StatefulSetStatus {
  readonly observedGeneration?: number
  readonly replicas: number
  readonly readyReplicas?: number
  readonly currentReplicas?: number
  readonly updatedReplicas?: number
  readonly availableReplicas?: number
  readonly currentRevision?: string
  readonly updateRevision?: string
  readonly collisionCount?: number
  readonly conditions?: readonly Condition[]
}

export interface StatefulSet extends ApiObject {
  readonly spec: StatefulSetSpec
  readonly status?: StatefulSetStatus
}

export interface DaemonSetSpec {
  readonly selector: LabelSelector
  readonly template: PodTemplateSpec
  readonly updateStrategy?: {
    readonly type?: 'RollingUpdate' | 'OnDelete'
    readonly rollingUpdate?: RollingUpdateDeployment
  }
  readonly minReadySeconds?: number
  readonly revisionHistoryLimit?: number
}

export interface DaemonSetStatus {
  readonly currentNumberScheduled: number
  readonly numberMisscheduled: number
  readonly desiredNumberScheduled: number
  readonly numberReady: number
  readonly observedGeneration?: number
  readonly updatedNumberScheduled?: number
  readonly numberAvailable?: number
  readonly numberUnavailable?: number
  readonly collisionCount?: number
  readonly conditions?: readonly Condition[]
}

export interface DaemonSet extends ApiObject {
  readonly spec: DaemonSetSpec
  readonly status?: DaemonSetStatus
}

export interface ControllerRevision extends ApiObject {
  readonly data?: Json
  readonly revision: number
}

export interface PodFailurePolicyRule {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count'
  readonly onExitCodes?: {
    readonly containerName?: string
    readonly operator: 'In' | 'NotIn'
    readonly values: readonly number[]
  }
  readonly onPodConditions?: readonly { readonly type: string; readonly status?: ConditionStatus }[]
}

export interface JobSpec {
  readonly parallelism?: number
  readonly completions?: number
  readonly activeDeadlineSeconds?: number
  readonly podFailurePolicy?: { readonly rules: readonly PodFailurePolicyRule[] }
  readonly successPolicy?: {
    readonly rules: readonly { readonly succeededIndexes?: string; readonly succeededCount?: number }[]
  }
  readonly backoffLimit?: number
  readonly backoffLimitPerIndex?: number
  readonly maxFailedIndexes?: number
  readonly selector?: LabelSelector
  readonly manualSelector?: boolean
  readonly template: PodTemplateSpec
  readonly ttlSecondsAfterFinished?: number
  readonly completionMode?: 'NonIndexed' | 'Indexed'
  readonly suspend?: boolean
  readonly podReplacementPolicy?: 'TerminatingOrFailed' | 'Failed'
  readonly managedBy?: string
}

export interface JobCondition extends Condition {
  readonly lastProbeTime?: Time
}

export interface JobStatus {
  readonly conditions?: readonly JobCondition[]
  readonly startTime?: Time
  readonly completionTime?: Time
  readonly active?: number
  readonly succeeded?: number
  readonly failed?: number
  readonly terminating?: number
  readonly completedIndexes?: string
  readonly failedIndexes?: string
  readonly uncountedTerminatedPods?: { readonly succeeded?: readonly string[]; readonly failed?: readonly string[] }
  readonly ready?: number
}

export interface Job extends ApiObject {
  readonly spec: JobSpec
  readonly status?: JobStatus
}

export interface JobTemplateSpec {
  readonly metadata?: TemplateMeta
  readonly spec: JobSpec
}

export interface CronJobSpec {
  readonly schedule: string
  readonly timeZone?: string
  readonly startingDeadlineSeconds?: number
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace'
  readonly suspend?: boolean
  readonly jobTemplate: JobTemplateSpec
  readonly successfulJobsHistoryLimit?: number
  readonly failedJobsHistoryLimit?: number
}

export interface CronJob extends ApiObject {
  readonly spec: CronJobSpec
  readonly status?: {
    readonly active?: readonly { readonly kind?: string; readonly name?: string; readonly uid?: string }[]
    readonly lastScheduleTime?: Time
    readonly lastSuccessfulTime?: Time
  }
}
