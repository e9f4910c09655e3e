/** What the words of the command line do, each loaded when it is said. */
export const words = {
  run: async () => (await import('./run.ts')).run,
  up: async () => (await import('./up.ts')).up,
  replay: async () => (await import('./recordings.ts')).replay,
  why: async () => (await import('./recordings.ts')).why,
  explainSchedule: async () => (await import('./explain-schedule.ts')).explainSchedule,
  diff: async () => (await import('./recordings.ts')).diff,
}

export type Words = typeof words
