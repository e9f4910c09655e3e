import type { ActorContext } from '../../engine/actor.ts'
import type { ApiAnswer } from '../../engine/client/api-client.ts'
import type { Seq } from '../../events/envelope.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import type { View } from '../../kubernetes/view.ts'
import type { SchedulerCore } from './core.ts'
import type { ApiWrite } from './framework/plugin.ts'

/** What the parts of the scheduler actor share. */
export interface SchedulerPorts {
  readonly core: SchedulerCore
  readonly context: ActorContext
  readonly view: View
  write(write: ApiWrite, done: (answer: ApiAnswer) => void, cause: Seq): void
  record(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string, cause: Seq): void
}
