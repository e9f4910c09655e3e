/**
 * Endpoints. Source: pkg/registry/core/endpoint/strategy.go; pkg/apis/core/v1/defaults.go, SetDefaults_Endpoints (v1.36).
 *
 * Abridged: subsets stay as they are written; upstream brings them into an order of its own.
 */
import type { Endpoints } from '../types/networking.ts'
import type { Draft } from '../draft.ts'
import { validateEndpoints, validateEndpointsUpdate } from '../validation/endpoints.ts'
import { withMembers } from '../with-members.ts'
import { defineStrategy } from './strategy.ts'

export const endpointsStrategy = defineStrategy<Endpoints>({
  defaults: withProtocols,
  allowCreateOnUpdate: true,
  check: validateEndpoints,
  checkUpdate: validateEndpointsUpdate,
})

function withProtocols(endpoints: Draft<Endpoints>): Draft<Endpoints> {
  if (endpoints.subsets === undefined) return endpoints
  const subsets = endpoints.subsets.map((subset) =>
    subset.ports === undefined
      ? subset
      : { ...subset, ports: subset.ports.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' })) },
  )
  return withMembers(endpoints, { subsets })
}
