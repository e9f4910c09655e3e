/**
 * Deployments, ReplicaSets and what came before them.
 * Source: pkg/registry/apps/{deployment,replicaset}/strategy.go; pkg/registry/core/{replicationcontroller,podtemplate}/strategy.go
 * (v1.36).
 */
import type { PodTemplate } from '../types/pod.ts'
import type { Deployment, ReplicaSet, ReplicationController } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { nameWarnings, podSpecWarnings } from '../warnings/pod.ts'
import {
  defaultDeployment,
  defaultPodTemplateObject,
  defaultReplicaSet,
  defaultReplicationController,
} from '../defaulting/workloads.ts'
import { sameJson } from '../hash.ts'
import { validateMetadataUpdate } from '../validation/metadata.ts'
import { validatePodTemplateObject, validatePodTemplateObjectUpdate } from '../validation/pod-template.ts'
import {
  validateReplicationController,
  validateReplicationControllerStatusUpdate,
  validateReplicationControllerUpdate,
} from '../validation/replicationcontroller.ts'
import {
  validateDeployment,
  validateDeploymentUpdate,
  validateReplicaSet,
  validateReplicaSetUpdate,
} from '../validation/workloads.ts'
import { defineStrategy, resetStatus, keepSpec, keepStatus, specChanged } from './strategy.ts'

function templateWarnings({
  metadata,
  spec,
}: Draft<Deployment> | Draft<ReplicaSet> | Draft<ReplicationController>): readonly string[] {
  const { template } = spec ?? {}
  return [
    ...nameWarnings(metadata?.name ?? '', 'this is used in Pod names and hostnames'),
    ...podSpecWarnings(template?.spec ?? {}, template?.metadata, 'spec.template.'),
  ]
}

export const deploymentStrategy = defineStrategy<Deployment>({
  defaults: defaultDeployment,
  prepareForCreate: (deployment) => resetStatus(deployment, {}),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: (next, before) => ({
    ...keepSpec(next, before),
    metadata: { ...next.metadata, labels: before.metadata.labels },
  }),
  initialGeneration: 1,
  // Annotations count too: a roll-back used to be asked for by one.
  bumpsGeneration: (next, before) =>
    specChanged(next, before) || !sameJson(next.metadata?.annotations ?? {}, before.metadata?.annotations ?? {}),
  warnings: templateWarnings,
  check: validateDeployment,
  checkUpdate: validateDeploymentUpdate,
  checkStatusUpdate: (next, before, errors) => validateMetadataUpdate(next.metadata, before.metadata, errors),
})

export const replicaSetStrategy = defineStrategy<ReplicaSet>({
  defaults: defaultReplicaSet,
  prepareForCreate: (replicaSet) => resetStatus(replicaSet, { replicas: 0 }),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  warnings: templateWarnings,
  check: validateReplicaSet,
  checkUpdate: validateReplicaSetUpdate,
  checkStatusUpdate: (next, before, errors) => validateMetadataUpdate(next.metadata, before.metadata, errors),
})

export const replicationControllerStrategy = defineStrategy<ReplicationController>({
  defaults: defaultReplicationController,
  prepareForCreate: (controller) => resetStatus(controller, { replicas: 0 }),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  warnings: templateWarnings,
  check: validateReplicationController,
  checkUpdate: validateReplicationControllerUpdate,
  checkStatusUpdate: validateReplicationControllerStatusUpdate,
})

export const podTemplateStrategy = defineStrategy<PodTemplate>({
  defaults: defaultPodTemplateObject,
  initialGeneration: 1,
  bumpsGeneration: (next, before) => !sameJson(next.template, before.template),
  warnings: ({ template }) => podSpecWarnings(template?.spec ?? {}, template?.metadata, 'template.'),
  check: validatePodTemplateObject,
  checkUpdate: validatePodTemplateObjectUpdate,
})
