/** The one port to SQLite: `node:sqlite` where this Node has it (from 22.13), else the package `libsql`. */

export interface Sqlite {
  exec(sql: string): void
  run(sql: string, ...values: readonly SqlValue[]): void
  all(sql: string, ...values: readonly SqlValue[]): readonly Readonly<Record<string, unknown>>[]
  close(): void
}

export type SqlValue = string | number | null

/** What both engines give a statement. */
interface Statement {
  run(...values: readonly SqlValue[]): unknown
  all(...values: readonly SqlValue[]): readonly unknown[]
}

interface Engine {
  exec(sql: string): unknown
  prepare(sql: string): Statement
  close(): unknown
}

/** @throws what SQLite says, as an Error */
export const openSqlite = async (path: string): Promise<Sqlite> => new Prepared(await openEngine(path))

const openEngine = async (path: string): Promise<Engine> => {
  const builtIn = process.getBuiltinModule('node:module').isBuiltin('node:sqlite')
  // The name is no literal: the types of the oldest Node that is supported do not have it.
  const name: string = builtIn ? 'node:sqlite' : 'libsql'
  const loaded = (await import(name)) as
    { readonly DatabaseSync: new (path: string) => Engine } | { readonly default: new (path: string) => Engine }
  return 'DatabaseSync' in loaded ? new loaded.DatabaseSync(path) : new loaded.default(path)
}

/** Each statement is prepared once. */
class Prepared implements Sqlite {
  private readonly engine: Engine
  private readonly statements = new Map<string, Statement>()

  constructor(engine: Engine) {
    this.engine = engine
  }

  exec(sql: string): void {
    this.engine.exec(sql)
  }

  run(sql: string, ...values: readonly SqlValue[]): void {
    this.statement(sql).run(...values)
  }

  all(sql: string, ...values: readonly SqlValue[]): readonly Readonly<Record<string, unknown>>[] {
    return this.statement(sql).all(...values) as readonly Readonly<Record<string, unknown>>[]
  }

  close(): void {
    this.statements.clear()
    this.engine.close()
  }

  private statement(sql: string): Statement {
    const known = this.statements.get(sql)
    if (known !== undefined) return known
    const statement = this.engine.prepare(sql)
    this.statements.set(sql, statement)
    return statement
  }
}
