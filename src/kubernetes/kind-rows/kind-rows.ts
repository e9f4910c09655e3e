/**
 * The kinds, one row each, in one file per group: how the API names them, where the store keeps them, what is special
 * about writing them.
 *
 * A row without a strategy is known by name (its objects can be kept and viewed) but not served by the API.
 * Source: aggregated discovery of kube-apiserver v1.36; pkg/registry (storage prefixes, strategies).
 */
import { CORE_ROWS } from './core.ts'
import { APIEXTENSIONS_ROWS } from './apiextensions.ts'
import { ADMISSIONREGISTRATION_ROWS } from './admissionregistration.ts'
import { APIREGISTRATION_ROWS } from './apiregistration.ts'
import { APPS_ROWS } from './apps.ts'
import { AUTOSCALING_ROWS } from './autoscaling.ts'
import { BATCH_ROWS } from './batch.ts'
import { CERTIFICATES_ROWS } from './certificates.ts'
import { COORDINATION_ROWS } from './coordination.ts'
import { DISCOVERY_ROWS } from './discovery.ts'
import { FLOWCONTROL_ROWS } from './flowcontrol.ts'
import { NETWORKING_ROWS } from './networking.ts'
import { NODE_ROWS } from './node.ts'
import { POLICY_ROWS } from './policy.ts'
import { RBAC_ROWS } from './rbac.ts'
import { RESOURCE_ROWS } from './resource.ts'
import { SCHEDULING_ROWS } from './scheduling.ts'
import { STORAGE_ROWS } from './storage.ts'
import type { KindRow } from './row.ts'

export const KIND_ROWS: readonly KindRow[] = [
  ...CORE_ROWS,
  ...ADMISSIONREGISTRATION_ROWS,
  ...APIREGISTRATION_ROWS,
  ...APPS_ROWS,
  ...AUTOSCALING_ROWS,
  ...BATCH_ROWS,
  ...CERTIFICATES_ROWS,
  ...COORDINATION_ROWS,
  ...DISCOVERY_ROWS,
  ...FLOWCONTROL_ROWS,
  ...NETWORKING_ROWS,
  ...NODE_ROWS,
  ...POLICY_ROWS,
  ...RBAC_ROWS,
  ...RESOURCE_ROWS,
  ...SCHEDULING_ROWS,
  ...STORAGE_ROWS,
  ...APIEXTENSIONS_ROWS,
]
