/** Defined at the ground, where the log needs it too. */
export { InvariantError, invariant } from '../events/invariant.ts'
