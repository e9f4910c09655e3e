/** Transcripts of a real API server: one theme a file, one exchange a line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

export interface Exchange {
  readonly seq: number
  readonly case: string
  readonly cmd?: number
  readonly waitMs?: number
  readonly unstable?: readonly string[]
  readonly distribution?: unknown
  readonly watch?: boolean
  readonly closeSeq?: number
  readonly request: {
    readonly method: string
    readonly path: string
    readonly user: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: unknown
    readonly bodyText?: string
    readonly bodyBase64?: string
    readonly bodyGenerated?: { readonly bytes: number; readonly note: string }
  }
  readonly response: {
    readonly code: number
    readonly headers?: Readonly<Record<string, string | readonly string[]>>
    readonly body?: unknown
    readonly bodyText?: string
    readonly bodyBase64?: string
    readonly bodyOmitted?: unknown
    readonly frames?: readonly unknown[]
    readonly ended?: 'client' | 'server'
  }
}

/** A kubectl command as it was recorded; its exchanges come before it. */
export interface Command {
  readonly cmd: number
  readonly argv: readonly string[]
  /** Absent: alice. */
  readonly user?: string
  /** What is written to the working directory first. */
  readonly files?: Readonly<Record<string, unknown>>
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** A line of a transcript: an exchange, a command, or something done to the store from outside. */
export type Step =
  | { readonly step: 'exchange'; readonly exchange: Exchange }
  | { readonly step: 'command'; readonly command: Command }
  | { readonly step: 'action' }

export interface Theme {
  readonly name: string
  /** Whether controllers, scheduler and nodes ran beside the API server. */
  readonly controllers: boolean
  readonly nodes: number
  readonly exchanges: readonly Exchange[]
  /** All of it, in order. */
  readonly steps: readonly Step[]
}

export const FOLDER = new URL('../../../../shared/oracles/api/', import.meta.url).pathname
export const hasTranscripts = existsSync(FOLDER)

const SUFFIX = '.ndjson.gz'

export const themesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .toSorted()

type Line = Partial<Exchange> & {
  readonly meta?: { readonly controllers?: boolean; readonly nodes?: number }
  readonly action?: string
  readonly kubectl?: Command
}

const isExchange = (line: Line): line is Line & Exchange => line.request !== undefined && line.response !== undefined

const stepOf = (line: Line): readonly Step[] => {
  if (line.action !== undefined) return [{ step: 'action' }]
  if (line.kubectl !== undefined) return [{ step: 'command', command: line.kubectl }]
  return isExchange(line) ? [{ step: 'exchange', exchange: line }] : []
}

export const readTheme = (folder: string, name: string): Theme => {
  const lines = gunzipSync(readFileSync(join(folder, `${name}${SUFFIX}`)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  const steps = lines.flatMap(stepOf)
  const meta = lines.find((line) => line.meta !== undefined)?.meta ?? {}
  return {
    name,
    controllers: meta.controllers === true,
    nodes: meta.nodes ?? 0,
    exchanges: steps.flatMap((one) => (one.step === 'exchange' ? [one.exchange] : [])),
    steps,
  }
}
