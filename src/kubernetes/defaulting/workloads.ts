/** Defaults of Deployments and ReplicaSets. Source: pkg/apis/apps/v1/defaults.go (v1.36). */
import type { Deployment, DeploymentStrategy, ReplicaSet } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { defaultPodTemplate } from './pod.ts'

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
