import type { Micros } from '../../events/envelope.ts'
import type { Random } from '../kernel/random.ts'

/** `base · 2^failures`, at most `max`, in whole microseconds and without floating powers. */
export const exponential = (base: Micros, max: Micros, failures: number): Micros => {
  let delay = base
  for (let i = 0; i < failures && delay < max; i++) delay *= 2
  return Math.min(delay, max)
}

/** A period and up to so many thousandths of it more. Source: apimachinery/pkg/util/wait, Jitter. */
export const jittered = (period: Micros, thousandths: number, random: Random): Micros =>
  period + random.below(Math.floor((period * thousandths) / 1000) + 1)
