import { ActorFailure } from '../engine/kernel/actors.ts'
import type { Kernel } from '../engine/kernel/kernel.ts'
import { catalogue } from '../events/catalogue/index.ts'
import type { EventLog } from '../events/log.ts'

/** What `apply` was given is no manifest. Each problem has file, line and field where they are known. */
export class ManifestError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ManifestError'
    this.problems = problems
  }
}

/** The run stopped on a programmer's error. The message has the seed and the causal chain. */
export class RunFailure extends Error {}

/** Lets something happen, and adds to a programmer's error what one needs to see it again. @throws RunFailure */
export const guarded = (seed: number, kernel: Kernel, log: EventLog, action: () => void): void => {
  try {
    action()
  } catch (error) {
    const event = error instanceof ActorFailure ? error.event : undefined
    const chain = causalChain(log, event?.seq ?? kernel.seq)
    const why = error instanceof Error ? error.message : String(error)
    const where = `seed ${seed}, seq ${kernel.seq}, at ${kernel.now} us`
    throw new RunFailure(`${where}: ${why}\n${chain.join('\n')}`, { cause: error })
  }
}

/** The events that led to one, newest first, as far as the log has them. */
const causalChain = (log: EventLog, from: number): readonly string[] => {
  const lines: string[] = []
  for (let seq = from; seq > 0 && lines.length < 20; seq = log.causeOf(seq)) {
    const event = log.get(seq)
    if (event === undefined) continue
    const addressee = event.to === undefined ? '' : ` → ${event.to}`
    lines.push(
      `  #${event.seq} at ${event.at} us  ${event.by}${addressee}  ${event.type} (${catalogue[event.type].class})`,
    )
  }
  return lines
}
