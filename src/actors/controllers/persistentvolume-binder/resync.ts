import type { World } from '../../../engine/client/controller.ts'
import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'

/** Source: pkg/controller/volume/persistentvolume/config/v1alpha1/defaults.go, PVClaimBinderSyncPeriod (v1.36). */
const SYNC_PERIOD: Micros = seconds(15)

export interface Memory {
  /** When this run of the controller began to see. */
  begun?: Micros
}

export type BinderWorld = World<Memory>

/** Until upstream would look at all claims and volumes again, which it does in turns of a length counted from its beginning. */
export const nextTurn = ({ memory, monotonic }: BinderWorld): { readonly after: Micros } => ({
  after: SYNC_PERIOD - ((monotonic - (memory.begun ?? monotonic)) % SYNC_PERIOD),
})
