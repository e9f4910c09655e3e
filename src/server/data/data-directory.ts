/**
 * A cluster that outlives its process. Its inputs are kept, each before anything that came of it is told to a client; a
 * restart runs them again, up to the last moment that a client was told of, and goes on from there.
 */
import { either as E } from 'fp-ts'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createCluster, type Cluster, type CreateOptions } from '../../cluster.ts'
import { VERSION } from '../../cluster/header.ts'
import type { Certificates, ClientUser } from '../../cluster/listen.ts'
import { resolveOptions } from '../../cluster/options.ts'
import { decodeLine } from '../../events/decode.ts'
import { CHECKPOINT_EVERY } from '../../events/digest.ts'
import type { LogEvent, Micros } from '../../events/envelope.ts'
import type { LogSink } from '../../events/log.ts'
import { inputOf, inputsOf } from '../../replay/inputs.ts'
import { createCertificates } from '../certificates.ts'
import { Journal, JOURNAL_FORMAT, type JournalContent } from './journal.ts'

/** The directory cannot be used as it is. One line each. */
export class DataDirectoryError extends Error {
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.name = 'DataDirectoryError'
    this.lines = lines
  }
}

/** What a restart found. */
export interface Restored {
  readonly inputs: number
  readonly events: number
  readonly at: Micros
  /** Whether the last run ended by itself; else what no client was told of is not there. */
  readonly closed: boolean
  /** Batches of inputs that were damaged, or stood behind one that was. */
  readonly cut: number
}

export class DataDirectory {
  private readonly path: string
  private readonly journal: Journal
  private readonly content: JournalContent
  private cluster: Cluster | undefined
  private recording = false
  private lines: string[] = []
  /** Length of the log when it was last made durable. */
  private durableTo = 0
  private marks: number

  private constructor(path: string, journal: Journal, content: JournalContent) {
    this.path = path
    this.journal = journal
    this.content = content
    this.marks = content.marks.length
  }

  /** @throws DataDirectoryError */
  static async open(path: string, given: CreateOptions): Promise<DataDirectory> {
    const journal = await openJournal(path)
    try {
      checkAbout(journal, path, given)
      return new DataDirectory(path, journal, journal.read())
    } catch (error) {
      journal.close()
      throw error instanceof DataDirectoryError ? error : unreadable(path, error)
    }
  }

  /** Whether nothing has happened in it yet. */
  get isNew(): boolean {
    return this.content.position === undefined
  }

  /** The cluster as it last was, or a new one. @throws DataDirectoryError */
  start(given: CreateOptions): { readonly cluster: Cluster; readonly restored: Restored | undefined } {
    const cluster = createCluster({
      ...given,
      ...startTimeIn(this.journal),
      sinks: [...(given.sinks ?? []), this.sink],
    })
    this.cluster = cluster
    const { position, closed, cut } = this.content
    if (position === undefined) {
      // The few events of the cluster's birth are no inputs.
      this.recording = true
      return { cluster, restored: undefined }
    }
    const inputs = inputsOf(this.recorded())
    for (const input of inputs) cluster.plan(input)
    cluster.run(position.at - cluster.now)
    this.verify(cluster)
    this.recording = true
    this.durableTo = position.seq
    this.journal.append({ seq: cluster.log.length, at: cluster.now }, [], [])
    return { cluster, restored: { inputs: inputs.length, events: cluster.log.length, at: cluster.now, closed, cut } }
  }

  /** Makes everything durable that has happened so far. @throws what SQLite says, as when the disk is full */
  readonly commit = (): void => this.write(false)

  /** The same certificates at each start, as long as the same users are asked for. */
  certificates(host: string, users: readonly ClientUser[]): Certificates {
    const key = JSON.stringify({ host, users })
    const kept = this.journal.about('certificates')
    if (kept !== undefined && this.journal.about('certified') === key) {
      const { users: pairs, ...others } = JSON.parse(kept) as StoredCertificates
      return { ...others, users: new Map(Object.entries(pairs)) }
    }
    const certificates = createCertificates(host, users)
    this.journal.setAbout(
      'certificates',
      JSON.stringify({ ...certificates, users: Object.fromEntries(certificates.users) }),
    )
    this.journal.setAbout('certified', key)
    return certificates
  }

  /** Where it last listened; 0 when it never did. */
  get port(): number {
    return Number(this.journal.about('port') ?? 0)
  }

  set port(port: number) {
    this.journal.setAbout('port', String(port))
  }

  close(): void {
    try {
      this.write(true)
    } finally {
      this.journal.close()
    }
  }

  private readonly sink: LogSink = (event, line) => {
    if (this.recording && inputOf(event) !== undefined) this.lines.push(line)
  }

  private write(closed: boolean): void {
    const { cluster } = this
    if (cluster === undefined) return
    const { length, checkpoints } = cluster.log
    if (length === this.durableTo && !closed) return
    this.journal.append({ seq: length, at: cluster.now }, this.lines, checkpoints.slice(this.marks), closed)
    this.lines = []
    this.durableTo = length
    this.marks = checkpoints.length
  }

  private *recorded(): Generator<LogEvent> {
    for (const { lines, seq } of this.content.batches) {
      for (const line of lines) {
        const decoded = decodeLine(line, seq)
        if (E.isLeft(decoded))
          throw new DataDirectoryError([`${this.path}: an input cannot be read: ${decoded.left.message}`])
        yield decoded.right
      }
    }
  }

  /** The same inputs must have made the same log, or clients would find another cluster than the one they left. */
  private verify(cluster: Cluster): void {
    const { checkpoints, length } = cluster.log
    const { position, marks } = this.content
    const differing = marks.find(({ seq, digest }) => checkpoints[seq / CHECKPOINT_EVERY - 1]?.digest !== digest)
    if (differing === undefined && length >= (position?.seq ?? 0)) return
    const where = differing === undefined ? `at its end, event ${length}` : `before event ${differing.seq}`
    throw new DataDirectoryError([
      `${this.path}: run again, its inputs make another log (${where}); this Seatrial behaves differently from the one that wrote it`,
    ])
  }
}

interface StoredCertificates extends Omit<Certificates, 'users'> {
  readonly users: Readonly<Record<string, Certificates['server']>>
}

const openJournal = async (path: string): Promise<Journal> => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const file = join(path, 'seatrial.db')
    const journal = await Journal.open(file)
    // It holds private keys.
    chmodSync(file, 0o600)
    return journal
  } catch (error) {
    throw unreadable(path, error)
  }
}

const unreadable = (path: string, error: unknown): DataDirectoryError => {
  const why = error instanceof Error ? error.message : String(error)
  return /locked|busy/i.test(why)
    ? new DataDirectoryError([`${path} is in use by another process`])
    : new DataDirectoryError([`${path} cannot be used as a data directory: ${why}`])
}

/** A directory belongs to one version and one set of options. @throws DataDirectoryError */
const checkAbout = (journal: Journal, path: string, given: CreateOptions): void => {
  const options = JSON.parse(JSON.stringify(resolveOptions(given))) as Readonly<Record<string, unknown>>
  const about = { format: JOURNAL_FORMAT, version: VERSION, options }
  const kept = journal.about('cluster')
  if (kept === undefined) {
    journal.setAbout('cluster', JSON.stringify(about))
    return
  }
  const before = JSON.parse(kept) as typeof about
  if (before.format !== about.format || before.version !== about.version) {
    throw new DataDirectoryError([
      `${path} was written by Seatrial ${before.version} (format ${before.format}), this is ${about.version} (format ${about.format}): a cluster goes on only in the version that began it`,
    ])
  }
  const names = [...new Set([...Object.keys(before.options), ...Object.keys(options)])]
  const lines = names
    // Clocks go on from where the cluster began, whenever it is started again.
    .filter((name) => name !== 'startTime')
    .filter((name) => JSON.stringify(before.options[name]) !== JSON.stringify(options[name]))
    .map((name) => `${path} holds a cluster with ${name} ${shown(before.options[name])}, not ${shown(options[name])}`)
  if (lines.length > 0)
    throw new DataDirectoryError([...lines, 'start it with the options that began it, or give another directory'])
}

/** When the clocks of the cluster began that is kept here. */
const startTimeIn = (journal: Journal): Pick<CreateOptions, 'startTime'> => {
  const kept = journal.about('cluster')
  if (kept === undefined) return {}
  const { options } = JSON.parse(kept) as { readonly options: Pick<CreateOptions, 'startTime'> }
  return options.startTime === undefined ? {} : { startTime: options.startTime }
}

const shown = (value: unknown): string =>
  Array.isArray(value) ? `of ${value.length}` : value === undefined ? 'left out' : JSON.stringify(value)
