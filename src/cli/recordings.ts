import { statSync } from 'node:fs'
import { either as E } from 'fp-ts'
import { toStderr, toStdout } from './colours.ts'
import { formatDuration } from '../chaos/duration.ts'
import { parseObjectRef, type ObjectRef } from '../cluster/object-ref.ts'
import { firstDivergence, historyOfLog, historyOfRecording, type Divergence, type History } from '../events/diverge.ts'
import type { LogEvent, Micros } from '../events/envelope.ts'
import { readRecording } from '../events/file/recording-reader.ts'
import { describeProblem } from '../events/problem.ts'
import type { Recording } from '../events/recording.ts'
import { renderTimeline } from '../projections/timeline.ts'
import { renderWhy } from '../projections/why.ts'
import { openRecord } from '../replay/record.ts'
import { reexecute } from '../replay/reexecute.ts'
import { endStates } from './end-states.ts'
import { BadInput, CONVERGED, NOT_CONVERGED } from './exit-codes.ts'
import { namesLike, suggestion } from './names-like.ts'

/** @throws BadInput when the file is no sound recording; warnings go to stderr. */
export const loadRecording = (path: string): Recording => {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new BadInput([`${path}: no such file`])
  if (stat.isDirectory()) throw new BadInput([`${path}: is a folder, not a recording`])
  const outcome = readRecording(path)
  if (E.isLeft(outcome)) {
    const errors = outcome.left.problems.filter(({ severity }) => severity === 'error')
    throw new BadInput(errors.map((problem) => `${path}: ${describeProblem(problem)}`))
  }
  for (const warning of outcome.right.warnings) {
    process.stderr.write(
      `${toStderr.yellow('warning:')} ${path}: ${describeProblem({ ...warning, severity: 'error' })}\n`,
    )
  }
  return outcome.right
}

export interface ReplayOptions {
  readonly at?: Micros
  readonly json: boolean
  readonly verify: boolean
}

/** `seatrial replay`. Gives the exit code. */
export const replay = (path: string, { at, json, verify }: ReplayOptions): number => {
  const recording = loadRecording(path)
  if (verify) return verifyDigest(recording, path)
  const { projections, end } = openRecord(recording, at)
  const last = recording.events.at(-1)?.at ?? 0
  if (at !== undefined && at > last) {
    process.stderr.write(
      `${toStderr.yellow('warning:')} ${path}: its last event is at ${formatDuration(last)}, before ${formatDuration(at)}\n`,
    )
  }
  const view = at === undefined ? projections.head() : projections.at(at)
  if (json) {
    const objects = projections.kinds().flatMap((kind) => view.list(kind))
    process.stdout.write(
      `${JSON.stringify({ seed: recording.header.seed, atMs: Math.floor((at ?? end) / 1000), objects })}\n`,
    )
    return CONVERGED
  }
  process.stdout.write(`${renderTimeline(projections.timeline())}\n\n${endStates(view)}\n`)
  return CONVERGED
}

/** Runs the recording again: the same version of Seatrial has to write the same log. */
const verifyDigest = (recording: Recording, path: string): number => {
  const recorded = recording.end?.log ?? recording.end?.digest
  const cluster = reexecute(recording)
  if (recorded === undefined) return verifyEvents(recording, path, historyOfLog(cluster.log))
  const again = cluster.digest()
  if (recorded === again) {
    process.stdout.write(`${toStdout.green('same log')}  digest ${again}\n`)
    return CONVERGED
  }
  process.stdout.write(`${toStdout.red('another log')}  recorded ${recorded}, run again ${again}\n`)
  return NOT_CONVERGED
}

/** A recording that was cut off has no digest of the whole: the events that it has are compared one by one. */
const verifyEvents = (recording: Recording, path: string, again: History): number => {
  const divergence = firstDivergence(historyOfRecording(recording), again)
  if (divergence === undefined || divergence.left === undefined) {
    process.stdout.write(`${toStdout.green('same log')}  as far as it goes: ${recording.events.length} events\n`)
    return CONVERGED
  }
  process.stdout.write(`${describeDivergence(divergence, path, 'run again')}\n`)
  return NOT_CONVERGED
}

/** `seatrial why`. Gives the exit code. */
export const why = (path: string, object: string, json: boolean): number => {
  const reference = readReference(object)
  const { projections, log } = openRecord(loadRecording(path))
  const steps = projections.why(log, reference)
  if (steps.length === 0)
    throw new BadInput([`${path}: knows no ${object}${suggestion(namesLike(projections, reference))}`])
  process.stdout.write(json ? `${JSON.stringify(steps)}\n` : `${renderWhy(steps)}\n`)
  return CONVERGED
}

const readReference = (text: string): ObjectRef => {
  try {
    return parseObjectRef(text)
  } catch (error) {
    throw new BadInput([error instanceof Error ? error.message : String(error)])
  }
}

/** `seatrial diff`. Gives the exit code: 0 when the recordings tell the same. */
export const diff = (left: string, right: string): number => {
  const divergence = firstDivergence(historyOfRecording(loadRecording(left)), historyOfRecording(loadRecording(right)))
  if (divergence === undefined) {
    process.stdout.write(`${toStdout.green('no difference')}\n`)
    return CONVERGED
  }
  process.stdout.write(`${describeDivergence(divergence, left, right)}\n`)
  return NOT_CONVERGED
}

const describeDivergence = (divergence: Divergence, left: string, right: string): string =>
  [
    `${toStdout.red('differ')} after ${divergence.index} equal events, in ${divergence.field}`,
    side(left, divergence.left),
    side(right, divergence.right),
  ].join('\n')

const side = (path: string, event: LogEvent | undefined): string =>
  event === undefined
    ? `${path}: ends here`
    : `${path}: #${event.seq} at ${formatDuration(event.at)} ${event.by} ${event.type} ${JSON.stringify(event.data)}`
