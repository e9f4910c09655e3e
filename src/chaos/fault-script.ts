import { either as E } from 'fp-ts'
import type { Micros } from '../events/envelope.ts'
import {
  backup,
  crash,
  delay,
  describeFault,
  ETCD_LEADER,
  type Fault,
  fullDisk,
  kill,
  loss,
  oneWayPartition,
  partition,
  pause,
  restore,
  skew,
  slowDisk,
} from '../cluster/fault.ts'
import { formatDuration, parseDuration } from './duration.ts'

/** A fault, when it begins and how long it lasts; without an end it lasts until it is healed. */
export interface PlannedFault {
  readonly fault: Fault
  readonly at: Micros
  readonly for?: Micros
}

/** What a person may write, for error messages and help. */
export const FAULT_GRAMMAR = [
  'crash HOST',
  'kill PROCESS|etcd-leader',
  'pause PROCESS|etcd-leader',
  'partition HOST [HOST] [one-way]',
  'delay HOST [HOST] DURATION',
  'loss HOST [HOST] PERCENT%',
  'slow-disk HOST FACTORx',
  'full-disk HOST',
  'skew HOST [-]DURATION',
  'backup PROCESS|etcd-leader',
  'restore PROCESS|etcd-leader [bump REVISIONS]',
] as const

/** Reads `crash node-2 at 2m for 5m`. */
export const parseFault = (text: string): E.Either<string, PlannedFault> => {
  const words = text.trim().split(/\s+/)
  const head = words.slice(0, timingStart(words))
  const timing = parseTiming(words.slice(head.length))
  if (E.isLeft(timing)) return E.left(`fault "${text}": ${timing.left}`)
  const fault = parseBare(head)
  if (E.isLeft(fault)) return E.left(`fault "${text}": ${fault.left}`)
  if ('to' in fault.right && fault.right.from === fault.right.to) {
    return E.left(`fault "${text}": no network lies between ${fault.right.from} and itself`)
  }
  return E.right({ fault: fault.right, ...timing.right })
}

/** Writes a planned fault as `parseFault` reads it. */
export const formatFault = ({ fault, at, for: duration }: PlannedFault): string =>
  `${describeFault(fault)} at ${formatDuration(at)}${duration === undefined ? '' : ` for ${formatDuration(duration)}`}`

const timingStart = (words: readonly string[]): number => {
  const index = words.findIndex((word) => word === 'at' || word === 'for')
  return index < 0 ? words.length : index
}

const parseTiming = (words: readonly string[]): E.Either<string, { readonly at: Micros; readonly for?: Micros }> => {
  let at = 0
  let length: Micros | undefined
  for (let i = 0; i < words.length; i += 2) {
    const [key, value] = [words[i], words[i + 1]]
    if ((key !== 'at' && key !== 'for') || value === undefined) return E.left('it ends in "at TIME" and "for TIME"')
    const duration = parseDuration(value)
    if (E.isLeft(duration)) return duration
    if (key === 'at') at = duration.right
    else length = duration.right
  }
  return E.right(length === undefined ? { at } : { at, for: length })
}

const parseBare = (words: readonly string[]): E.Either<string, Fault> => {
  const [what = '', subject, ...rest] = words
  if (subject === undefined) return unreadable(what)
  const last = rest.at(-1) ?? ''
  const peer = rest.length > 1 ? rest[0] : undefined
  switch (what) {
    case 'crash':
      return rest.length === 0 ? E.right(crash(subject)) : unreadable(what)
    case 'full-disk':
      return rest.length === 0 ? E.right(fullDisk(subject)) : unreadable(what)
    case 'kill':
    case 'pause':
    case 'backup': {
      // "kill etcd leader" is what people say.
      const process = subject === 'etcd' && last === 'leader' ? ETCD_LEADER : subject
      return E.right({ kill, pause, backup }[what](process))
    }
    case 'restore': {
      if (rest.length === 0) return E.right(restore(subject))
      const isBump = rest.length === 2 && rest[0] === 'bump' && /^\d{1,15}$/.test(last)
      return isBump ? E.right(restore(subject, Number(last))) : unreadable(what)
    }
    case 'partition': {
      const hosts = rest.filter((word) => word !== 'one-way')
      if (hosts.length > 1) return unreadable(what)
      return E.right((last === 'one-way' ? oneWayPartition : partition)(subject, hosts[0]))
    }
    case 'delay':
      return E.map((by: Micros) => delay(subject, by, peer))(parseDuration(last))
    case 'loss':
      return E.map((ppm: number) => loss(subject, ppm, peer))(parsePercent(last))
    case 'slow-disk':
      return /^\d+x$/.test(last) ? E.right(slowDisk(subject, Number(last.slice(0, -1)))) : unreadable(what)
    case 'skew':
      return E.map((by: Micros) => skew(subject, last.startsWith('-') ? -by : by))(
        parseDuration(last.replace(/^-/, '')),
      )
    default:
      return unreadable(what)
  }
}

const parsePercent = (text: string): E.Either<string, number> => {
  const match = /^(\d{1,3})(?:\.(\d{1,4}))?%$/.exec(text)
  if (match === null) return E.left(`"${text}" is not a percentage such as 5% or 0.5%`)
  const ppm = Number(match[1]) * 10_000 + Number((match[2] ?? '').padEnd(4, '0'))
  return ppm <= 1_000_000 ? E.right(ppm) : E.left(`${text} is more than all`)
}

const unreadable = (what: string): E.Either<string, never> => {
  const form = FAULT_GRAMMAR.find((line) => line.startsWith(`${what} `))
  return E.left(form === undefined ? `it begins with one of: ${FAULT_GRAMMAR.join('; ')}` : `it is written "${form}"`)
}
