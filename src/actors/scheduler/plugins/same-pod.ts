import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ClusterEvent } from '../framework/events.ts'

/** Whether the event is about the very Pod that waits. */
export const isSamePod = (pod: Pod, event: ClusterEvent): boolean => event.after?.metadata.uid === pod.metadata.uid
