import type { ApiObject } from '../../../../events/json.ts'
import type { Status } from '../../../../kubernetes/status.ts'
import { chargedToQuotas, type Procedure } from '../../procedure.ts'
import type { World } from '../../world.ts'
import type { Attributes } from '../admission.ts'

/** Changes that may ask for more. */
const UPDATES: ReadonlySet<string> = new Set(['Service ', 'PersistentVolumeClaim ', 'Pod resize'])

/**
 * Charges what is created to the quotas of its namespace, before it is written: a quota's status is the only count. What is
 * charged and then not written, the quota controller finds.
 * Source: apiserver/pkg/admission/plugin/resourcequota/controller.go, Evaluate (v1.36).
 */
export function* chargeQuotas(object: ApiObject, attributes: Attributes, world: World): Procedure<Status | undefined> {
  const { namespace } = attributes
  if (namespace === undefined || !isCharged(attributes)) return undefined
  if (world.cache.view.list('ResourceQuota', namespace).length === 0) return undefined
  return yield* chargedToQuotas({ object, attributes, namespace })
}

const isCharged = ({ operation, kind, subresource }: Attributes): boolean => {
  if (operation === 'CREATE') return subresource === ''
  return operation === 'UPDATE' && UPDATES.has(`${kind} ${subresource}`)
}
