import type { ActorContext } from '../../../engine/actor.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Allocations } from '../allocation/allocations.ts'
import type { Backoff } from '../backoff.ts'
import type { ImagePuller } from '../images/puller.ts'
import type { Prober } from '../probes/prober.ts'
import type { RuntimeClient } from '../runtime/client.ts'
import type { Claims } from './claims.ts'
import type { Devices } from './devices.ts'
import type { References } from './references.ts'
import type { StatusWriter } from '../status/writer.ts'
import type { UsageRelay } from '../usage.ts'
import type { Why } from '../why.ts'

/** What the syncs of one kubelet share. */
export interface SyncWorld {
  readonly context: ActorContext
  readonly runtime: RuntimeClient
  readonly statuses: StatusWriter
  readonly prober: Prober
  readonly puller: ImagePuller
  readonly restarts: Backoff
  readonly nodeIP: string
  readonly why: Why
  /** Records an Event about a Pod, or about one container of it. */
  event(pod: Pod, container: string | undefined, type: 'Normal' | 'Warning', reason: string, message: string): void
  /** What goes on when a hook is over, by `uid/container`. */
  readonly hooks: Map<string, () => void>
  readonly references: References
  readonly claims: Claims
  readonly devices: Devices
  /** Pods of this node that run or are about to. */
  activePods(): readonly Pod[]
  readonly allocations: Allocations
  readonly usage: UsageRelay
}
