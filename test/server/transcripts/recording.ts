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

export interface Theme {
  readonly name: string
  /** Whether controllers, scheduler and nodes ran beside the API server. */
  readonly controllers: boolean
  readonly nodes: number
  readonly exchanges: readonly Exchange[]
}

export const FOLDER = new URL('../../../../shared/oracles/api/', import.meta.url).pathname
export const hasTranscripts = existsSync(FOLDER)

const SUFFIX = '.ndjson.gz'

export const themesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .toSorted()

export const readTheme = (folder: string, name: string): Theme => {
  const lines = gunzipSync(readFileSync(join(folder, `${name}${SUFFIX}`)))
    .toString()
    .trim()
    .split('\n')
    .map(
      (line) => JSON.parse(line) as Partial<Exchange> & { readonly meta?: { controllers?: boolean; nodes?: number } },
    )
  const meta = lines.find((line) => line.meta !== undefined)?.meta ?? {}
  return {
    name,
    controllers: meta.controllers === true,
    nodes: meta.nodes ?? 0,
    exchanges: lines.filter((line): line is Exchange => line.request !== undefined && line.response !== undefined),
  }
}
