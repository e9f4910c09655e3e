/** Reads the recorded answers of a real API server (../shared/oracles/api), where they are. */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { test } from 'vitest'
import { rowByResource, type KindRow } from '../../src/kubernetes/registry.ts'

export interface Exchange {
  readonly seq: number
  readonly case: string
  /** The recorder paused about this long before sending it. */
  readonly waitMs?: number
  /** Paths at which a second real server gave another answer. */
  readonly unstable?: readonly string[]
  readonly watch?: boolean
  /** A watch was closed after this exchange. */
  readonly closeSeq?: number
  readonly request: {
    readonly method: string
    readonly path: string
    readonly user?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: unknown
    readonly bodyText?: string
  }
  readonly response: {
    readonly code: number
    readonly headers?: Readonly<Record<string, unknown>>
    readonly body?: Readonly<Record<string, unknown>>
    readonly frames?: readonly Readonly<Record<string, unknown>>[]
    readonly ended?: 'client' | 'server'
  }
}

const FOLDER = new URL('../../../shared/oracles/api/', import.meta.url)

export const hasTranscripts = existsSync(FOLDER)

/** Shown in a skipped test's name. */
export const WHY_SKIPPED = 'recordings of a real API server are not beside the project (../shared/oracles/api)'

/** A test against the transcripts: skipped, saying why, where there are none. */
export const oracleTest = (name: string, run: () => void): void =>
  test.runIf(hasTranscripts)(hasTranscripts ? name : `${name} (left out: ${WHY_SKIPPED})`, run)

/** Something done to the server's storage between two exchanges. */
export interface Action {
  readonly after: number
  readonly action: string
}

/** The exchanges of one theme, in order. */
export const exchangesOf = (theme: string): readonly Exchange[] =>
  linesOf(theme)
    .filter((line) => line.includes('"request"'))
    .map((line) => JSON.parse(line) as Exchange)

/** What was done between the exchanges of one theme. */
export const actionsOf = (theme: string): readonly Action[] =>
  linesOf(theme)
    .filter((line) => line.startsWith('{"after"') && line.includes('"action"'))
    .map((line) => JSON.parse(line) as Action)

function linesOf(theme: string): readonly string[] {
  const text = gunzipSync(readFileSync(new URL(`${theme}.ndjson.gz`, FOLDER))).toString()
  return text.split('\n')
}

/** The collection of a served kind that a path names; undefined for other paths. */
export function targetOf(path: string): { row: KindRow; namespace: string | undefined } | undefined {
  const parts = (path.split('?')[0] ?? '').split('/').slice(1)
  const isGrouped = parts[0] === 'apis'
  const [group, version] = isGrouped ? [parts[1] ?? '', parts[2]] : ['', parts[1]]
  const rest = parts.slice(isGrouped ? 3 : 2)
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2
  const [resource = '', ...more] = inNamespace ? rest.slice(2) : rest
  const row = more.length === 0 ? rowByResource(group, resource, version) : undefined
  return row === undefined ? undefined : { row, namespace: inNamespace ? rest[1] : undefined }
}
