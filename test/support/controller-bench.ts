/**
 * A bench for one controller: given a view, when time passes, then these calls go out.
 *
 * The controller runs on the real kernel with its real queue, client and recorder. Behind the API stands a table of objects;
 * the test decides what the controller's view shows of it, and which calls fail. For tables of call sequences only: what
 * components do to each other is tested in whole clusters.
 */
import type { Controller, Shared } from '../../src/engine/client/controller.ts'
import { Endpoint } from '../../src/engine/client/endpoint.ts'
import { defineActor } from '../../src/engine/actor.ts'
import { Kernel } from '../../src/engine/kernel/kernel.ts'
import type { EventData } from '../../src/events/catalogue/index.ts'
import type { LogEvent, Micros } from '../../src/events/envelope.ts'
import type { ApiObject } from '../../src/events/json.ts'
import { millis, seconds } from '../../src/events/time.ts'
import type { Kind, KindMap } from '../../src/kubernetes/kinds.ts'
import type { Event } from '../../src/kubernetes/types/core.ts'
import { BenchTruth } from './bench-truth.ts'
import { BenchView } from './bench-view.ts'

export type Request = EventData<'ApiRequested'>

/** What an object looks like to who writes it down in a test. */
export type Given = Omit<ApiObject, 'metadata'> & {
  readonly metadata: Partial<ApiObject['metadata']> & { readonly name: string }
}

/** How a call fails: with a code and a reason, or by no answer, the connection being lost. */
export type Failure = { readonly code: number; readonly reason?: string; readonly message?: string } | 'no answer'

interface Fault {
  readonly matches: (request: Request) => boolean
  readonly failure: Failure
  times: number
}

export interface BenchOptions {
  readonly seed?: number
  /** How long after a write the view shows it. */
  readonly latency?: Micros
  readonly qps?: number
  readonly burst?: number
}

const API = 'kube-apiserver/0'
const PROGRAM = 'program/0'

export const controllerBench = (controller: Controller, options: BenchOptions = {}): ControllerBench =>
  new ControllerBench(controller, options)

export class ControllerBench {
  readonly truth = new BenchTruth()
  readonly view = new BenchView(this.truth)
  readonly kernel: Kernel
  readonly log: LogEvent[] = []
  private readonly id: string
  private readonly kinds: readonly Kind[]
  private readonly faults: Fault[] = []
  private readonly latency: Micros
  private readonly hidden = new Set<Kind>()
  /** What the view is to follow when the program gets this event. */
  private readonly due = new Map<number, readonly Kind[]>()
  private readonly shared: Shared
  private taken = 0

  constructor(controller: Controller, { seed = 1, latency = millis(2), qps = 1000, burst = 1000 }: BenchOptions) {
    this.id = `${controller.name}/0`
    this.kinds = controller.kinds
    this.latency = latency
    this.kernel = new Kernel({ seed, log: { append: (event) => this.log.push(event) } })
    this.shared = {
      caches: { view: this.view, synced: () => true },
      endpoint: new Endpoint([API]),
      read: this.truth.read,
      changes: [],
    }
    this.kernel.machines.addHost('control-plane')
    this.kernel.machines.addHost('api')
    const program = defineActor<undefined>({
      start: () => undefined,
      receive: (_, event, context) => {
        this.shared.changes = (this.due.get(event.seq) ?? []).flatMap((kind) => this.view.follow(kind))
        if (event.type === 'WatchPushed') context.relay(this.id)
      },
    })
    const api = defineActor<undefined>({
      start: () => undefined,
      receive: (_, event, context) => {
        if (event.type === 'ApiRequested')
          this.serve(event.by, event.data, (data) => context.emit('ApiResponded', data, { to: event.by }))
      },
    })
    const limits = { qps, burst }
    this.kernel.machines.addProcess({
      id: PROGRAM,
      host: 'control-plane',
      restartDelay: seconds(1),
      boot: () =>
        new Map([
          [PROGRAM, program],
          [this.id, controller.host(this.shared, limits)],
        ]),
    })
    this.kernel.machines.addProcess({
      id: API,
      host: 'api',
      restartDelay: seconds(1),
      boot: () => new Map([[API, api]]),
    })
  }

  get now(): Micros {
    return this.kernel.now
  }

  /** Puts objects into the truth. What has no times or uid gets them. */
  given(...objects: readonly Given[]): this {
    for (const object of objects) this.truth.put(object as ApiObject, this.kernel.now)
    return this
  }

  /** Replaces an object by what `change` makes of it. */
  change<K extends Kind>(
    kind: K,
    namespace: string | undefined,
    name: string,
    change: (object: KindMap[K]) => KindMap[K],
  ): this {
    const object = this.truth.get(kind, namespace, name)
    if (object === undefined) throw new Error(`there is no ${kind} ${name}`)
    this.truth.put(change(object), this.kernel.now)
    return this
  }

  remove(kind: Kind, namespace: string | undefined, name: string): this {
    this.truth.remove(kind, namespace, name)
    return this
  }

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] | undefined {
    return this.truth.get(kind, namespace, name)
  }

  list<K extends Kind>(kind: K): readonly KindMap[K][] {
    return [...this.truth.of(kind).values()] as KindMap[K][]
  }

  /** From now on the view does not follow these kinds; `show` moves it once all the same. */
  stall(...kinds: readonly Kind[]): this {
    for (const kind of kinds) this.hidden.add(kind)
    return this
  }

  flow(...kinds: readonly Kind[]): this {
    for (const kind of kinds) this.hidden.delete(kind)
    return this.show(...kinds)
  }

  /** Lets the view show what there is: of some kinds, or of all that are not stalled. */
  show(...kinds: readonly Kind[]): this {
    this.tell(kinds.length > 0 ? kinds : this.kinds.filter((kind) => !this.hidden.has(kind)))
    // Loopback: the program has heard of it before anything else can change the view.
    return this.run(60)
  }

  /** The next calls that match fail. */
  fail(matches: string | ((request: Request) => boolean), failure: Failure, times = 1): this {
    const test = typeof matches === 'string' ? (request: Request) => lineOf(request).startsWith(matches) : matches
    this.faults.push({ matches: test, failure, times })
    return this
  }

  run(duration: Micros): this {
    this.kernel.run(this.kernel.now + duration)
    return this
  }

  /** Calls that went out since this was last asked, without reads of Events' writes. */
  take(): readonly Request[] {
    const calls = this.log
      .slice(this.taken)
      .flatMap((event) => (event.type === 'ApiRequested' && event.by === this.id ? [event.data] : []))
      .filter(({ kind }) => kind !== 'Event')
    this.taken = this.log.length
    return calls
  }

  /** The same as lines: `update Deployment/status web`. */
  takeLines(): readonly string[] {
    return this.take().map(lineOf)
  }

  /** Events as their messages were first written: `ScalingReplicaSet: Scaled up …`. */
  get events(): readonly string[] {
    return this.log.flatMap((event) => {
      if (event.type !== 'ApiRequested' || event.data.kind !== 'Event' || event.data.verb !== 'create') return []
      const { reason, message } = event.data.body as Event
      return [`${reason}: ${message}`]
    })
  }

  private serve(by: string, request: Request, respond: (data: EventData<'ApiResponded'>) => void): void {
    const fault = this.faults.find((candidate) => candidate.times > 0 && candidate.matches(request))
    if (fault !== undefined) {
      fault.times--
      if (fault.failure === 'no answer') {
        this.kernel.schedule(this.kernel.now, () =>
          this.kernel.input('ConnectionLost', { peer: API, reason: 'reset' }, by),
        )
        return
      }
      const { code, reason = 'Unknown', message = `refused with ${code}` } = fault.failure
      const causes = reason === 'NamespaceTerminating' ? { causes: [{ reason }] } : {}
      const status = { kind: 'Status', reason, message, code, details: causes }
      respond({ request: request.request, code, status })
      return
    }
    const before = this.truth.revision
    respond({ request: request.request, ...this.truth.answer(request, this.kernel.now) })
    if (this.truth.revision === before) return
    const kind = request.kind as Kind
    if (!this.kinds.includes(kind)) return
    this.kernel.schedule(this.kernel.now + this.latency, () => {
      if (!this.hidden.has(kind)) this.tell([kind])
    })
  }

  /** The program is told to look at these kinds. */
  private tell(kinds: readonly Kind[]): void {
    const seq = this.kernel.input('WatchPushed', { watch: 1, kind: '', revision: 0, change: 'BOOKMARK' }, PROGRAM)
    this.due.set(seq, kinds)
  }
}

/** A call as one line: verb, kind with subresource, name. */
export const lineOf = ({ verb, kind, subresource, name, body }: Request): string => {
  const named = name ?? (body as Given | undefined)?.metadata.generateName ?? ''
  return `${verb} ${kind}${subresource === undefined ? '' : `/${subresource}`} ${named}`.trimEnd()
}
