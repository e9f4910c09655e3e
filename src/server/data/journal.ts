/**
 * What a data directory keeps: the lines of the inputs, how far the run has come, and digests of its log.
 *
 * The events themselves are not kept: seed, options and inputs make them again. Rejected: storing every event, which costs
 * forty times the space and would still have to be run again, since actors cannot be read back from a log.
 */
import type { Checkpoint } from '../../events/digest.ts'
import type { Micros, Seq } from '../../events/envelope.ts'
import { sha256 } from '../../events/sha256.ts'
import { openSqlite, type Sqlite } from './sqlite.ts'

/** Tables and their meaning; a later version that changes them counts up. */
export const JOURNAL_FORMAT = 1

export interface Position {
  readonly seq: Seq
  readonly at: Micros
}

/** Inputs that became durable together, and how far the run was. */
export interface Batch extends Position {
  readonly lines: readonly string[]
}

export interface JournalContent {
  readonly batches: readonly Batch[]
  /** Undefined when nothing was ever made durable. */
  readonly position: Position | undefined
  readonly marks: readonly Checkpoint[]
  /** Whether the last run ended by itself. */
  readonly closed: boolean
  /** Batches behind the last sound one; they are cut off. */
  readonly cut: number
}

/** The seal before the first batch. */
const FIRST_SEAL = ''
/** Hex digits of a seal: enough against accident; nothing here guards against malice. */
const SEAL_DIGITS = 16

const TABLES = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, lines TEXT NOT NULL, seal TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS mark (seq INTEGER PRIMARY KEY, digest TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS position (
    id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, at INTEGER NOT NULL, closed INTEGER NOT NULL
  );`

export class Journal {
  private readonly database: Sqlite
  private seal = FIRST_SEAL
  private batches = 0

  private constructor(database: Sqlite) {
    this.database = database
  }

  /** @throws what SQLite says, as when another process has it open or it is no database */
  static async open(path: string): Promise<Journal> {
    const database = await openSqlite(path)
    try {
      // One process at a time; a process that is killed leaves no lock behind.
      database.exec('PRAGMA locking_mode = EXCLUSIVE')
      database.exec('PRAGMA journal_mode = WAL')
      // A commit returns when its bytes are on the disk.
      database.exec('PRAGMA synchronous = FULL')
      database.exec('BEGIN EXCLUSIVE')
      database.exec(TABLES)
      database.exec('COMMIT')
      return new Journal(database)
    } catch (error) {
      database.close()
      throw error
    }
  }

  about(name: string): string | undefined {
    const [row] = this.database.all('SELECT value FROM about WHERE name = ?', name)
    return row === undefined ? undefined : String(row['value'])
  }

  setAbout(name: string, value: string): void {
    this.database.run('INSERT OR REPLACE INTO about VALUES (?, ?)', name, value)
  }

  /** Everything, up to the first batch that is not as it was written; what is behind that is removed. */
  read(): JournalContent {
    const batches: Batch[] = []
    const rows = this.database.all('SELECT id, seq, at, lines, seal FROM batch ORDER BY id')
    for (const row of rows) {
      const batch = { seq: Number(row['seq']), at: Number(row['at']), lines: String(row['lines']).split('\n') }
      const seal = sealOf(this.seal, batch)
      if (seal !== row['seal'] || row['id'] !== batches.length + 1) break
      batches.push(batch)
      this.seal = seal
    }
    this.batches = batches.length
    const cut = rows.length - batches.length
    const [row] = this.database.all('SELECT seq, at, closed FROM position')
    const kept = row === undefined ? undefined : { seq: Number(row['seq']), at: Number(row['at']) }
    // Behind a batch that is damaged nothing is known of how far the run came.
    const position = cut > 0 ? batches.at(-1) : kept
    if (cut > 0) this.cutBehind(position)
    const marks = this.database
      .all('SELECT seq, digest FROM mark ORDER BY seq')
      .map((mark) => ({ seq: Number(mark['seq']), digest: String(mark['digest']) }))
    return { batches, position, marks, closed: row?.['closed'] === 1 && cut === 0, cut }
  }

  /** One transaction, synced when this returns. @throws what SQLite says, as when the disk is full */
  append(position: Position, lines: readonly string[], marks: readonly Checkpoint[], closed = false): void {
    const { database } = this
    database.exec('BEGIN IMMEDIATE')
    try {
      let { seal } = this
      if (lines.length > 0) {
        const batch = { ...position, lines }
        seal = sealOf(seal, batch)
        const { seq, at } = position
        database.run('INSERT INTO batch VALUES (?, ?, ?, ?, ?)', this.batches + 1, seq, at, lines.join('\n'), seal)
      }
      for (const { seq, digest } of marks) database.run('INSERT OR REPLACE INTO mark VALUES (?, ?)', seq, digest)
      const { seq, at } = position
      database.run('INSERT OR REPLACE INTO position VALUES (1, ?, ?, ?)', seq, at, closed ? 1 : 0)
      database.exec('COMMIT')
      this.seal = seal
      if (lines.length > 0) this.batches++
    } catch (error) {
      rollBack(database)
      throw error
    }
  }

  close(): void {
    const { database } = this
    // Statements that are not collected yet keep libsql's file open, and its lock would outlast this call.
    database.exec('PRAGMA journal_mode = DELETE')
    database.exec('PRAGMA locking_mode = NORMAL')
    database.all('SELECT name FROM about LIMIT 1')
    database.close()
  }

  private cutBehind(position: Position | undefined): void {
    const { database } = this
    database.exec('BEGIN IMMEDIATE')
    database.run('DELETE FROM batch WHERE id > ?', this.batches)
    database.run('DELETE FROM mark WHERE seq > ?', position?.seq ?? 0)
    database.run('DELETE FROM position')
    if (position !== undefined) database.run('INSERT INTO position VALUES (1, ?, ?, 0)', position.seq, position.at)
    database.exec('COMMIT')
  }
}

const sealOf = (before: string, { seq, at, lines }: Batch): string =>
  sha256(`${before}\n${seq}\n${at}\n${lines.join('\n')}`).slice(0, SEAL_DIGITS)

const rollBack = (database: Sqlite): void => {
  try {
    database.exec('ROLLBACK')
  } catch {
    // The failure that led here has ended the transaction already.
  }
}
