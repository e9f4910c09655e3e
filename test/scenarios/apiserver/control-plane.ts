/** A control plane of real parts for tests: kernel, etcd members, API servers, the object store; nothing is a stand-in. */
import { createApiServer } from '../../../src/actors/apiserver/api-server.ts'
import type { ApiServerOptions } from '../../../src/actors/apiserver/parameters.ts'
import { etcd } from '../../../src/actors/etcd/etcd.ts'
import { Kernel } from '../../../src/engine/kernel/kernel.ts'
import type { EventData, EventType } from '../../../src/events/catalogue/index.ts'
import type { EventOf, LogEvent, Micros } from '../../../src/events/envelope.ts'
import { millis, seconds } from '../../../src/events/time.ts'
import type { Kind, KindMap } from '../../../src/kubernetes/kinds.ts'
import type { Status } from '../../../src/kubernetes/status.ts'
import { createObjectStore, type ObjectStore } from '../../../src/projections/objects/store.ts'

export type Call = Omit<EventData<'ApiRequested'>, 'request' | 'user'> & { readonly user?: string }
type Watch = Omit<EventData<'WatchRequested'>, 'watch'>

export interface Answered {
  readonly code: number
  readonly revision: number | undefined
  readonly name: string | undefined
  readonly items: number | undefined
  readonly status: Status | undefined
  /** The body that came with the answer. */
  readonly body: unknown
  readonly event: EventOf<'ApiResponded'>
}

export interface ControlPlaneOptions {
  readonly seed?: number
  readonly servers?: number
  readonly etcdMembers?: number
  readonly apiServer?: Partial<ApiServerOptions>
}

export const serverId = (n: number): string => `kube-apiserver/${n}`
export const hostOf = (n: number): string => `cp-${n}`

/** One control-plane host per server: its etcd member and its API server. */
export class ControlPlane {
  readonly events: LogEvent[] = []
  readonly objects: ObjectStore = createObjectStore()
  readonly kernel: Kernel
  private next = 1

  constructor(options: ControlPlaneOptions = {}) {
    const { seed = 1, servers = 1, etcdMembers = servers, apiServer = {} } = options
    this.kernel = new Kernel({
      seed,
      log: { append: (event) => this.events.push(event) },
      fold: (event) => {
        if (event.type === 'RevisionCommitted') this.objects.fold(event)
      },
    })
    const hosts = Math.max(servers, etcdMembers)
    const voters = Array.from({ length: etcdMembers }, (_, i) => i + 1)
    for (let n = 1; n <= hosts; n++) this.kernel.machines.addHost(hostOf(n))
    for (const member of voters) {
      const id = `etcd/${member}`
      const boot = () => new Map([[id, etcd({ member, voters })]])
      this.kernel.machines.addProcess({ id, host: hostOf(member), restartDelay: seconds(1), boot })
    }
    for (let n = 1; n <= servers; n++) this.addServer(n, voters, apiServer)
    this.runUntil(() => this.isReady(servers), seconds(20))
  }

  get now(): Micros {
    return this.kernel.now
  }

  run(time: Micros): void {
    this.kernel.run(this.kernel.now + time)
  }

  runUntil(condition: () => boolean, within: Micros = seconds(70)): void {
    const end = this.kernel.now + within
    while (!condition()) {
      const next = this.kernel.nextAt()
      if (next === undefined || next > end) throw new Error(`not so within ${within / 1_000_000} s`)
      this.kernel.step()
    }
  }

  /** Sends a request without waiting. Gives its number. */
  send(call: Call, server = 1): number {
    const request = this.next++
    this.kernel.input('ApiRequested', { user: 'alice', ...call, request }, serverId(server))
    return request
  }

  answer(request: number): Answered | undefined {
    const event = this.events.findLast(
      (one): one is EventOf<'ApiResponded'> => one.type === 'ApiResponded' && one.data.request === request,
    )
    if (event === undefined) return undefined
    const { code, revision, name, items, status, object } = event.data
    return { code, revision, name, items, status: status as Status | undefined, body: object, event }
  }

  /** Sends a request and lets time pass until it is answered. */
  call(call: Call, server = 1): Answered {
    const request = this.send(call, server)
    this.runUntil(() => this.answer(request) !== undefined)
    const answer = this.answer(request)
    if (answer === undefined) throw new Error('answered')
    return answer
  }

  create<K extends Kind>(kind: K, namespace: string | undefined, body: unknown, server = 1): Answered {
    return this.call({ verb: 'create', kind, namespace, body }, server)
  }

  /** Creates and expects success; gives the object as stored. */
  made<K extends Kind>(kind: K, namespace: string | undefined, body: unknown): KindMap[K] {
    const answer = this.create(kind, namespace, body)
    if (answer.code !== 201) throw new Error(JSON.stringify(answer.status))
    return this.read(kind, namespace, answer.name ?? '', answer.revision)
  }

  /** The object that an answer stands for. */
  read<K extends Kind>(kind: K, namespace: string | undefined, name: string, revision?: number): KindMap[K] {
    const object = this.objects.read(kind, namespace, name, revision ?? this.objects.head)
    if (object === undefined) throw new Error(`no ${kind} ${name}`)
    return object
  }

  exists(kind: Kind, namespace: string | undefined, name: string): boolean {
    return this.objects.read(kind, namespace, name, this.objects.head) !== undefined
  }

  /** Writes an object past the API server, as what is not served by it can only be. */
  store(key: string, value: object, member = 1): void {
    const request = this.next++
    const op = { op: 'put', key, size: 100, value } as const
    this.kernel.input('EtcdRequested', { request, op }, `etcd/${member}`)
    this.runUntil(() => this.of('EtcdResponded').some(({ to, data }) => to === 'outside' && data.request === request))
    this.run(millis(10))
  }

  watch(watch: Watch, server = 1): number {
    const number = this.next++
    this.kernel.input('WatchRequested', { ...watch, watch: number }, serverId(server))
    return number
  }

  /** What a watch was told: `ADDED 12`. */
  told(watch: number): readonly string[] {
    return this.of('WatchPushed')
      .filter(({ data }) => data.watch === watch)
      .map(({ data }) => `${data.change} ${data.revision}`)
  }

  ended(watch: number): number | undefined {
    return this.of('WatchEnded').find(({ data }) => data.watch === watch)?.data.code
  }

  of<T extends EventType>(type: T): readonly EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> & LogEvent => event.type === type)
  }

  /** The etcd member that a server watches. */
  memberOf(server: number): number {
    const watch = this.of('EtcdWatchRequested').findLast(({ by }) => by === serverId(server))
    return Number(watch?.to?.slice('etcd/'.length))
  }

  /** A namespace with a service account, in which Pods can be created. */
  namespace(name: string): void {
    this.made('Namespace', undefined, { metadata: { name } })
    this.made('ServiceAccount', name, { metadata: { name: 'default' } })
  }

  private addServer(n: number, voters: readonly number[], options: Partial<ApiServerOptions>): void {
    const own = voters.includes(n) ? n : 1
    const id = serverId(n)
    const boot = () =>
      new Map([
        [
          id,
          createApiServer({
            cursor: () => this.objects.createCursor(id),
            read: this.objects.read,
            viewAt: (revision) => this.objects.at(revision),
            kindOf: (revision) => this.objects.written(revision)?.kind,
            etcd: [own, ...voters.filter((voter) => voter !== own)].map((voter) => `etcd/${voter}`),
            options: { masters: ['system:apiserver', 'alice'], ...options },
          }),
        ],
      ])
    this.kernel.machines.addProcess({ id, host: hostOf(n), restartDelay: seconds(2), boot })
  }

  private isReady(servers: number): boolean {
    if (this.objects.read('Service', 'default', 'kubernetes', this.objects.head) === undefined) return false
    if (this.of('EtcdWatchRequested').length < servers) return false
    this.run(millis(50))
    return true
  }
}

export const pod = (name: string, spec: object = {}, metadata: object = {}): object => ({
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
})
