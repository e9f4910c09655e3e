import { expect } from 'vitest'

/** Whether two values are equal as `toEqual` has it. */
export const equal = (a: unknown, b: unknown): boolean => {
  try {
    expect(a).toEqual(b)
    return true
  } catch {
    return false
  }
}
