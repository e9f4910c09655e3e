import type { Micros } from '../../events/envelope.ts'

/** `base · 2^failures`, at most `max`, in whole microseconds and without floating powers. */
export const exponential = (base: Micros, max: Micros, failures: number): Micros => {
  let delay = base
  for (let i = 0; i < failures && delay < max; i++) delay *= 2
  return Math.min(delay, max)
}
