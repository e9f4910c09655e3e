/** What limits a namespace. Source: pkg/registry/core/{limitrange,resourcequota}/strategy.go (v1.36). */
import type { LimitRange, ResourceQuota } from '../types/core.ts'
import { defaultLimitRange } from '../defaulting/limits.ts'
import { validateLimitRange, validateLimitRangeUpdate } from '../validation/limits.ts'
import {
  validateResourceQuota,
  validateResourceQuotaStatusUpdate,
  validateResourceQuotaUpdate,
} from '../validation/quota.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus } from './strategy.ts'

export const limitRangeStrategy = defineStrategy<LimitRange>({
  defaults: defaultLimitRange,
  allowCreateOnUpdate: true,
  check: validateLimitRange,
  checkUpdate: validateLimitRangeUpdate,
})

export const resourceQuotaStrategy = defineStrategy<ResourceQuota>({
  prepareForCreate: (quota) => resetStatus(quota, {}),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  check: validateResourceQuota,
  checkUpdate: validateResourceQuotaUpdate,
  checkStatusUpdate: validateResourceQuotaStatusUpdate,
})
