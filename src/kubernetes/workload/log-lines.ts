/** What a container has written to its log: a function of its model and of what happened to it. */
import type { Micros } from '../../events/envelope.ts'
import type { Container } from '../types/container.ts'
import type { Pod } from '../types/pod.ts'
import { annotationsOf } from './annotations.ts'
import { programIn, shortName } from './images.ts'
import { modelFor } from './model.ts'
import { scriptLines, type WorldAt } from './script-lines.ts'

export interface LogLine {
  readonly at: Micros
  readonly text: string
}

/** What a log follows from, beside the Pod. Moments are of virtual time. */
export interface LoggedLife {
  readonly restartCount: number
  readonly startedAt: Micros
  readonly endedAt?: Micros | undefined
  readonly exitCode?: number | undefined
  readonly outOfMemory?: boolean | undefined
  /** When it answered requests, in order. */
  readonly requests: readonly Micros[]
}

/** The most lines that a repeated line of one's own or a script in a loop gives. */
const LINES_MAX = 5_000

/**
 * Lines of one life up to and including `to`, in order of time. The annotation `seatrial.dev/log` takes the place of what
 * would be written at the start; a command that is a program that containers are known to have, or a script of such, writes
 * what it would write in the world around it.
 */
export const logLines = (
  pod: Pod,
  container: Container,
  life: LoggedLife,
  to: Micros,
  worldAt?: WorldAt,
): readonly LogLine[] => {
  const until = life.endedAt === undefined ? to : Math.min(to, life.endedAt)
  const lines = [
    ...(ownLines(pod, container, life, until) ??
      scriptLines(container, life.startedAt, until, LINES_MAX, worldAt) ??
      startLines(pod, container, life)),
    ...servedLines(pod, container, life),
    ...endLines(container, life),
  ].filter(({ at }) => at <= until)
  return lines.sort((a, b) => a.at - b.at)
}

const ownLines = (
  pod: Pod,
  { name }: Container,
  { startedAt }: LoggedLife,
  until: Micros,
): readonly LogLine[] | undefined => {
  const values = annotationsOf(pod, name)
  const text = values.text('log')
  if (text === undefined) return undefined
  const texts = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  const every = values.duration('log-every') ?? 0
  const times = every === 0 ? 1 : Math.min(LINES_MAX, Math.floor((until - startedAt) / every) + 1)
  const lines: LogLine[] = []
  for (let time = 0; time < times; time++) {
    for (const line of texts) lines.push({ at: startedAt + time * every, text: line })
  }
  return lines
}

const startLines = (pod: Pod, container: Container, { startedAt, restartCount }: LoggedLife): readonly LogLine[] => {
  const image = container.image ?? ''
  const program = programIn(image)
  if (program === 'pause' || program === 'tool') return []
  const name = shortName(image)
  const model = modelFor(pod, container)
  const again = restartCount === 0 ? '' : ` (restart ${restartCount})`
  const start = { at: startedAt, text: `${name}: starting${again}` }
  if (model.exitAfter !== undefined && (container.ports ?? []).length === 0) return [start]
  const ports = model.ports.map((port) => `${name}: listening on [::]:${port}`)
  const listens = ports.length === 0 ? [`${name}: listening`] : ports
  return [start, ...listens.map((text) => ({ at: startedAt + model.startup.low, text }))]
}

/** One container of a Pod serves: the first that declares a port, else the first. */
const servedLines = ({ spec }: Pod, { name }: Container, life: LoggedLife): readonly LogLine[] => {
  const serving = spec.containers.find(({ ports = [] }) => ports.length > 0) ?? spec.containers[0]
  if (serving?.name !== name) return []
  const { startedAt, endedAt } = life
  return life.requests
    .filter((at) => at >= startedAt && (endedAt === undefined || at <= endedAt))
    .map((at) => ({ at, text: '"GET / HTTP/1.1" 200' }))
}

/** Killed processes write nothing any more; shells say nothing about their end. */
const endLines = ({ image = '' }: Container, { endedAt, exitCode, outOfMemory }: LoggedLife): readonly LogLine[] => {
  if (endedAt === undefined || outOfMemory === true || exitCode === KILLED) return []
  const program = programIn(image)
  if (program === 'pause' || program === 'tool') return []
  const name = shortName(image)
  const text = exitCode === 0 ? `${name}: exiting` : `${name}: fatal error, exit code ${exitCode ?? 0}`
  return [{ at: endedAt, text }]
}

/** 128 + SIGKILL. */
const KILLED = 137
