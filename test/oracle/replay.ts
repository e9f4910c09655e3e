/** Replays a theme of recorded exchanges against one API server of real parts, in order. */
import { millis } from '../../src/events/time.ts'
import { ControlPlane } from '../scenarios/apiserver/control-plane.ts'
import { bodyOf, callOf, framesOf, isOldWatchPath, targetOf, watchOf, type Target } from './api-server.ts'
import { callerOf } from './callers.ts'
import { actionsOf, exchangesOf, type Exchange } from './transcripts.ts'
import { outcomeDifferences, Translation } from './translation.ts'

/** How one exchange came out; `differs` is empty when it was answered alike. */
export interface Replayed {
  readonly exchange: Exchange
  readonly differs: readonly string[]
}

interface OpenWatch {
  readonly exchange: Exchange
  readonly target: Target
  readonly watch: number
  readonly differs: string[]
  open: boolean
}

/** The time between two exchanges of the recorder. */
const PAUSE_MS = 30
const LINGER_MS = 250
const COMPACTION = 1_000_000

export class Replay {
  readonly plane: ControlPlane
  private readonly translation = new Translation()
  private readonly watches: OpenWatch[] = []

  constructor(plane: ControlPlane = new ControlPlane({ apiServer: { authorization: 'RBAC' } })) {
    this.plane = plane
  }

  /** Replays what is replayable of a theme. */
  run(theme: string): readonly Replayed[] {
    const results: Replayed[] = []
    const actions = actionsOf(theme)
    for (const exchange of exchangesOf(theme)) {
      if (actions.some(({ after }) => after > exchange.seq - 1 && after < exchange.seq)) this.compact()
      const differs = this.send(exchange)
      if (differs !== undefined) results.push({ exchange, differs })
      this.closeAfter(exchange.seq)
    }
    this.closeAfter(Infinity)
    return results
  }

  /** The one thing that recorders have done to a storage. */
  private compact(): void {
    const { kernel, objects } = this.plane
    kernel.input('EtcdRequested', { request: COMPACTION, op: { op: 'compact', revision: objects.head } }, 'etcd/1')
    this.plane.run(millis(LINGER_MS))
  }

  /** Undefined when it is left out. A watch's differences come when it is closed. */
  private send(exchange: Exchange): readonly string[] | undefined {
    this.plane.run(millis(Math.max(exchange.waitMs ?? 0, PAUSE_MS)))
    const { request } = exchange
    const path = this.translation.ofText(request.path)
    const target = targetOf(path, this.plane.objects.at(this.plane.objects.head))
    if (target === undefined || !isReplayed(exchange)) return undefined
    // Texts are replayed where nobody is told of what parsing loses.
    if (request.bodyText !== undefined && target.row.custom === undefined) return undefined
    const sent: Exchange = { ...exchange, request: { ...request, path } }
    if (isWatch(exchange, target)) return this.watch(sent, target)
    // Watching one object is reading it; its stream was recorded frame by frame.
    if (exchange.watch === true) return undefined
    return this.call(sent, target)
  }

  private call(exchange: Exchange, target: Target): readonly string[] {
    const { plane, translation } = this
    const call = callOf(exchange, target, translation.ofBody(textBodyOf(exchange.request) ?? exchange.request.body))
    const answer = plane.call({ ...call, caller: callerOf(exchange) })
    const body = bodyOf(plane, target, call, answer)
    return this.compare(exchange, answer.code, body)
  }

  private compare({ response }: Exchange, code: number, body: unknown): readonly string[] {
    const { translation } = this
    translation.learn(response.body, body)
    const want = { code: response.code, body: translation.normal(response.body) }
    return outcomeDifferences(want, { code, body: translation.normal(body) })
  }

  private watch(exchange: Exchange, target: Target): readonly string[] {
    const { plane } = this
    const watch = plane.watch(watchOf(exchange, target))
    plane.run(millis(50))
    const ended = plane.of('WatchEnded').find(({ data }) => data.watch === watch)
    if (ended?.data.refused === true) return this.compare(exchange, ended.data.code, ended.data.status)
    const differs: string[] = []
    if (exchange.response.frames === undefined) return ['refused ≠ accepted']
    this.watches.push({ exchange, target, watch, differs, open: true })
    return differs
  }

  private closeAfter(seq: number): void {
    for (const one of this.watches) {
      if (!one.open || (one.exchange.closeSeq ?? 0) > seq) continue
      one.open = false
      const timeout = Number(/timeoutSeconds=(\d+)/.exec(one.exchange.request.path)?.[1] ?? 0)
      this.plane.run(millis(LINGER_MS + (one.exchange.response.ended === 'server' ? timeout * 1_000 : 0)))
      one.differs.push(...this.frameDifferences(one))
      this.plane.kernel.input('WatchCancelled', { watch: one.watch }, 'kube-apiserver/1')
    }
  }

  private frameDifferences({ exchange, target, watch }: OpenWatch): readonly string[] {
    const frames = framesOf(this.plane, target.row, watch)
    const recorded = (exchange.response.frames ?? []).filter(isCompared).map(({ afterSeq: _seq, ...frame }) => frame)
    const normal = (list: readonly unknown[]): unknown => ({ frames: list.map((one) => this.translation.normal(one)) })
    if (recorded.length !== frames.length) {
      const told = frames.map(({ type }) => String(type)).join(' ')
      return [`frames: ${recorded.map(({ type }) => String(type)).join(' ')} ≠ ${told}`]
    }
    return outcomeDifferences({ code: 200, body: normal(recorded) }, { code: 200, body: normal(frames) })
  }
}

/** Bookmarks come at times of the server's choosing, but for the one that ends the initial events. */
const isCompared = (frame: Readonly<Record<string, unknown>>): boolean =>
  frame['type'] !== 'BOOKMARK' || JSON.stringify(frame).includes('initial-events-end')

const isWatch = ({ request }: Exchange, { name }: Target): boolean =>
  request.method === 'GET' && (isOldWatchPath(request.path) || (name === undefined && /[?&]watch=/.test(request.path)))

/** A body that was recorded as text, for what parsing loses: only where it is one and nobody is told of what is lost. */
const textBodyOf = ({ bodyText, path }: Exchange['request']): unknown => {
  if (bodyText === undefined || !/fieldValidation=(Ignore|Warn)/.test(path)) return undefined
  try {
    return JSON.parse(bodyText)
  } catch {
    return undefined
  }
}

const isReplayed = ({ request, response, watch }: Exchange): boolean => {
  const { method, headers = {}, body, user, path } = request
  if (user !== undefined && user !== 'alice') return false
  if ((headers['accept'] ?? 'application/json') !== 'application/json') return false
  if (/apply-patch/.test(headers['content-type'] ?? '')) return false
  if (/[?&](limit|timeoutSeconds)=[^&]*[a-z]/.test(path)) return false
  if (response.body === undefined && watch !== true) return false
  return method === 'GET' || method === 'DELETE' || body !== undefined || textBodyOf(request) !== undefined
}
