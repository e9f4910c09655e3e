/**
 * What was acknowledged is there after any kill -9, and resource versions never go back.
 *
 * Clients write, each one thing at a time, until the process is killed at a random moment. After each restart every object
 * is as its last acknowledged write left it, or as the one write that was under way then would have left it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { startUp, type COMMANDS, type Answer, type ApiClient, type ApiProcess } from './api-process.ts'

export interface Kill9Options {
  readonly times: number
  readonly seed: number
  readonly clients?: number
  /** Longest time that clients write before a kill. */
  readonly uptimeMaxMs?: number
  /** What is killed. Default: the sources, as they are. */
  readonly command?: keyof typeof COMMANDS
  readonly tell?: (line: string) => void
}

export interface Kill9Report {
  readonly kills: number
  readonly acknowledged: number
  /** Writes that were under way at a kill and turned out to have happened. */
  readonly happened: number
  readonly slowestStartMs: number
  readonly violations: readonly string[]
}

/** Of each object: its value as acknowledged, undefined when it is not there. */
interface Known {
  value: string | undefined
  /** What a write without an answer would have made of it. */
  pending: { readonly value: string | undefined } | undefined
}

const PATH = '/api/v1/namespaces/default/configmaps'
const OBJECTS_PER_CLIENT = 8
const MERGE = 'application/merge-patch+json'

export const kill9 = async ({
  times,
  seed,
  clients = 4,
  uptimeMaxMs = 1500,
  command = 'sources',
  tell,
}: Kill9Options): Promise<Kill9Report> => {
  const random = xoroshiro128plus(seed)
  const below = (n: number): number => (random.next() >>> 0) % n
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-kill9-'))
  const state = new State(below)
  let slowestStartMs = 0
  try {
    for (let kill = 1; kill <= times; kill++) {
      const up = await startUp(folder, seed, command)
      slowestStartMs = Math.max(slowestStartMs, up.restoredMs)
      await state.check(up)
      await state.load(up, clients, 50 + below(uptimeMaxMs))
      tell?.(
        `kill ${kill}/${times}: ${state.acknowledged} acknowledged, start took ${up.restoredMs} ms, ${state.violations.length} violations`,
      )
      if (state.violations.length > 0) break
    }
    const last = await startUp(folder, seed, command)
    try {
      await state.check(last)
    } finally {
      await last.kill()
    }
    const { acknowledged, happened, violations } = state
    return { kills: times, acknowledged, happened, slowestStartMs, violations }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

class State {
  readonly violations: string[] = []
  acknowledged = 0
  happened = 0
  private readonly below: (n: number) => number
  private readonly objects = new Map<string, Known>()
  /** The highest resource version that any client has been told. */
  private newest = 0
  private writes = 0

  constructor(below: (n: number) => number) {
    this.below = below
  }

  /** Writes for a while, then kills the process in the middle of it. */
  async load(up: ApiProcess, clients: number, forMs: number): Promise<void> {
    let over = false
    const sessions = Array.from({ length: clients + 1 }, () => up.connect())
    const [watcher, ...writers] = sessions
    watcher?.watch(`${PATH}?watch=1&resourceVersion=0`, ({ type, object }) => {
      if (type !== 'ERROR') this.sees(object)
    })
    const work = writers.map(async (client, number) => {
      while (!over) await this.write(client, `c${number}-${this.below(OBJECTS_PER_CLIENT)}`)
    })
    await new Promise((resolve) => setTimeout(resolve, forMs))
    over = true
    await up.kill()
    for (const session of sessions) session.close()
    await Promise.all(work)
  }

  /** Compares what is there with what was acknowledged. */
  async check(up: ApiProcess): Promise<void> {
    const client = up.connect()
    const list = await client.call('GET', PATH)
    client.close()
    if (list?.code !== 200) {
      this.violations.push(`objects cannot be listed after a restart: ${JSON.stringify(list)}`)
      return
    }
    const revision = revisionOf(list.body)
    if (revision < this.newest) this.violations.push(`resource version ${revision} after ${this.newest} had been told`)
    // The API answered with a list.
    const items = list.body['items'] as readonly { metadata: { name: string }; data?: { v?: string } }[]
    const there = new Map(items.map(({ metadata, data }) => [metadata.name, data?.v]))
    for (const [name, known] of this.objects) this.compare(name, known, there.get(name))
  }

  private compare(name: string, known: Known, value: string | undefined): void {
    if (known.pending !== undefined && known.pending.value === value) {
      if (known.value !== value) this.happened++
    } else if (known.value !== value) {
      this.violations.push(`${name} is ${value ?? 'gone'}; acknowledged was ${known.value ?? 'gone'}`)
    }
    known.value = value
    known.pending = undefined
  }

  private async write(client: ApiClient, name: string): Promise<void> {
    const known = this.objects.get(name) ?? { value: undefined, pending: undefined }
    this.objects.set(name, known)
    // Its last write had no answer: nothing is known of it until it is read again.
    if (known.pending !== undefined) return new Promise((resolve) => setTimeout(resolve, 1))
    const value = `w${++this.writes}`
    const data = { v: value }
    const removes = known.value !== undefined && this.below(4) === 0
    known.pending = { value: removes ? undefined : value }
    const answer = removes
      ? await client.call('DELETE', `${PATH}/${name}`)
      : known.value === undefined
        ? await client.call('POST', PATH, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
        : await client.call('PATCH', `${PATH}/${name}`, { data }, MERGE)
    if (answer === undefined) return
    this.settle(name, known, answer)
  }

  private settle(name: string, known: Known, { code, body }: Answer): void {
    if (code >= 300) {
      this.violations.push(`${name}: ${code} ${String(body['message'])}`)
      return
    }
    this.acknowledged++
    known.value = known.pending?.value
    known.pending = undefined
    this.sees(body)
  }

  private sees(object: unknown): void {
    this.newest = Math.max(this.newest, revisionOf(object))
  }
}

/** 0 for what has none, as a Status of success. */
const revisionOf = (object: unknown): number => {
  const { metadata } = object as { readonly metadata?: { readonly resourceVersion?: string } }
  return Number(metadata?.resourceVersion ?? 0)
}
