import type { ApiObject } from '../../events/json.ts'
import { describeDeletion, same } from './lifecycle.ts'

/** Made in every namespace by the control plane: says nothing. Source: pkg/controller/certificates/rootcacertpublisher. */
const ROOT_CERTIFICATE = 'kube-root-ca.crt'

/** Objects that others read: that they came, went or say something else. */
export const describeConfiguration = (
  before: ApiObject | undefined,
  after: ApiObject | undefined,
): readonly string[] => {
  if ((after ?? before)?.metadata.name === ROOT_CERTIFICATE) return []
  if (after === undefined) return describeDeletion(before, after)
  if (before === undefined) return ['created']
  return [...(same(content(before), content(after)) ? [] : ['changed']), ...describeDeletion(before, after)]
}

/** All that is neither bookkeeping nor a report. */
const content = (object: ApiObject): readonly unknown[] =>
  Object.entries(object).filter(([field]) => field !== 'metadata' && field !== 'status')
