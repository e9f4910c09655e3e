import { methodNotAllowed, unexpectedError } from '../../../kubernetes/status.ts'
import { COMPONENT_STATUS_DEPRECATION } from '../../../kubernetes/unstored-kinds.ts'
import { refusal, type Answer } from '../answer.ts'
import type { RequestData } from '../request.ts'

/**
 * GET componentstatuses: how the components on the API server's own machine are.
 * Abridged: it asks none of them, so it knows of none. Source: pkg/registry/core/componentstatus/rest.go (v1.36).
 */
export const componentStatus = ({ verb, name }: RequestData): Answer => {
  const warnings = [COMPONENT_STATUS_DEPRECATION]
  if (verb === 'get') return { ...refusal(unexpectedError(`Component not found: ${name ?? ''}`)), warnings }
  if (verb !== 'list') return refusal(methodNotAllowed())
  return { code: 200, object: { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items: [] }, warnings }
}
