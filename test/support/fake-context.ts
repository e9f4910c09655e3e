import type { ActorContext } from '../../src/engine/actor.ts'

const unused = (): never => {
  throw new Error('nobody asked for that')
}

/** A context of which only the given parts may be used. */
export const fakeContext = (parts: Partial<ActorContext>): ActorContext => ({
  id: 'somebody',
  host: 'somewhere',
  boot: 1,
  now: 0,
  monotonic: 0,
  quietFor: 0,
  seq: 1,
  random: { below: unused, between: unused, chance: unused, fork: unused },
  disk: { position: 0, start: 0, append: unused, sync: unused, records: unused, dropBefore: unused },
  emit: unused,
  setTimer: unused,
  cancelTimer: unused,
  hasTimer: unused,
  relay: unused,
  fail: unused,
  exit: unused,
  ...parts,
})
