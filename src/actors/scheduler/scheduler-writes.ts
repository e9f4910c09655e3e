import type { Json } from '../../events/json.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { ApiWrite } from './framework/plugin.ts'

/** A write of the status alone, as the scheduler patches it. */
export const statusPatch = (pod: Pod, status: Json): ApiWrite => ({
  verb: 'patch',
  kind: 'Pod',
  namespace: pod.metadata.namespace,
  name: pod.metadata.name,
  subresource: 'status',
  patchType: 'strategic',
  body: { status },
})
