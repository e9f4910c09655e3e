/** What a container's processes use, by their model. */
import type { Micros } from '../../events/envelope.ts'
import type { Standing } from './run.ts'

export interface Usage {
  /** Processor time since the start. */
  readonly cpuMicros: number
  readonly memoryBytes: number
}

/**
 * Usage at `at`: a steady rate, and what its requests have cost. Memory grows in a straight line.
 * Abridged: a limit of processor time slows nothing down and does not bound what is used.
 */
export const usageAt = ({ run, model }: Pick<Standing, 'run' | 'model'>, requestMicros: number, at: Micros): Usage => {
  const age = Math.max(0, at - run.startedAt)
  const ramp = model.memoryRamp ?? run.listensAt - run.startedAt
  return {
    cpuMicros: Math.floor((age * model.cpuMillis) / 1000) + requestMicros,
    memoryBytes: age >= ramp ? model.memoryBytes : Math.floor((model.memoryBytes / ramp) * age),
  }
}
