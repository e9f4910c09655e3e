import { actorOf, type ActorContext } from '../../engine/actor.ts'
import { ApiClient } from '../../engine/client/api-client.ts'
import { exponential } from '../../engine/client/backoff.ts'
import { Endpoint } from '../../engine/client/endpoint.ts'
import { Informers } from '../../engine/client/informers.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'
import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { millis, minutes, seconds } from '../../events/time.ts'
import type { Cursor, ReadObject } from '../../kubernetes/view.ts'
import { sliceFor, sliceName } from './slice.ts'
import type { DeviceDriverShape } from './shape.ts'

export interface DeviceDriverOptions {
  readonly shape: DeviceDriverShape
  /** The machine whose devices they are. */
  readonly node: string
  readonly servers: readonly ActorId[]
  readonly firstServer?: number
  readonly cursor: () => Cursor
  readonly read: ReadObject
}

/** The service account that the driver's Pods have. */
export const DRIVER_ACCOUNT = 'dra-driver'

const RESTART: Micros = seconds(2)

/** After a failed write. Source: client-go/util/workqueue/default_rate_limiters.go; the node may not be there yet. */
const BACKOFF_BASE: Micros = millis(100)
const BACKOFF_MAX: Micros = minutes(1)

const PUBLISH = 'publish'
const ANSWER = 'answer'

const MILLION = 1_000_000

export const deviceDriverId = (node: string): ActorId => `dra-driver/${node}`

/**
 * A DRA driver's plugin on one node: publishes the node's devices as a ResourceSlice, and makes those of claims ready when
 * the kubelet asks.
 * Abridged: a process of its machine, not a Pod of a DaemonSet; it keeps nothing on disk, as being asked twice does no harm.
 */
export const deviceDriverProcess = (options: DeviceDriverOptions): ProcessSpec => {
  const id = deviceDriverId(options.node)
  return {
    id,
    host: options.node,
    restartDelay: RESTART,
    boot: () => new Map([[id, actorOf((context) => new DeviceDriver(options, context))]]),
  }
}

class DeviceDriver {
  private readonly options: DeviceDriverOptions
  private readonly context: ActorContext
  private readonly client: ApiClient
  private readonly informers: Informers
  /** Answers that are due, by call. */
  private readonly due = new Map<string, () => void>()
  private isPublishing = false
  private failures = 0
  private next = 1

  constructor(options: DeviceDriverOptions, context: ActorContext) {
    this.options = options
    this.context = context
    const { servers, firstServer, read, shape, node } = options
    const endpoint = new Endpoint(servers, firstServer)
    this.client = new ApiClient({ user: `system:serviceaccount:kube-system:${DRIVER_ACCOUNT}`, endpoint, read })
    const kinds = [{ kind: 'ResourceSlice', scope: { name: sliceName(node, shape) } }] as const
    this.informers = new Informers({ client: this.client, endpoint, cursor: options.cursor(), kinds })
    this.informers.start(context)
  }

  receive(event: LogEvent): void {
    if (event.type === 'TimerFired' && event.data.name === ANSWER) return this.answer(event.data.key)
    if (event.type === 'TimerFired' && event.data.name === PUBLISH) return this.publish()
    if (event.type === 'NodePrepareResources') {
      const { call, claims } = event.data
      return this.take(call, event.by, () => this.tell('NodeResourcesPrepared', { call, claims }, event))
    }
    if (event.type === 'NodeUnprepareResources') {
      const { call, claims } = event.data
      return this.take(call, event.by, () => this.tell('NodeResourcesUnprepared', { call, claims }, event))
    }
    this.client.receive(event, this.context)
    this.informers.receive(event, this.context)
    this.informers.take()
    this.publish()
  }

  // The kubelet's calls

  private take(call: number, kubelet: ActorId, done: () => void): void {
    const { shape } = this.options
    const { random, seq } = this.context
    const key = String(this.next++)
    const fails = random.below(MILLION) < shape.failuresPpm
    const message = 'rpc error: code = Internal desc = device is not ready'
    const refuse = (): void => {
      this.context.emit('DeviceCallRefused', { call, message }, { to: kubelet, cause: seq })
    }
    this.due.set(key, fails ? refuse : done)
    this.context.setTimer(ANSWER, key, random.between(...shape.preparing))
  }

  private tell(
    type: 'NodeResourcesPrepared' | 'NodeResourcesUnprepared',
    data: { readonly call: number; readonly claims: readonly string[] },
    { by, seq }: LogEvent,
  ): void {
    this.context.emit(type, data, { to: by, cause: seq })
  }

  private answer(key: string): void {
    const answer = this.due.get(key)
    this.due.delete(key)
    answer?.()
  }

  // What the node has

  /** Brings the slice to what the node has, one write after the other. */
  private publish(): void {
    const { context, options, informers } = this
    if (this.isPublishing || !informers.synced() || context.hasTimer(PUBLISH, '')) return
    const { node: name, shape } = options
    const published = informers.view.get('ResourceSlice', undefined, sliceName(name, shape))
    // What is there already needs no node to be told of.
    if (published !== undefined && sliceFor(shape, published, published) === undefined) return
    this.isPublishing = true
    this.client.call(context, { verb: 'get', kind: 'Node', name }, (answer) => {
      if (!answer.ok || answer.object === undefined) return this.retry()
      const body = sliceFor(shape, answer.object, published)
      if (body === undefined) return this.retry()
      const verb = published === undefined ? ('create' as const) : ('update' as const)
      const write = { verb, kind: 'ResourceSlice', name: sliceName(name, shape), body } as const
      this.client.call(context, write, (written) => {
        if (!written.ok) return this.retry()
        this.isPublishing = false
        this.failures = 0
      })
    })
  }

  private retry(): void {
    this.isPublishing = false
    this.context.setTimer(PUBLISH, '', exponential(BACKOFF_BASE, BACKOFF_MAX, this.failures++))
  }
}
