/**
 * Lets what was written to sockets arrive: a few turns of the event loop, in each of which one hop is taken. Turns, not
 * time, since a busy machine can spend the time in a single one.
 */
export const arrivals = async (ms = 20): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setTimeout(resolve, ms / TURNS))
}

const TURNS = 10
