/** APIServices. Source: kube-aggregator/pkg/registry/apiservice/strategy.go (v1.36). */
import type { APIService } from '../types/apiregistration.ts'
import type { Draft } from '../draft.ts'
import type { Condition, Time } from '../types/meta.ts'
import { validateAPIService, validateAPIServiceUpdate } from '../validation/apiregistration.ts'
import { validateMetadataUpdate } from '../validation/metadata.ts'
import { defineStrategy, keepSpec, keepStatus, resetStatus } from './strategy.ts'

const HTTPS = 443

/** What this server serves itself is always there. */
export const apiServiceStrategy = defineStrategy<APIService>({
  defaults: withPort,
  prepareForCreate: (service, now) =>
    resetStatus(service, service.spec?.service === undefined ? { conditions: [isLocal(now)] } : {}),
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate: keepSpec,
  allowUnconditionalUpdate: false,
  check: validateAPIService,
  checkUpdate: validateAPIServiceUpdate,
  checkStatusUpdate: (next, before, errors) => validateMetadataUpdate(next.metadata, before.metadata, errors),
})

function withPort(service: Draft<APIService>): Draft<APIService> {
  const reference = service.spec?.service
  if (reference === undefined) return service
  return { ...service, spec: { ...service.spec, service: { ...reference, port: reference.port ?? HTTPS } } }
}

const isLocal = (now: Time | undefined): Condition => ({
  type: 'Available',
  status: 'True',
  ...(now === undefined ? {} : { lastTransitionTime: now }),
  reason: 'Local',
  message: 'Local APIServices are always available',
})
