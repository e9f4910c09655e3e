import type { World } from '../../../engine/client/controller.ts'
import type { Micros } from '../../../events/envelope.ts'

/** Since when an attachment, by name, is no longer wanted. */
export interface Memory {
  readonly detachSince: Map<string, Micros>
}

export type AttachDetachWorld = World<Memory>
