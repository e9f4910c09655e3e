/** Sends malformed requests to a cluster and judges the answers: none may crash it, hang, or be the server's fault. */
import fc from 'fast-check'
import type { Duplex } from 'node:stream'
import { createCluster } from '../../src/cluster.ts'
import { encodeEvent } from '../../src/events/encode.ts'
import { decodeLine } from '../../src/events/decode.ts'
import { either as E } from 'fp-ts'
import { inputOf, inputsOf } from '../../src/replay/inputs.ts'
import { serveInProcess } from '../../src/server/in-process.ts'
import { malformed, type RawRequest } from './malformed.ts'
import { mutated } from './mutated.ts'

export interface FuzzReport {
  readonly requests: number
  /** Answers by status code; `none` where the connection was closed without one. */
  readonly codes: Readonly<Record<string, number>>
  readonly slowestMs: number
  readonly failures: readonly string[]
}

/** A request that takes longer hangs. */
const ANSWER_WITHIN_MS = 5000
const FAILURES_SHOWN = 20
/** With a node, so that what is let in is carried out. */
const OPTIONS = { nodes: 1, seed: 1 } as const
/** Requests that one cluster gets. */
const PER_CLUSTER = 20_000
const SAMPLE = 500
/** One sample of so many is wrong only in a member or two: what these let in, the cluster carries out, which takes its time. */
const MUTATED_EVERY = 10
const samples = (seed: number, numRuns: number): readonly RawRequest[] =>
  fc.sample(Math.floor(seed / SAMPLE) % MUTATED_EVERY === 1 ? mutated : malformed, { seed, numRuns })

const HEAD_END = '\r\n\r\n'

/**
 * For these a real API server answers 500 too, as is recorded (the API oracle's theme and the number in it): a resource
 * version that is no number (watch 202, updates 32) or that a new object has (lifecycle 14), an apply that fits no type
 * (ssa 31), a binding to nothing or to another kind (subresources 63, 64), an item without its merge key (patch 80).
 * Lists of several types are not recorded; like the missing key they are no error that the handler knows.
 * Source: strategicpatch/patch.go, sliceElementType; handlers/patch.go, interpretStrategicMergePatchError (v1.36).
 */
const UPSTREAM_500 = [
  'strconv.ParseUint: parsing',
  'resourceVersion should not be set on objects to be created',
  'failed to create typed patch object (',
  'target.name: Required value',
  'target.kind: Unsupported value: ',
  'does not contain declared merge key: ',
  'list element types are not identical: ',
]

/** A Service may have no Pods. Source: pkg/registry/core/service/storage/storage.go, ResourceLocation (v1.36). */
const NOBODY_THERE = /^HTTP\/1\.1 503 [^]*no endpoints available for service /

/** What a server may say of its own: what is not carried, what is told with `Retry-After`, what upstream answers so. */
const isExcused = (answer: string): boolean =>
  /^HTTP\/1\.1 501 /.test(answer) ||
  /\r\nretry-after:/i.test(answer) ||
  NOBODY_THERE.test(answer) ||
  UPSTREAM_500.some((why) => answer.includes(why))

export const fuzz = async (
  requests: number,
  seed: number,
  tell: (line: string) => void = () => {},
): Promise<FuzzReport> => {
  const codes: Record<string, number> = {}
  const failures: string[] = []
  let slowestMs = 0
  for (let done = 0; done < requests && failures.length < FAILURES_SHOWN; done += PER_CLUSTER) {
    const part = await fuzzOne(Math.min(PER_CLUSTER, requests - done), seed + done)
    for (const [code, count] of Object.entries(part.codes)) codes[code] = (codes[code] ?? 0) + count
    slowestMs = Math.max(slowestMs, part.slowestMs)
    failures.push(...part.failures)
    for (const failure of part.failures) tell(failure)
    tell(
      `${done + part.requests} requests, ${failures.length} failures, slowest ${slowestMs.toFixed(0)} ms, ${JSON.stringify(codes)}`,
    )
  }
  return { requests, codes, slowestMs, failures: failures.slice(0, FAILURES_SHOWN) }
}

const fuzzOne = async (requests: number, seed: number): Promise<FuzzReport> => {
  const cluster = createCluster(OPTIONS)
  const codes: Record<string, number> = {}
  const failures: string[] = []
  let slowestMs = 0
  let hasStopped = false
  const api = serveInProcess(cluster, {
    onFailure: (error) => {
      hasStopped = true
      failures.push(`the run stopped: ${String(error).slice(0, 3000)}`)
    },
  })
  for (let sent = 0; sent < requests && failures.length < FAILURES_SHOWN; sent += SAMPLE) {
    for (const request of samples(seed + sent, Math.min(SAMPLE, requests - sent))) {
      // Nothing will be answered any more.
      if (hasStopped) return { requests: sent, codes, slowestMs, failures }
      const began = performance.now()
      const answer = await exchange(api.connect(), request)
      const tookMs = performance.now() - began
      slowestMs = Math.max(slowestMs, tookMs)
      const code = answer === undefined ? 'hang' : (/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'none')
      codes[code] = (codes[code] ?? 0) + 1
      if (answer === undefined || (code.startsWith('5') && !isExcused(answer))) {
        failures.push(`seed ${seed + sent}: ${shown(request.bytes)} => ${answer?.slice(0, 600) ?? 'no answer'}`)
      }
    }
  }
  const polluted = Object.keys(Object.prototype)
  if (polluted.length > 0) failures.push(`Object.prototype has ${polluted.join(', ')}`)
  const alive = await exchange(api.connect(), {
    bytes: Buffer.from('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'),
    watches: false,
  })
  if (alive?.endsWith('ok') !== true) failures.push(`not healthy afterwards: ${alive ?? 'no answer'}`)
  api.close()
  if (failures.length === 0) failures.push(...differencesWhenRunAgain(cluster))
  return { requests, codes, slowestMs, failures }
}

/** What was sent is in the log as it was: from its lines the same log comes again. */
const differencesWhenRunAgain = (cluster: ReturnType<typeof createCluster>): readonly string[] => {
  const again = createCluster(OPTIONS)
  for (const event of cluster.log.range(1)) {
    if (inputOf(event) === undefined) continue
    const line = decodeLine(encodeEvent(event), event.seq)
    if (E.isLeft(line))
      return [`event ${event.seq} cannot be read back: ${line.left.message}: ${encodeEvent(event).slice(0, 400)}`]
    for (const input of inputsOf([line.right])) again.plan(input)
  }
  again.run(cluster.now)
  return again.digest() === cluster.digest() ? [] : ['run again from its lines, the log is another one']
}

/** Everything that comes back until the connection ends; undefined when nothing does. A stream is left after its head. */
export const exchange = (connection: Duplex, { bytes, watches }: RawRequest): Promise<string | undefined> =>
  new Promise((resolve) => {
    let answer = ''
    const finish = (told: string | undefined): void => {
      clearTimeout(patience)
      connection.destroy()
      resolve(told)
    }
    const patience = setTimeout(() => finish(undefined), ANSWER_WITHIN_MS)
    connection.on('error', () => {})
    connection.on('data', (chunk: Buffer) => {
      if (answer.length < 100_000) answer += chunk.toString('latin1')
      if (watches && answer.includes(HEAD_END) && /transfer-encoding: chunked/i.test(answer)) finish(answer)
    })
    connection.on('end', () => finish(answer))
    connection.on('close', () => finish(answer))
    connection.write(bytes)
  })

const shown = (bytes: Buffer): string => JSON.stringify(bytes.subarray(0, 700).toString('latin1'))
