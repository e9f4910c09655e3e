import type { Seq } from '../../events/envelope.ts'

/** The cause of what the kubelet does now, where that is not the event in hand. */
export interface Why {
  seq: Seq | undefined
}
