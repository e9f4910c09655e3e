import type { JsonObject } from '../../../kubernetes/patch/json.ts'
import { applied } from '../../../kubernetes/apply/field-manager.ts'
import { endpointOf } from '../../../kubernetes/apply/endpoints.ts'
import { entriesOf, withEntries } from '../../../kubernetes/apply/owners.ts'
import { kindRow } from '../../../kubernetes/registry.ts'
import { isStatus } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { FlowSchema } from '../../../kubernetes/types/flowcontrol.ts'
import { CONSUMER } from '../bootstrap/flow-schemas.ts'
import type { World } from '../world.ts'
import type { Told } from './condition.ts'

/**
 * Whether the priority level that a FlowSchema names is there.
 * Source: apiserver/pkg/util/flowcontrol/apf_controller.go, syncFlowSchemaStatus (v1.36).
 */
export function dangling({ spec }: FlowSchema, { cache }: World): Told {
  const level = spec.priorityLevelConfiguration?.name ?? ''
  const isFound = cache.view.get('PriorityLevelConfiguration', undefined, level) !== undefined
  const what = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`
  return isFound
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${what} and it exists` }
    : { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${what} but there is no such object` }
}

/** The schema with a status that is applied, not written over. */
export function withApplied(schema: FlowSchema, next: FlowSchema, { now }: World): FlowSchema {
  if (entriesOf(schema).length === 0) return next
  const { apiVersion, kind, metadata, status } = next
  const intent = { apiVersion, kind, metadata: { name: metadata.name }, status } as JsonObject
  const writer = { manager: CONSUMER, time: rfc3339(now) }
  // What is tracked does not depend on the kind's type.
  const merged = applied(
    endpointOf(kindRow('FlowSchema'), 'status'),
    schema as object as JsonObject,
    intent,
    writer,
    true,
  )
  return isStatus(merged) ? next : withEntries(next, entriesOf(merged))
}
