/** One run of a container: everything its model leaves open, drawn once at its start. */
import type { Micros } from '../../events/envelope.ts'
import type { Span, WorkloadModel } from './model.ts'

/** Draws from `low` to `high`, both included. */
export interface Draw {
  between(low: number, high: number): number
}

/** Moments are by a clock that nobody sets; an absent one never comes. */
export interface Run {
  readonly startedAt: Micros
  readonly listensAt: Micros
  readonly readyAt: Micros
  readonly unhealthyAt?: Micros
  readonly hangsAt?: Micros
  /** Ends by itself, or is killed for its memory. */
  readonly endsAt?: Micros
  /** When it would end by itself, had it all the memory it wants. */
  readonly exitsAt?: Micros
  readonly exitCode: number
  readonly outOfMemory: boolean
  /** From SIGTERM to exit; undefined where SIGTERM does nothing. */
  readonly shutdown: Micros | undefined
}

/** What the kernel's out-of-memory killer leaves: 128 + SIGKILL. */
const KILLED = 137

export const planRun = (model: WorkloadModel, restartCount: number, startedAt: Micros, random: Draw): Run => {
  const after = (span: Span): Micros => startedAt + random.between(span.low, span.high)
  const listensAt = after(model.startup)
  const readyAt = model.readyAfter === undefined ? listensAt : Math.max(listensAt, after(model.readyAfter))
  const crashes = model.crashTimes === undefined || restartCount < model.crashTimes
  const ends = model.exitAfter !== undefined && crashes ? after(model.exitAfter) : undefined
  const shutdown = model.ignoresTerm === true ? undefined : random.between(model.shutdown.low, model.shutdown.high)
  return {
    startedAt,
    listensAt,
    readyAt,
    unhealthyAt: model.unhealthyAfter === undefined ? undefined : after(model.unhealthyAfter),
    hangsAt: model.hangAfter === undefined ? undefined : after(model.hangAfter),
    ...endOf(model, outgrowsAt(model, startedAt, listensAt), ends),
    shutdown,
  }
}

type End = Pick<Run, 'endsAt' | 'exitsAt' | 'exitCode' | 'outOfMemory'>

const endOf = (model: WorkloadModel, killed: Micros | undefined, exitsAt: Micros | undefined): End => {
  const outOfMemory = killed !== undefined && (exitsAt === undefined || killed < exitsAt)
  return {
    endsAt: outOfMemory ? killed : exitsAt,
    exitsAt,
    exitCode: outOfMemory ? KILLED : (model.exitCode ?? 0),
    outOfMemory,
  }
}

/** The run goes on with another limit of its memory. Who has more already is killed at once. */
export const withMemoryLimit = (
  { run, model }: Pick<Standing, 'run' | 'model'>,
  memoryLimitBytes: number,
  now: Micros,
): Pick<Standing, 'run' | 'model'> => {
  const limited = { ...model, memoryLimitBytes }
  const killed = outgrowsAt(limited, run.startedAt, run.listensAt)
  const end = endOf(limited, killed === undefined ? undefined : Math.max(now, killed), run.exitsAt)
  return { model: limited, run: { ...run, ...end } }
}

/** When memory that grows in a straight line passes its limit. */
const outgrowsAt = (model: WorkloadModel, startedAt: Micros, listensAt: Micros): Micros | undefined => {
  const { memoryBytes, memoryLimitBytes } = model
  if (memoryLimitBytes === undefined || memoryLimitBytes <= 0 || memoryBytes <= memoryLimitBytes) return undefined
  const ramp = model.memoryRamp ?? listensAt - startedAt
  return startedAt + Math.floor((ramp / memoryBytes) * memoryLimitBytes)
}

/** What somebody meets who connects to a container. */
export type Encounter = 'ok' | 'refused' | 'unhealthy' | 'silent'

/** How a run stands towards callers: `stoppingSince` once SIGTERM was sent. */
export interface Standing {
  readonly run: Run
  readonly model: WorkloadModel
  readonly stoppingSince: Micros | undefined
}

/** Whether a container listens on a port. One that declares no port listens on any. */
export const listensOn = (model: WorkloadModel, port: number): boolean =>
  model.ports.length === 0 || model.ports.includes(port)

/** What a request to one of its ports meets at `at`. */
export const encounter = ({ run, model, stoppingSince }: Standing, port: number, at: Micros): Encounter => {
  if (run.hangsAt !== undefined && at >= run.hangsAt) return 'silent'
  if (at < run.listensAt || !listensOn(model, port)) return 'refused'
  if (stoppingSince !== undefined && model.servesWhileStopping !== true && run.shutdown !== undefined) return 'refused'
  return run.unhealthyAt !== undefined && at >= run.unhealthyAt ? 'unhealthy' : 'ok'
}

export interface ProbeQuestion {
  readonly readiness: boolean
  readonly by: 'http' | 'tcp' | 'exec' | 'grpc'
  readonly port?: number
  readonly timeoutMicros: Micros
}

/** What a probe meets. A command runs as soon as the container does; a bare connection says nothing about health. */
export const probeOutcome = (standing: Standing, question: ProbeQuestion, at: Micros): Encounter => {
  const { run, model } = standing
  if (question.by === 'exec') {
    if (run.hangsAt !== undefined && at >= run.hangsAt) return 'silent'
    if (at < run.listensAt || (run.unhealthyAt !== undefined && at >= run.unhealthyAt)) return 'unhealthy'
    return question.readiness && at < run.readyAt ? 'unhealthy' : 'ok'
  }
  const met = encounter(standing, question.port ?? 0, at)
  if (met !== 'ok' && met !== 'unhealthy') return met
  if (question.by === 'tcp') return 'ok'
  if (model.latency.low > question.timeoutMicros) return 'silent'
  return question.readiness && at < run.readyAt ? 'unhealthy' : met
}

/**
 * Until when a probe would meet the same as at `at`, unless somebody intervenes; undefined: for good. Every moment at
 * which the answer can change by itself is a moment of the run, its end included.
 */
export const unchangedUntil = ({ run }: Standing, at: Micros): Micros | undefined => {
  let next: Micros | undefined
  for (const moment of [run.listensAt, run.readyAt, run.unhealthyAt, run.hangsAt, run.endsAt]) {
    if (moment !== undefined && moment > at && (next === undefined || moment < next)) next = moment
  }
  return next
}
