import type { Micros } from '../../events/envelope.ts'

/** Digits of the binary fraction that count: with a half-life of a day, steps of 21 seconds. */
const DIGITS = 12
const STEPS = 4096

/** 2 to the power of 1/2, 1/4, 1/8, …: square roots are exact to the last digit on every machine, powers are not. */
const ROOTS: readonly number[] = (() => {
  const roots: number[] = []
  for (let root = 2; roots.length < DIGITS;) roots.push((root = Math.sqrt(root)))
  return roots
})()

/** 2 to the power of `time / halfLife`, for times that are not negative. */
export const growth = (time: Micros, halfLife: Micros): number => {
  let factor = 1
  for (let whole = Math.floor(time / halfLife); whole > 0; whole--) factor *= 2
  const fraction = Math.floor(((time % halfLife) * STEPS) / halfLife)
  for (let digit = 0; digit < DIGITS; digit++) {
    if ((fraction & (STEPS >> (digit + 1))) !== 0) factor *= ROOTS[digit] ?? 1
  }
  return factor
}
