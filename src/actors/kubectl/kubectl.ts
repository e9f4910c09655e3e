import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, LogEvent } from '../../events/envelope.ts'
import type { ApiObject, Json } from '../../events/json.ts'
import { seconds } from '../../events/time.ts'
import type { ReadObject } from '../../kubernetes/view.ts'
import { actorOf, type ActorContext, type HostedActor } from '../../engine/actor.ts'
import { ApiClient, type ApiAnswer, type ApiCall } from '../../engine/client/api-client.ts'
import { Endpoint } from '../../engine/client/endpoint.ts'
import { RestMapper, type Mapping } from './rest-mapper.ts'
import { LAST_APPLIED, threeWayMerge, withLastApplied } from './three-way-merge.ts'

type Invocation = EventData<'KubectlInvoked'>

/** A call without an answer, or one that met a conflict, is tried again after a second, five times in all. */
const RETRY = 'kubectl-retry'
const MAX_TRIES = 5

interface Task {
  readonly invocation: number
  readonly call: () => void
}

export interface KubectlOptions {
  readonly user: string
  readonly servers: readonly ActorId[]
  readonly read: ReadObject
}

/**
 * A person with kubectl. Applies objects one after the other, as they stand in the manifest: looks each up, then creates
 * it or patches it by the three-way merge of last applied, live and wanted; or, with --server-side, leaves that to the server.
 * Source: kubectl/pkg/cmd/apply/apply.go and patcher.go (v1.36).
 */
export const kubectl = (options: KubectlOptions): HostedActor => actorOf((context) => new Session(options, context))

class Session {
  private readonly client: ApiClient
  private readonly context: ActorContext
  private readonly queue: Invocation[] = []
  private readonly retries = new Map<string, Task>()
  private readonly mapper = new RestMapper()
  private busy = false
  private failures = 0

  constructor(options: KubectlOptions, context: ActorContext) {
    this.context = context
    this.client = new ApiClient({
      user: options.user,
      endpoint: new Endpoint(options.servers),
      read: options.read,
    })
  }

  receive(event: LogEvent): void {
    if (event.type === 'KubectlInvoked') {
      this.queue.push(event.data)
      this.next()
      return
    }
    if (this.client.receive(event, this.context)) return
    if (event.type === 'TimerFired' && event.data.name === RETRY) {
      const task = this.retries.get(event.data.key)
      this.retries.delete(event.data.key)
      task?.call()
    }
  }

  private next(): void {
    if (this.busy) return
    const invocation = this.queue.shift()
    if (invocation === undefined) return
    this.busy = true
    this.failures = 0
    if (invocation.call !== undefined) this.callOnce(invocation, invocation.call as ApiCall)
    else this.applyFrom(invocation, 0)
  }

  private callOnce(invocation: Invocation, call: ApiCall): void {
    this.try(invocation, call, 0, (answer) => {
      const what = `${call.kind.toLowerCase()}/${call.name ?? ''}`
      this.answer(invocation, what, answer.ok ? PAST[call.verb] : 'failed', answer)
      this.finish(invocation)
    })
  }

  private applyFrom(invocation: Invocation, index: number): void {
    const given = (invocation.apply ?? [])[index] as ApiObject | undefined
    if (given === undefined) {
      this.finish(invocation)
      return
    }
    this.mapper.learn(given)
    const mapping = this.mapper.mappingOf(given)
    const object = mapping.takesDefaultNamespace ? inDefaultNamespace(given) : given
    const after = (outcome: string, answer: ApiAnswer): void => {
      this.answer(invocation, `${object.kind.toLowerCase()}/${object.metadata.name}`, outcome, answer)
      this.applyFrom(invocation, index + 1)
    }
    const { namespace, name } = object.metadata
    const place = { kind: mapping.kind, namespace, name }
    const write = (call: ApiCall, done: string): void => {
      this.try(invocation, call, 0, (answer) => after(answer.ok ? done : 'failed', answer), lateness(mapping))
    }
    if (invocation.serverSide === true) {
      const options = { fieldManager: FIELD_MANAGER }
      write({ ...place, verb: 'patch', patchType: 'apply', body: object, options }, 'serverside-applied')
      return
    }
    this.try(invocation, { ...place, verb: 'get' }, 0, (answer) => {
      if (answer.ok && answer.object !== undefined) this.patch(invocation, mapping, object, answer.object, after)
      else if (answer.ok || answer.code !== 404) after('failed', answer)
      else write({ ...place, verb: 'create', body: withLastApplied(object) }, 'created')
    })
  }

  private patch(
    invocation: Invocation,
    { kind, isCustom }: Mapping,
    wanted: ApiObject,
    live: ApiObject,
    after: (outcome: string, answer: ApiAnswer) => void,
  ): void {
    const { namespace, name } = live.metadata
    const body: Json = threeWayMerge(live.metadata.annotations?.[LAST_APPLIED], wanted, live)
    // Of custom resources nobody knows how to merge lists. Source: patcher.go, patchSimple.
    const patchType = isCustom ? 'merge' : 'strategic'
    this.try(invocation, { verb: 'patch', kind, namespace, name, patchType, body }, 0, (answer) => {
      const same = answer.ok && answer.object?.metadata.resourceVersion === live.metadata.resourceVersion
      after(!answer.ok ? 'failed' : same ? 'unchanged' : 'configured', answer)
    })
  }

  private try(
    invocation: Invocation,
    call: ApiCall,
    tries: number,
    done: (answer: ApiAnswer) => void,
    isLate: (answer: ApiAnswer) => boolean = () => false,
  ): void {
    this.client.call(
      this.context,
      call,
      (answer, context) => {
        const isPassing = !answer.ok && (answer.code === 0 || answer.code >= 429 || isLate(answer))
        if (!isPassing || tries + 1 >= MAX_TRIES) {
          done(answer)
          return
        }
        const key = `${invocation.invocation}/${context.seq}`
        this.retries.set(key, {
          invocation: invocation.invocation,
          call: () => this.try(invocation, call, tries + 1, done, isLate),
        })
        context.setTimer(RETRY, key, seconds(1))
      },
      { timeout: seconds(60) },
    )
  }

  private answer({ invocation }: Invocation, object: string, outcome: string, answer: ApiAnswer): void {
    if (!answer.ok) this.failures++
    const message = answer.ok ? undefined : answer.message
    this.context.emit('KubectlAnswered', { invocation, object, outcome, code: answer.code, message })
  }

  private finish({ invocation }: Invocation): void {
    this.context.emit('KubectlFinished', { invocation, exitCode: this.failures === 0 ? 0 : 1 })
    this.busy = false
    this.next()
  }
}

/** Source: kubectl/pkg/cmd/apply/apply.go, fieldManagerServerSideApply. */
const FIELD_MANAGER = 'kubectl'

/** A custom object may come with its definition, whose objects are served a moment later: who applied both, waits. */
const lateness =
  ({ isCustom }: Mapping) =>
  ({ code }: ApiAnswer): boolean =>
    isCustom && code === 404

const inDefaultNamespace = (object: ApiObject): ApiObject =>
  object.metadata.namespace === undefined
    ? { ...object, metadata: { ...object.metadata, namespace: 'default' } }
    : object

const PAST: Readonly<Record<ApiCall['verb'], string>> = {
  get: 'read',
  list: 'listed',
  create: 'created',
  update: 'replaced',
  patch: 'patched',
  delete: 'deleted',
  deletecollection: 'deleted',
}
