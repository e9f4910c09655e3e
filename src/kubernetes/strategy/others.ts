/** Kinds with little of their own. Source: pkg/registry/{core,coordination,policy,scheduling}/<kind>/strategy.go (v1.36). */
import type { ConfigMap, Event, Namespace, Secret, ServiceAccount } from '../types/core.ts'
import type { Lease, Node } from '../types/node.ts'
import type { PodDisruptionBudget, PriorityClass } from '../types/scheduling.ts'
import type { Draft } from '../draft.ts'
import {
  defaultEvent,
  defaultNamespace,
  defaultNode,
  defaultPriorityClass,
  defaultSecret,
} from '../defaulting/others.ts'
import {
  validateEvent,
  validateEventUpdate,
  validateLease,
  validateLeaseUpdate,
  validateNamespace,
  validateNamespaceStatusUpdate,
  validateNamespaceUpdate,
  validateNode,
  validateNodeUpdate,
} from '../validation/cluster.ts'
import {
  validateConfigMap,
  validateConfigMapUpdate,
  validateSecret,
  validateSecretUpdate,
  validateServiceAccount,
  validateServiceAccountUpdate,
} from '../validation/config.ts'
import { validateMetadataUpdate } from '../validation/metadata.ts'
import {
  validatePodDisruptionBudget,
  validatePodDisruptionBudgetUpdate,
  validatePriorityClass,
  validatePriorityClassUpdate,
} from '../validation/scheduling.ts'
import { secretWarnings } from '../warnings/secret.ts'
import { defineStrategy, resetStatus, keepSpec, keepStatus, specChanged } from './strategy.ts'

/** Holds a namespace until its content is gone; only the subresource `finalize` takes it away. */
const NAMESPACE_FINALIZER = 'kubernetes'

export const namespaceStrategy = defineStrategy<Namespace>({
  defaults: defaultNamespace,
  prepareForCreate: (namespace) => ({
    ...resetStatus(namespace, { phase: 'Active' }),
    spec: { ...namespace.spec, finalizers: withFinalizer(namespace) },
  }),
  prepareForUpdate: (next, before) => keepStatus({ ...next, spec: before.spec }, before),
  prepareForStatusUpdate: keepSpec,
  check: validateNamespace,
  checkUpdate: validateNamespaceUpdate,
  checkStatusUpdate: validateNamespaceStatusUpdate,
})

function withFinalizer(namespace: Draft<Namespace>): readonly string[] {
  const finalizers = namespace.spec?.finalizers ?? []
  return finalizers.includes(NAMESPACE_FINALIZER) ? finalizers : [...finalizers, NAMESPACE_FINALIZER]
}

/** A kubelet creates its Node with a status. */
export const nodeStrategy = defineStrategy<Node>({
  defaults: defaultNode,
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  check: validateNode,
  checkUpdate: validateNodeUpdate,
})

export const leaseStrategy = defineStrategy<Lease>({
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  check: validateLease,
  checkUpdate: validateLeaseUpdate,
})

export const configMapStrategy = defineStrategy<ConfigMap>({
  check: validateConfigMap,
  checkUpdate: validateConfigMapUpdate,
})

export const secretStrategy = defineStrategy<Secret>({
  defaults: defaultSecret,
  warnings: secretWarnings,
  check: validateSecret,
  checkUpdate: validateSecretUpdate,
})

export const serviceAccountStrategy = defineStrategy<ServiceAccount>({
  check: validateServiceAccount,
  checkUpdate: validateServiceAccountUpdate,
})

export const eventStrategy = defineStrategy<Event>({
  defaults: defaultEvent,
  allowCreateOnUpdate: true,
  check: validateEvent,
  checkUpdate: validateEventUpdate,
})

export const priorityClassStrategy = defineStrategy<PriorityClass>({
  defaults: defaultPriorityClass,
  initialGeneration: 1,
  check: validatePriorityClass,
  checkUpdate: validatePriorityClassUpdate,
})

const NO_BUDGET = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }

export const podDisruptionBudgetStrategy = defineStrategy<PodDisruptionBudget>({
  prepareForCreate: (budget) => resetStatus(budget, NO_BUDGET),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  allowUnconditionalUpdate: false,
  check: validatePodDisruptionBudget,
  checkUpdate: validatePodDisruptionBudgetUpdate,
  checkStatusUpdate: (next, before, errors) => validateMetadataUpdate(next.metadata, before.metadata, errors),
})
