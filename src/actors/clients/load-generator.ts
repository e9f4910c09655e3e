import type { ActorId, LogEvent, Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import { actorOf, type ActorContext } from '../../engine/actor.ts'
import type { ProcessSpec } from '../../engine/kernel/process.ts'

export interface LoadGeneratorOptions {
  readonly name: string
  /** The machine it runs on; it needs the cluster's network, so a node or a machine with a kube-proxy of its own. */
  readonly host: string
  readonly machine: ActorId
  /** Whom it calls, as a process in `namespace` writes it, or an address. */
  readonly target: { readonly host: string; readonly port: number }
  readonly namespace?: string
  /** Between two requests. Default: 100 ms. */
  readonly every?: Micros
  /** How long it waits for an answer. Default: 1 s. */
  readonly timeout?: Micros
}

const NEXT = 'next-request'
const RESTART: Micros = seconds(1)

export const clientId = (name: string): ActorId => `client/${name}`

/**
 * Calls a Service at a steady rate and tells what came of each request. It does not wait for one answer before it asks
 * again, so a slow Service is called as often as a quick one.
 */
export const loadGeneratorProcess = (options: LoadGeneratorOptions): ProcessSpec => {
  const id = clientId(options.name)
  return {
    id,
    host: options.host,
    restartDelay: RESTART,
    boot: () => new Map([[id, actorOf((context) => new LoadGenerator(options, context))]]),
  }
}

class LoadGenerator {
  private readonly options: LoadGeneratorOptions
  private readonly context: ActorContext
  private readonly every: Micros
  private readonly namespace: string
  /** `namespace/name:port`. */
  private readonly service: string
  private readonly sent = new Map<number, Micros>()
  private next = 1

  constructor(options: LoadGeneratorOptions, context: ActorContext) {
    this.options = options
    this.context = context
    this.every = options.every ?? millis(100)
    this.namespace = options.namespace ?? 'default'
    const { host, port } = options.target
    this.service = `${this.namespace}/${host}:${port}`
    context.setTimer(NEXT, '', this.every)
  }

  receive(event: LogEvent): void {
    switch (event.type) {
      case 'TimerFired':
        this.context.setTimer(NEXT, '', this.every)
        this.ask()
        return
      case 'CallAnswered':
        this.settle(event.data.call, event.data)
        return
      case 'ConnectionLost':
        for (const call of [...this.sent.keys()]) this.settle(call, { reason: 'reset' })
        return
      default:
    }
  }

  private ask(): void {
    const { target, machine, timeout = seconds(1) } = this.options
    const call = this.next++
    this.sent.set(call, this.context.monotonic)
    const { namespace } = this
    this.context.emit('CallRequested', { call, ...target, namespace, timeoutMicros: timeout }, { to: machine })
  }

  private settle(call: number, { pod, reason }: { readonly pod?: string; readonly reason?: string }): void {
    const since = this.sent.get(call)
    if (since === undefined) return
    this.sent.delete(call)
    const told = { client: this.options.name, service: this.service, tookMicros: this.context.monotonic - since }
    if (pod === undefined) this.context.emit('RequestFailed', { ...told, reason: reason ?? 'error' })
    else this.context.emit('RequestServed', { ...told, pod })
  }
}
