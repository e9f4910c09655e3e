import { pause, type Sync } from '../../engine/client/sync.ts'
import type { Micros } from '../../events/envelope.ts'
import type { Random } from '../../engine/kernel/random.ts'
import type { CSIDriverShape } from './csi-driver.ts'

const MILLION = 1_000_000

/** A call of the storage system: takes its time, and now and then fails with these words. */
export function* callBackend(
  { failuresPpm }: CSIDriverShape,
  [low, high]: readonly [Micros, Micros],
  random: Random,
): Sync<string | undefined> {
  yield* pause(random.between(low, high))
  const fails = failuresPpm > 0 && random.below(MILLION) < failuresPpm
  return fails ? 'rpc error: code = Internal desc = storage backend is not available' : undefined
}
