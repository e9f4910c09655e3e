/** Plays a theme's exchanges, in order, to a fresh cluster over a real connection, and compares every answer. */
import { createCluster, type Cluster } from '../../../src/cluster.ts'
import type { Listening } from '../../../src/cluster/listen.ts'
import { defineActor } from '../../../src/engine/actor.ts'
import { millis } from '../../../src/events/time.ts'
import { arrivals } from '../arrivals.ts'
import { WireClient, type LineStream } from './client.ts'
import { differences, normal } from './normal.ts'
import { openApiForm } from './openapi-form.ts'
import { ADDED_OBJECTS, ownForm } from './peculiarities.ts'
import type { Exchange, Theme } from './recording.ts'
import { isMembers, Translation } from './translation.ts'

export interface Verdict {
  readonly exchange: Exchange
  /** Empty when the answers are equal. */
  readonly differences: readonly string[]
}

export interface Report {
  readonly theme: string
  readonly equal: number
  readonly verdicts: readonly Verdict[]
}

export const USERS = [
  { name: 'alice', groups: ['system:masters'] },
  { name: 'bob', groups: ['developers'] },
]

const COMPARED_HEADERS = ['content-type', 'warning', 'allow', 'retry-after']

const ETCDCTL = 'kube-scheduler/0'

/**
 * What takes the place of controllers and scheduler where only an API server was recorded. It does nothing, unless it is told a
 * revision: then it compacts the store up to it, as the recorder did at its etcd.
 */
const idle = defineActor({
  start: () => undefined,
  receive: (_state, { type, data }, context) => {
    if (type !== 'EndTask') return
    context.emit('EtcdRequested', { request: 1, op: { op: 'compact', revision: Number(data.task) } }, { to: 'etcd/1' })
  },
})

export const freshCluster = ({ name, controllers, nodes }: Theme, startTime?: string): Cluster =>
  createCluster({
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `node-${'abcdef'.charAt(i)}` })),
    ...(startTime === undefined ? {} : { startTime }),
    authorization: 'RBAC',
    managedFields: 'tracked',
    // The recorded servers ran without.
    endpointReconciler: 'none',
    // Expired revisions were recorded so: what a cache remembers depends on how busy it was.
    ...(name === 'expired' ? { watchCache: false } : {}),
    ...(controllers
      ? {}
      : {
          substitute: (id, actor) =>
            /^kube-(scheduler|controller-manager)|^[\w-]+-controller\b/.test(id) ? idle : actor,
        }),
  })

export const replayTheme = async (theme: Theme, options: { readonly upTo?: number } = {}): Promise<Report> => {
  const cluster = freshCluster(theme)
  const api = await cluster.listen({ users: USERS, speed: 'stepped' })
  const player = new Player(cluster, api)
  try {
    cluster.run(millis(2000))
    if (theme.name === 'discovery') cluster.apply(ADDED_OBJECTS)
    cluster.run(millis(100))
    for (const one of theme.steps) {
      if (one.step === 'action') player.compact()
      if (one.step !== 'exchange') continue
      if (one.exchange.seq > (options.upTo ?? Infinity)) break
      await player.play(one.exchange)
    }
    await player.finish()
  } finally {
    player.close()
    await api.close()
  }
  const { verdicts } = player
  return { theme: theme.name, equal: verdicts.filter((one) => one.differences.length === 0).length, verdicts }
}

interface OpenWatch {
  readonly exchange: Exchange
  readonly stream: LineStream
  readonly code: number
}

export class Player {
  readonly verdicts: Verdict[] = []
  private readonly cluster: Cluster
  private readonly clients: ReadonlyMap<string, WireClient>
  private readonly translation = new Translation()
  private open: OpenWatch[] = []

  constructor(cluster: Cluster, api: Listening) {
    this.cluster = cluster
    const { ca, users } = api.certificates
    this.clients = new Map([
      ...USERS.map(({ name }): [string, WireClient] => [name, new WireClient(api.url, ca, users[name])]),
      ['anon', new WireClient(api.url, ca)],
    ])
  }

  async play(exchange: Exchange): Promise<void> {
    const { request, watch } = exchange
    if (exchange.waitMs !== undefined) this.cluster.run(millis(exchange.waitMs))
    const client = this.clients.get(request.user)
    if (client === undefined) throw new Error(`the transcript has a user ${request.user}`)
    const headers = Object.fromEntries(
      Object.entries(request.headers ?? {}).map(([name, value]) => [name, this.translation.header(value)]),
    )
    const call = {
      method: request.method,
      path: this.translation.path(request.path),
      headers,
      body: this.bodyOf(exchange),
    }
    if (watch === true && exchange.response.frames !== undefined) {
      const { code, stream } = await client.watch(call)
      this.open.push({ exchange, stream, code })
    } else {
      const answer = await client.call(call)
      this.compare(exchange, answer.code, answer.headers, answer.body)
    }
    await this.closeWatches(exchange.seq)
  }

  /** The one thing that recorders have done to a store: from outside, all before its latest revision goes. */
  compact(): void {
    const { cluster } = this
    cluster.send({ type: 'EndTask', data: { task: String(cluster.history.head), exitCode: 0 }, to: ETCDCTL })
    cluster.run(millis(300))
  }

  async finish(): Promise<void> {
    await this.closeWatches(Infinity)
  }

  close(): void {
    for (const client of this.clients.values()) client.close()
  }

  private bodyOf({ request }: Exchange): Buffer | string | undefined {
    if (request.bodyText !== undefined) return request.bodyText
    if (request.bodyBase64 !== undefined) return Buffer.from(request.bodyBase64, 'base64')
    if (request.bodyGenerated !== undefined) return String(new Function(`return ${request.bodyGenerated.note}`)())
    return request.body === undefined ? undefined : JSON.stringify(this.translation.body(request.body))
  }

  private compare(exchange: Exchange, code: number, headers: Readonly<Record<string, unknown>>, bytes: Buffer): void {
    const { response, unstable = [], distribution } = exchange
    if (distribution !== undefined) return
    const text = bytes.toString()
    const actual = parsed(text)
    this.translation.learn(response.body, actual)
    this.translation.learnTag(response.headers?.['etag'], headers['etag'])
    const found: string[] = []
    if (code !== response.code) found.push(`code: ${response.code} ≠ ${code}`)
    for (const name of COMPARED_HEADERS) {
      const want = response.headers?.[name]
      // Whether these were recorded shows in whether any answer has them.
      found.push(...differences([want ?? []].flat().map(String), [headers[name] ?? []].flat().map(String), name))
    }
    if (response.body !== undefined) {
      const form = formOf(exchange.request.path)
      found.push(...differences(prune(form(response.body), unstable), prune(form(actual), unstable)))
    } else if (response.bodyText !== undefined) {
      found.push(...differences(normal(response.bodyText), normal(text)))
    } else if (response.bodyBase64 === undefined && response.bodyOmitted === undefined && text !== '') {
      found.push(`body: nothing ≠ ${text.slice(0, 200)}`)
    } else if (
      response.bodyBase64 !== undefined &&
      code === response.code &&
      headers['content-type'] !== response.headers?.['content-type']
    ) {
      found.push('body: binary')
    }
    this.verdicts.push({ exchange, differences: found })
  }

  private async closeWatches(after: number): Promise<void> {
    const due = this.open.filter(({ exchange }) => (exchange.closeSeq ?? 0) <= after)
    if (due.length === 0) return
    this.open = this.open.filter((one) => !due.includes(one))
    this.cluster.run(millis(250))
    await arrivals(15)
    for (const { exchange, stream, code } of due) {
      const { frames = [], ended } = exchange.response
      for (let tries = 0; ended === 'server' && !stream.ended() && tries < 40; tries++) {
        this.cluster.run(millis(250))
        await arrivals(15)
      }
      const found: string[] = []
      if (code !== exchange.response.code) found.push(`code: ${exchange.response.code} ≠ ${code}`)
      if ((ended === 'server') !== stream.ended()) found.push(`ended: by the ${String(ended)}`)
      const want = frames.map(withoutSeq).filter(isTelling)
      const got = stream.lines.filter(isTelling)
      this.translation.learn(want, got)
      found.push(...differences(normal(want), normal(got), 'frames'))
      stream.close()
      this.verdicts.push({ exchange, differences: found })
    }
  }
}

const formOf = (path: string): ((value: unknown) => unknown) =>
  path.startsWith('/openapi/') ? openApiForm : (value) => normal(ownForm(path, value))

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

const withoutSeq = (frame: unknown): unknown => {
  if (!isMembers(frame)) return frame
  const { afterSeq: _afterSeq, ...rest } = frame
  return rest
}

/** Bookmarks come at times of the server's choosing, but for the one that ends the initial events. */
const isTelling = (frame: unknown): boolean =>
  !isMembers(frame) || frame['type'] !== 'BOOKMARK' || JSON.stringify(frame).includes('initial-events-end')

/** As many paths as the recorder notes of an exchange. */
const NOTED_PATHS = 6

/**
 * Takes out what differed between two real servers: paths into the normal form of an answer, `body/metadata/managedFields/1`.
 * Where the notes are full and tell that one server had not written a status yet, the status itself is meant as well.
 */
const prune = (value: unknown, paths: readonly string[]): unknown => {
  if (paths.length === 0) return value
  const copy: unknown = structuredClone(value)
  const full = paths.length >= NOTED_PATHS && paths.some((path) => path.endsWith('fieldsV1/f:status'))
  for (const path of full ? [...paths, 'body/status'] : paths) remove(copy, path.split('/').slice(1))
  return withoutHoles(copy)
}

const remove = (value: unknown, [first = '', ...rest]: readonly string[]): void => {
  if (typeof value !== 'object' || value === null) return
  if (rest.length === 0) Reflect.deleteProperty(value, first)
  else remove(Reflect.get(value, first), rest)
}

const withoutHoles = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter(() => true).map(withoutHoles)
  if (!isMembers(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutHoles(member)]))
}
