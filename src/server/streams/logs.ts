/** GET pods/<name>/log: what a container has written, and with `follow` what it goes on to write. */
import type { Micros } from '../../events/envelope.ts'
import { badRequest, type Status } from '../../kubernetes/status.ts'
import { microTime, parseTime } from '../../kubernetes/time.ts'
import type { LogLine } from '../../kubernetes/workload/log-lines.ts'
import type { ContainerLife } from '../../projections/container-lives.ts'
import type { Reply } from '../reply.ts'
import { wallTime } from '../wall-time.ts'
import { numberIn } from './log-options.ts'
import type { ConnectedContainer, PodAccess } from './pod-access.ts'
import { writtenBy } from './written.ts'

interface LogOptions {
  readonly follow: boolean
  readonly previous: boolean
  readonly timestamps: boolean
  readonly tailLines: number | undefined
  readonly limitBytes: number | undefined
  /** Of virtual time. */
  readonly since: Micros | undefined
}

/** So often a log that is followed is looked at. */
export const LOOK_EVERY_MS = 20

export const serveLog = (
  connected: ConnectedContainer,
  query: URLSearchParams,
  access: PodAccess,
  reply: Reply,
): void => {
  const options = logOptions(query, access)
  const problem = notStarted(connected, options.previous)
  if (problem !== undefined) return reply.status(problem)
  const life = lifeOf(connected, options.previous, access)
  const lines = life === undefined ? [] : writtenBy(connected, life, access)
  const first = limited(chosen(lines, options).map(shownWith(options, access)).join(''), options.limitBytes)
  if (!options.follow || life === undefined) return reply.body(200, 'text/plain', first)
  follow({ connected, life, access, options, told: lines.length }, first, reply)
}

/** Source: pkg/kubelet/kubelet_pods.go, validateContainerLogStatus (v1.36). */
const notStarted = ({ pod, container, status }: ConnectedContainer, previous: boolean): Status | undefined => {
  const where = `container ${JSON.stringify(container.name)} in pod ${JSON.stringify(pod.metadata.name)}`
  const { waiting, running, terminated } = status?.state ?? {}
  const last = status?.lastState?.terminated
  if (previous) return last === undefined ? badRequest(`previous terminated ${where} not found`) : undefined
  if (status === undefined) {
    const isInit = (pod.spec.initContainers ?? []).length > 0 && pod.spec.containers.includes(container)
    return badRequest(`${where} is waiting to start: ${isInit ? 'PodInitializing' : 'ContainerCreating'}`)
  }
  if (running !== undefined || terminated !== undefined || last !== undefined) return undefined
  if (waiting === undefined) return badRequest(`${where} is not available`)
  const { reason = '' } = waiting
  return badRequest(`${where} is waiting to start: ${PULL_FAILURES[reason] ?? reason}`)
}

const PULL_FAILURES: Readonly<Record<string, string>> = {
  ErrImagePull: `image can't be pulled`,
  ImagePullBackOff: 'trying and failing to pull image',
}

/** The one before is the last that ended, as the kubelet reports it. */
const lifeOf = (connected: ConnectedContainer, previous: boolean, access: PodAccess): ContainerLife | undefined => {
  const lives = access.livesOf(connected)
  const restarts = connected.status?.lastState?.terminated
  if (!previous) return lives.at(-1)
  return restarts === undefined ? undefined : lives.findLast(({ ended }) => ended !== undefined)
}

const chosen = (lines: readonly LogLine[], { since, tailLines }: LogOptions): readonly LogLine[] => {
  const late = since === undefined ? lines : lines.filter(({ at }) => at >= since)
  return tailLines === undefined ? late : late.slice(Math.max(0, late.length - tailLines))
}

const shownWith =
  ({ timestamps }: LogOptions, { cluster }: PodAccess) =>
  ({ at, text }: LogLine): string => {
    if (!timestamps) return `${text}\n`
    // As containerd writes them: nanoseconds.
    const stamp = microTime(at + wallTime(cluster) - cluster.now).replace('Z', '000Z')
    return `${stamp} ${text}\n`
  }

const limited = (text: string, bytes: number | undefined): string =>
  bytes === undefined ? text : Buffer.from(text).subarray(0, bytes).toString()

interface Followed {
  readonly connected: ConnectedContainer
  readonly life: ContainerLife
  readonly access: PodAccess
  readonly options: LogOptions
  told: number
}

const follow = (followed: Followed, first: string, reply: Reply): void => {
  const { connected, life, access, options } = followed
  const { response } = reply
  response.statusCode = 200
  response.setHeader('content-type', 'text/plain')
  if (!('stream' in response)) response.setHeader('transfer-encoding', 'chunked')
  response.writeHead(200)
  if ('flushHeaders' in response) response.flushHeaders()
  const write = (text: string): void => {
    if (text === '') return
    // Both kinds of response take a text; their signatures differ in what else they take.
    if ('stream' in response) response.write(text)
    else response.write(text)
  }
  write(first)
  const timer = setInterval(() => {
    if (response.destroyed) return clearInterval(timer)
    const { ended } = life
    const lines = writtenBy(connected, life, access)
    write(lines.slice(followed.told).map(shownWith(options, access)).join(''))
    followed.told = lines.length
    if (ended === undefined) return
    clearInterval(timer)
    response.end()
  }, LOOK_EVERY_MS)
  response.on('close', () => clearInterval(timer))
}

const logOptions = (query: URLSearchParams, { cluster }: PodAccess): LogOptions => {
  const flag = (name: string): boolean => ['true', '1', ''].includes(query.get(name) ?? 'false')
  const sinceSeconds = numberIn(query, 'sinceSeconds')
  const sinceTime = query.get('sinceTime')
  const moment = sinceTime === null ? undefined : parseTime(sinceTime)
  const wallStart = wallTime(cluster) - cluster.now
  return {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    tailLines: numberIn(query, 'tailLines'),
    limitBytes: numberIn(query, 'limitBytes'),
    since:
      sinceSeconds !== undefined
        ? cluster.now - sinceSeconds * 1_000_000
        : moment === undefined
          ? undefined
          : moment - wallStart,
  }
}
