/**
 * Goal: a cluster in a data directory is the same cluster after a restart; what cannot be restored is told, not guessed.
 * Method: clients write over the wire, the directory is closed, left open as by a kill, cut or changed; then it is opened
 * again, and objects, revisions and messages are compared. Kills of real processes: test/robustness/kill9.test.ts.
 */
import { cpSync, mkdtempSync, rmSync, truncateSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DataDirectory, type Restored } from '../../src/server/data/data-directory.ts'
import { openSqlite } from '../../src/server/data/sqlite.ts'
import type { Cluster } from '../../src/cluster.ts'
import { CONFIG_MAPS, configMap, json } from './support.ts'
import { WireClient } from './transcripts/client.ts'

const root = mkdtempSync(join(tmpdir(), 'seatrial-data-'))
afterAll(() => rmSync(root, { recursive: true }))

const OPTIONS = { nodes: 1, seed: 5 }
let folders = 0
const folder = (): string => join(root, `data-${++folders}`)

interface Session {
  readonly cluster: Cluster
  readonly restored: Restored | undefined
  readonly data: DataDirectory
}

/** Opens it, writes objects of these names, and stops the server; the directory stays open. */
const session = async (path: string, names: readonly string[]): Promise<Session> => {
  const data = await DataDirectory.open(path, OPTIONS)
  const { cluster, restored } = data.start(OPTIONS)
  const api = await cluster.listen({ speed: 'stepped', commit: data.commit })
  const client = new WireClient(api.url, api.certificates.ca, Object.values(api.certificates.users)[0])
  for (const name of names) {
    const { code } = await client.call({ method: 'POST', path: CONFIG_MAPS, ...json(configMap(name)) })
    expect(code).toBe(201)
  }
  client.close()
  await api.close()
  return { cluster, restored, data }
}

const names = (cluster: Cluster): readonly string[] =>
  cluster
    .list('ConfigMap', 'default')
    .map(({ metadata }) => metadata.name)
    .filter((name) => !name.startsWith('kube-'))
    .toSorted()

test('what was closed goes on as it was, with the same log', async () => {
  const path = folder()
  const first = await session(path, ['a', 'b'])
  first.data.close()
  const second = await session(path, ['c'])
  expect(second.restored).toMatchObject({ closed: true, cut: 0 })
  expect(names(second.cluster)).toEqual(['a', 'b', 'c'])
  expect(second.cluster.history.head).toBeGreaterThan(first.cluster.history.head)
  second.data.close()
  const third = await session(path, [])
  expect(third.cluster.digest()).toBe(second.cluster.digest())
  third.data.close()
})

test('a copy of the files as they are at any moment has every write that was acknowledged', async () => {
  const path = folder()
  const first = await session(path, ['a', 'b', 'c'])
  const copy = folder()
  cpSync(path, copy, { recursive: true })
  first.data.close()
  const again = await session(copy, [])
  expect(again.restored?.closed).toBe(false)
  expect(names(again.cluster)).toEqual(['a', 'b', 'c'])
  again.data.close()
})

test('a file that ends in the middle of a write is taken as far as it goes', async () => {
  const path = folder()
  const first = await session(path, ['a', 'b', 'c'])
  for (const bytes of [1, 3000, 30_000]) {
    const copy = folder()
    cpSync(path, copy, { recursive: true })
    const log = join(copy, 'seatrial.db-wal')
    truncateSync(log, Math.max(0, statSync(log).size - bytes))
    const again = await session(copy, [])
    expect(['', 'a', 'a,b', 'a,b,c']).toContain(names(again.cluster).join())
    again.data.close()
  }
  first.data.close()
})

test('inputs that were damaged are cut off, with all that follows, and counted', async () => {
  const path = folder()
  const first = await session(path, ['a', 'b', 'c'])
  first.data.close()
  const database = await openSqlite(join(path, 'seatrial.db'))
  database.run('UPDATE batch SET lines = replace(lines, \'"name":"b"\', \'"name":"x"\')')
  const batches = database.all('SELECT id FROM batch').length
  database.close()
  const again = await session(path, [])
  expect(again.restored?.cut).toBeGreaterThan(0)
  expect(again.restored?.cut).toBeLessThan(batches)
  expect(names(again.cluster)).toEqual(['a'])
  again.data.close()
})

test('other options, another version, a log that comes out differently: each is told', async () => {
  const path = folder()
  const { data } = await session(path, ['a'])
  data.close()
  await expect(DataDirectory.open(path, { ...OPTIONS, nodes: 2 })).rejects.toThrow('nodes of 1, not of 2')
  const database = await openSqlite(join(path, 'seatrial.db'))
  database.run('UPDATE position SET seq = seq + 1000000')
  database.close()
  const changed = await DataDirectory.open(path, OPTIONS)
  expect(() => changed.start(OPTIONS)).toThrow('make another log')
  changed.close()
  const about = await openSqlite(join(path, 'seatrial.db'))
  about.run(`UPDATE about SET value = replace(value, '"version":"', '"version":"9') WHERE name = 'cluster'`)
  about.close()
  await expect(DataDirectory.open(path, OPTIONS)).rejects.toThrow('was written by Seatrial 9')
})

test('what is no database is told, and one process at a time has it', async () => {
  const path = folder()
  const { data } = await session(path, [])
  data.close()
  writeFileSync(join(path, 'seatrial.db'), 'no database at all, but long enough to be looked at as one'.repeat(20))
  await expect(DataDirectory.open(path, OPTIONS)).rejects.toThrow('cannot be used as a data directory')
  const shared = folder()
  const holder = await session(shared, [])
  await expect(DataDirectory.open(shared, OPTIONS)).rejects.toThrow('in use')
  holder.data.close()
})
