import type { ApiObject } from '../../../events/json.ts'
import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import {
  CLEANUP,
  hasCondition,
  type Definition,
  type DefinitionStatus,
} from '../../../kubernetes/custom-resources/definition.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { isCustomKind, type CustomKind } from '../../../kubernetes/kinds.ts'
import { isStatus, notFound } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Change } from '../../../kubernetes/view.ts'
import type { Answer } from '../answer.ts'
import { consistent } from '../handlers/read.ts'
import { sleep, type Procedure } from '../procedure.ts'
import { writtenByServer } from '../registry/field-tracking.ts'
import { deletionStep, isLastUpdate, withFinalizers } from '../registry/graceful-deletion.ts'
import { isSame, Removal, storedAs, type Attempt } from '../storage/store.ts'
import type { World } from '../world.ts'
import { approvedOrNot, establishedStatus, namedStatus, terminatingStatus } from './names.ts'

const KIND = 'CustomResourceDefinition'
const DONE: Answer = { code: 200 }

/** What is left is looked for again after this. Source: controller/finalizer/crd_finalizer.go, deleteInstances: every 5 s for a minute. */
const LOOK_AGAIN: Micros = seconds(5)
const LOOKS = 12

/**
 * The controllers of definitions that run within an API server: they accept names, establish, and clear up. Each change of a
 * definition that its cache shows sets off what is to be done next, on whatever is stored by then; so several servers may do
 * it at once. Whether a group of the project's own is approved is told in the same write as whether the names are taken. Schemas
 * in v1 are structural, so nothing is told of that.
 * Source: apiextensions-apiserver/pkg/apiserver/apiserver.go: naming, establishing, finalizing and approval controllers (v1.36).
 */
export class Definitions {
  private readonly world: World
  private readonly start: (procedure: Procedure<Answer>) => void
  /** Definitions that are being cleared up here. */
  private readonly clearing = new Set<string>()

  constructor(world: World, start: (procedure: Procedure<Answer>) => void) {
    this.world = world
    this.start = start
  }

  /** The cache starts anew. */
  fill(): void {
    for (const object of this.world.cache.view.list(KIND)) this.look(object as Definition)
  }

  follow({ before, after }: Change): void {
    if (after !== undefined) this.look(after as Definition)
    // Names become free.
    else if (before !== undefined) this.fill()
  }

  private look(definition: Definition): void {
    const { name, deletionTimestamp, finalizers = [] } = definition.metadata
    if (deletionTimestamp !== undefined) {
      if (!finalizers.includes(CLEANUP) || this.clearing.has(name)) return
      this.clearing.add(name)
      this.start(this.clearUp(name))
    } else if (!sameJson(this.nextStatus(definition), definition.status)) this.start(this.settle(name))
  }

  private nextStatus(definition: Definition): DefinitionStatus | undefined {
    const { now, cache } = this.world
    const others = cache.view.list(KIND) as readonly Definition[]
    const named = namedStatus(approvedOrNot(definition, rfc3339(now)), others, rfc3339(now))
    const isNamed = hasCondition(definition, 'NamesAccepted')
    if (!isNamed || hasCondition(definition, 'Established') || !sameJson(named, definition.status)) return named
    return establishedStatus(definition, rfc3339(now))
  }

  private *settle(name: string): Procedure<Answer> {
    yield* this.update(name, (definition) => {
      if (definition.metadata.deletionTimestamp !== undefined) return definition
      return { ...definition, status: this.nextStatus(definition) }
    })
    return DONE
  }

  private *update(name: string, change: (definition: Definition) => Definition): Procedure<void> {
    const { world } = this
    const { store, cache } = world
    const ref = this.world.refTo(KIND, undefined, name)
    const attempt: Attempt = function* (stored) {
      if (stored === undefined) return notFound(ref.resource, name)
      const before = stored.object as Definition
      const next = writtenByServer(before, change(before), 'status', world) as Definition
      return isLastUpdate(KIND, stored.object, next) ? new Removal(next) : next
    }
    yield* store.guaranteedUpdate(ref, cache.view.get(KIND, undefined, name), attempt)
  }

  /** Source: controller/finalizer/crd_finalizer.go, sync. */
  private *clearUp(name: string): Procedure<Answer> {
    const { world } = this
    yield* this.update(name, (definition) => this.inProgress(definition))
    for (let look = 1; look <= LOOKS; look++) {
      const left = yield* this.deleteInstances(name)
      if (left === 0) {
        yield* this.update(name, (definition) => {
          const rest = (definition.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP)
          return { ...definition, metadata: withFinalizers(definition.metadata, rest) }
        })
        break
      }
      yield* sleep(LOOK_AGAIN)
    }
    this.clearing.delete(name)
    const still = world.cache.view.get(KIND, undefined, name)
    if (still !== undefined && (yield* consistent(world)) === undefined) this.fill()
    return DONE
  }

  private inProgress(definition: Definition): Definition {
    const now = rfc3339(this.world.now)
    const message = 'CustomResource deletion is in progress'
    return { ...definition, status: terminatingStatus(definition, 'InstanceDeletionInProgress', message, now) }
  }

  /** Deletes what is there of a kind; gives how many are left, because finalizers hold them. */
  private *deleteInstances(kind: string): Procedure<number> {
    const { world } = this
    const failure = yield* consistent(world)
    if (failure !== undefined || !isCustomKind(kind)) return failure === undefined ? 0 : 1
    let left = 0
    for (const object of world.cache.view.list(kind)) {
      const gone = yield* this.deleteInstance(kind, object)
      if (!gone) left++
    }
    return left
  }

  private *deleteInstance(kind: CustomKind, object: ApiObject): Procedure<boolean> {
    const { world } = this
    const { namespace, name } = object.metadata
    const step = deletionStep(kind, object, {}, world.now)
    const ref = world.refTo(kind, namespace, name)
    const stored = storedAs(object)
    if (step.step === 'remove') {
      const removed = yield* world.store.remove(ref, stored)
      return !isStatus(removed) && 'revision' in removed
    }
    if (step.step === 'mark' && !isSame(step.object, object)) yield* world.store.put(ref, step.object, stored.revision)
    return false
  }
}
