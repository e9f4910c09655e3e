/**
 * One run of a small world under one disturbance: the real kernel, controllers with their real queues, clients and
 * expectations, in one process that may die; behind the API a table of objects.
 */
import { cloudProcess, DEFAULT_CLOUD } from '../../src/actors/cloud/cloud.ts'
import { defineActor } from '../../src/engine/actor.ts'
import type { Controller, Shared } from '../../src/engine/client/controller.ts'
import { Endpoint } from '../../src/engine/client/endpoint.ts'
import { Kernel } from '../../src/engine/kernel/kernel.ts'
import type { EventData } from '../../src/events/catalogue/index.ts'
import type { LogEvent, Micros } from '../../src/events/envelope.ts'
import type { ApiObject } from '../../src/events/json.ts'
import { millis, seconds } from '../../src/events/time.ts'
import type { Kind, KindMap } from '../../src/kubernetes/kinds.ts'
import type { Change } from '../../src/kubernetes/view.ts'
import { lineOf, type Given, type Request } from '../support/controller-bench.ts'
import { FedView, RecordedTruth, type Written } from './feed.ts'
import { describe, type Disturbance, type SmallWorld } from './world.ts'

const API = 'kube-apiserver/0'
const PROGRAM = 'program/0'

/** How long after a write a watch tells of it. */
const LATENCY: Micros = millis(2)

/** How long the process is away when it dies. */
const RESTART: Micros = seconds(1)

export class Stage {
  readonly kernel: Kernel
  readonly truth = new RecordedTruth((written) => this.noted(written))
  /** Calls of the controllers that changed something, in order. */
  readonly effects: Request[] = []
  /** Writes that the controllers could see, in order: what a disturbance counts. */
  readonly writes: Written[] = []
  readonly told: string[] = []
  /** The routes that the cloud has told of last. */
  cloudRoutes: readonly string[] = []
  /** The first thing that must never be and was. */
  wrong: string | undefined
  private readonly world: SmallWorld
  private readonly disturbance: Disturbance
  private readonly controllers: readonly Controller[]
  private readonly kinds: ReadonlySet<Kind>
  private readonly due = new Map<number, () => readonly Change[]>()
  private readonly heldBack: Written[] = []
  private view = new FedView()
  private phase: 'given' | 'script' | 'settle' = 'given'
  private listed = false
  private boots = 0
  private dying = false

  constructor(world: SmallWorld, disturbance: Disturbance) {
    this.world = world
    this.disturbance = disturbance
    this.controllers = world.controllers()
    this.kinds = new Set(this.controllers.flatMap(({ kinds }) => kinds))
    const log = { append: (event: LogEvent) => this.tell(event) }
    this.kernel = new Kernel({ seed: 1, log })
    this.kernel.machines.addHost('control-plane')
    this.kernel.machines.addHost('api')
    if (world.cloud !== undefined) {
      this.kernel.machines.addHost('cloud')
      const cloud = { ...DEFAULT_CLOUD, ...world.cloud }
      this.kernel.machines.addProcess(
        cloudProcess({ shape: cloud, host: 'cloud', instances: [], machineOf: (name) => name }),
      )
    }
    for (const object of world.given) this.put(object)
    this.phase = 'script'
    const api = defineActor<undefined>({
      start: () => undefined,
      receive: (_, event, context) => {
        if (event.type === 'ApiRequested')
          context.emit('ApiResponded', this.serve(event.by, event.data), { to: event.by })
      },
    })
    const apiServer = { id: API, host: 'api', restartDelay: RESTART, boot: () => new Map([[API, api]]) }
    this.kernel.machines.addProcess(apiServer)
    const boot = (): ReturnType<Stage['boot']> => this.boot()
    this.kernel.machines.addProcess({ id: PROGRAM, host: 'control-plane', restartDelay: RESTART, boot })
  }

  /** Runs the world to its end. */
  run(): this {
    const { world } = this
    const { steps, step = seconds(1), settle = seconds(60) } = world
    this.kernel.run(this.kernel.now + millis(10))
    for (let number = 0; number < steps; number++) {
      world.script?.[number]?.(this)
      this.pass(step)
    }
    this.phase = 'settle'
    for (const written of this.heldBack.splice(0)) this.deliver(written)
    const end = this.kernel.now + settle
    // A lost event is made good by the next list.
    if (this.disturbance.pattern === 'hidden') this.input(() => this.relist(this.truth.history.length))
    while (this.kernel.now < end) this.pass(step)
    this.wrong ??= world.finally?.(this)
    return this
  }

  get now(): Micros {
    return this.kernel.now
  }

  get<K extends Kind>(kind: K, name: string, namespace: string | undefined = 'default'): KindMap[K] | undefined {
    return this.truth.get(kind, namespace, name) ?? this.truth.get(kind, undefined, name)
  }

  list<K extends Kind>(kind: K): readonly KindMap[K][] {
    return [...this.truth.of(kind).values()] as KindMap[K][]
  }

  put(...objects: readonly Given[]): void {
    for (const object of objects) this.truth.put(object as ApiObject, this.kernel.now)
  }

  /** Somebody writes an object anew; a change of its spec is another generation. */
  change<K extends Kind>(kind: K, name: string, change: (object: KindMap[K]) => KindMap[K]): void {
    const object = this.get(kind, name)
    if (object === undefined) return
    const changed = change(object) as ApiObject & { readonly spec?: unknown }
    const isNews = changed.spec !== (object as ApiObject & { readonly spec?: unknown }).spec
    const generation = (object.metadata.generation ?? 1) + (isNews ? 1 : 0)
    this.truth.put({ ...changed, metadata: { ...changed.metadata, generation } }, this.now)
  }

  /** Replaces part of an object's spec. */
  edit(kind: Kind, name: string, spec: object): void {
    this.change(kind, name, (object) => {
      const before = (object as { readonly spec?: object }).spec
      return { ...object, spec: { ...before, ...spec } } as typeof object
    })
  }

  /** Somebody deletes an object through the API. */
  delete(kind: Kind, name: string, options: EventData<'ApiRequested'>['options'] = {}): void {
    const namespace = this.get(kind, name)?.metadata.namespace
    this.truth.answer({ request: 0, user: 'somebody', verb: 'delete', kind, namespace, name, options }, this.now)
  }

  remove(kind: Kind, name: string): void {
    this.truth.remove(kind, this.get(kind, name)?.metadata.namespace, name)
  }

  private pass(step: Micros): void {
    this.kernel.run(this.kernel.now + step)
    this.world.around?.(this)
  }

  // The controllers' process

  private boot(): ReadonlyMap<string, ReturnType<typeof defineActor<undefined>>> {
    const view = new FedView()
    this.view = view
    this.listed = false
    this.dying = false
    const isFirst = this.boots++ === 0
    const shared: Shared = {
      caches: { view, synced: () => this.listed },
      endpoint: new Endpoint([API]),
      read: this.truth.read,
      changes: [],
    }
    const program = defineActor<undefined>({
      start: () => undefined,
      receive: (_, event, context) => {
        if (event.type !== 'WatchPushed') return
        shared.changes = this.due.get(event.seq)?.() ?? []
        for (const { name } of this.controllers) context.relay(`${name}/0`)
      },
    })
    this.kernel.schedule(this.kernel.now + millis(1), () => this.firstList(isFirst))
    const limits = { qps: 1000, burst: 1000 }
    return new Map([
      [PROGRAM, program],
      ...this.controllers.map((one) => [`${one.name}/0`, one.host(shared, limits)] as const),
    ])
  }

  private firstList(isFirst: boolean): void {
    const { disturbance, truth } = this
    const behind = !isFirst && disturbance.pattern === 'restart' ? (disturbance.behind ?? 0) : 0
    const position = Math.max(0, truth.history.length - behind)
    this.input(() => {
      this.listed = true
      return this.relist(position)
    })
    // From there on its watch tells it what it has missed, if slowly.
    const missed = truth.history.slice(position).filter(({ kind }) => this.kinds.has(kind))
    const { oldListFor = seconds(5) } = this.world
    for (const written of missed) this.kernel.schedule(this.kernel.now + oldListFor, () => this.deliver(written))
  }

  /** Lists all kinds as they were after so many writes. */
  private relist(position: number): readonly Change[] {
    const { history } = this.truth
    const then = new Map<Kind, Map<string, ApiObject>>()
    for (const { kind, key, object } of history.slice(0, position)) {
      const objects = then.get(kind) ?? new Map<string, ApiObject>()
      then.set(kind, objects)
      if (object === undefined) objects.delete(key)
      else objects.set(key, object)
    }
    const revision = history[position - 1]?.revision ?? 1
    return [...this.kinds].flatMap((kind) => this.view.relist(kind, then.get(kind) ?? NOTHING, revision))
  }

  private input(changes: () => readonly Change[]): void {
    const data = { watch: 1, kind: '', revision: 0, change: 'BOOKMARK' } as const
    this.due.set(this.kernel.input('WatchPushed', data, PROGRAM), changes)
  }

  private deliver(written: Written): void {
    const { view } = this
    this.input(() => (view === this.view && this.listed ? view.show(written) : []))
  }

  /** A write has been made, by whomever. */
  private noted(written: Written): void {
    if (this.phase === 'given') return
    this.wrong ??= this.world.never?.(this)
    if (!this.kinds.has(written.kind)) return
    const { disturbance } = this
    const number = this.writes.push(written) - 1
    if ((disturbance.pattern === 'hidden' || disturbance.pattern === 'lost') && number === disturbance.at) return
    if (this.isStale(written, number)) {
      this.heldBack.push(written)
      return
    }
    this.kernel.schedule(this.kernel.now + LATENCY, () => this.deliver(written))
  }

  private isStale({ kind }: Written, number: number): boolean {
    const { disturbance, phase } = this
    if (disturbance.pattern !== 'stale' || phase !== 'script' || number < disturbance.at) return false
    return disturbance.kind === undefined || disturbance.kind === kind
  }

  private serve(by: string, request: Request): EventData<'ApiResponded'> {
    const before = this.truth.revision
    const answered = this.world.answers?.(this, request) ?? this.truth.answer(request, this.kernel.now)
    const answer = { request: request.request, ...answered }
    const isEffect = this.truth.revision !== before && request.kind !== 'Event' && by !== PROGRAM
    if (isEffect && !this.dying) {
      const number = this.effects.push(request) - 1
      const { disturbance } = this
      if (disturbance.pattern === 'restart' && number === disturbance.at) {
        this.dying = true
        this.kernel.schedule(this.kernel.now, () => this.kernel.machines.endProcess(PROGRAM, 'killed', this.kernel.seq))
      }
    }
    return answer
  }

  private tell(event: LogEvent): void {
    const at = `${(event.at / seconds(1)).toFixed(3).padStart(9)} s`
    if (event.type === 'ApiRequested' && event.data.kind !== 'Event')
      this.told.push(`${at}  ${event.by}: ${lineOf(event.data)}`)
    else if (event.type === 'CloudAnswered' && event.data.routes !== undefined)
      this.cloudRoutes = event.data.routes.map(({ node, cidr }) => `${node} ${cidr}`)
    else if (event.type === 'ProcessExited') this.told.push(`${at}  ${describe(this.disturbance)}: the process dies`)
  }
}

const NOTHING: ReadonlyMap<string, ApiObject> = new Map()
