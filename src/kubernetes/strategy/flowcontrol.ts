/**
 * FlowSchemas and PriorityLevelConfigurations.
 *
 * Source: pkg/registry/flowcontrol/<kind>/strategy.go; pkg/apis/flowcontrol/v1/defaults.go (v1.36).
 */
import type { FlowSchema, LimitedPriorityLevel, PriorityLevelConfiguration } from '../types/flowcontrol.ts'
import type { Draft } from '../draft.ts'
import {
  validateFlowSchema,
  validateFlowSchemaUpdate,
  validatePriorityLevel,
  validatePriorityLevelUpdate,
} from '../validation/flowcontrol.ts'
import { validateMetadataUpdate } from '../validation/metadata.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus, specChanged } from './strategy.ts'

const DEFAULT_PRECEDENCE = 1_000

export const flowSchemaStrategy = defineStrategy<FlowSchema>({
  defaults: (schema) => ({
    ...schema,
    spec: { ...schema.spec, matchingPrecedence: schema.spec?.matchingPrecedence ?? DEFAULT_PRECEDENCE },
  }),
  prepareForCreate: (schema) => resetStatus(schema, {}),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  check: validateFlowSchema,
  checkUpdate: validateFlowSchemaUpdate,
  checkStatusUpdate: (next, before, errors) => validateMetadataUpdate(next.metadata, before.metadata, errors),
})

export const priorityLevelStrategy = defineStrategy<PriorityLevelConfiguration>({
  defaults: defaultPriorityLevel,
  prepareForCreate: (level) => resetStatus(level, {}),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  initialGeneration: 1,
  bumpsGeneration: specChanged,
  check: validatePriorityLevel,
  checkUpdate: validatePriorityLevelUpdate,
  checkStatusUpdate: (next, before, errors) => validateMetadataUpdate(next.metadata, before.metadata, errors),
})

const EXEMPT = { nominalConcurrencyShares: 0, lendablePercent: 0 }
const LIMITED = { nominalConcurrencyShares: 30, lendablePercent: 0 }
const QUEUING = { queues: 64, handSize: 8, queueLengthLimit: 50 }

function defaultPriorityLevel(level: Draft<PriorityLevelConfiguration>): Draft<PriorityLevelConfiguration> {
  const { type, exempt, limited } = level.spec ?? {}
  return {
    ...level,
    spec: {
      ...level.spec,
      ...(type === 'Exempt' || exempt !== undefined ? { exempt: { ...EXEMPT, ...exempt } } : {}),
      ...(limited === undefined ? {} : { limited: defaultLimited(limited) }),
    },
  }
}

function defaultLimited(limited: Draft<LimitedPriorityLevel>): Draft<LimitedPriorityLevel> {
  const { limitResponse } = limited
  if (limitResponse?.queuing === undefined) return { ...LIMITED, ...limited }
  return {
    ...LIMITED,
    ...limited,
    limitResponse: { ...limitResponse, queuing: { ...QUEUING, ...limitResponse.queuing } },
  }
}
