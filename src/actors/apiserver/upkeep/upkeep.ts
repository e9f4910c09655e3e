import type { ApiObject } from '../../../events/json.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { kindRow } from '../../../kubernetes/registry.ts'
import { notFound } from '../../../kubernetes/status.ts'
import type { APIService } from '../../../kubernetes/types/apiregistration.ts'
import type { FlowSchema } from '../../../kubernetes/types/flowcontrol.ts'
import type { Change } from '../../../kubernetes/view.ts'
import type { Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { bornNow } from '../registry/birth.ts'
import { createdByServer, writtenByServer } from '../registry/field-tracking.ts'
import { storedAs, type Attempt } from '../storage/store.ts'
import type { World } from '../world.ts'
import { AUTOMANAGED, available, registrationsOf, type Registration } from './api-service.ts'
import { tells, withTold } from './condition.ts'
import { dangling, withApplied } from './flow-schema.ts'

const DONE: Answer = { code: 200 }

/**
 * The controllers within an API server that keep what it says of itself: whether FlowSchemas have their priority level, whether
 * APIServices can be reached, and that custom resources have APIServices. Each change that its cache shows sets off what is to
 * be done next, on whatever is stored by then; so several servers may do it at once.
 * Source: apiserver/pkg/util/flowcontrol/apf_controller.go; kube-aggregator/pkg/controllers/{status,autoregister};
 * pkg/controlplane/controller/crdregistration (v1.36).
 */
export class Upkeep {
  private readonly world: World
  private readonly start: (procedure: Procedure<Answer>) => void
  /** APIServices that somebody else serves: Services matter to these. */
  private readonly remote = new Map<string, APIService>()

  private readonly followsFlows: boolean

  /** `followsFlows` where the priority levels are that FlowSchemas name. */
  constructor(world: World, start: (procedure: Procedure<Answer>) => void, followsFlows: boolean) {
    this.world = world
    this.start = start
    this.followsFlows = followsFlows
  }

  /** The cache starts anew. */
  fill(): void {
    const { view } = this.world.cache
    this.remote.clear()
    for (const schema of view.list('FlowSchema')) this.lookAtSchema(schema)
    for (const service of view.list('APIService')) this.lookAtService(service)
    for (const definition of view.list('CustomResourceDefinition')) this.register(definition)
  }

  follow({ kind, before, after }: Change): void {
    switch (kind) {
      case 'FlowSchema':
        if (after !== undefined) this.lookAtSchema(after as FlowSchema)
        return
      case 'PriorityLevelConfiguration':
        if (before !== undefined && after !== undefined) return
        for (const schema of this.world.cache.view.list('FlowSchema')) this.lookAtSchema(schema)
        return
      case 'APIService':
        if (after !== undefined) this.lookAtService(after as APIService)
        else if (before !== undefined) this.remote.delete(before.metadata.name)
        return
      case 'Service':
      case 'Endpoints':
        if (this.remote.size > 0) this.lookAtRemote((after ?? before)?.metadata)
        return
      case 'CustomResourceDefinition':
        if (before !== undefined) this.unregister(before)
        if (after !== undefined) this.register(after)
        return
      default:
    }
  }

  private lookAtSchema(schema: FlowSchema): void {
    const { world } = this
    if (!this.followsFlows || tells(schema, dangling(schema, world))) return
    this.start(
      this.update('FlowSchema', schema.metadata.name, (stored) => {
        const now = stored as FlowSchema
        const told = dangling(now, world)
        return tells(now, told) ? now : withApplied(now, withTold(now, told, world), world)
      }),
    )
  }

  private lookAtService(service: APIService): void {
    const { name } = service.metadata
    if (service.spec.service === undefined) this.remote.delete(name)
    else this.remote.set(name, service)
    const { world } = this
    if (tells(service, available(service, world))) return
    this.start(
      this.update('APIService', name, (stored) => {
        const now = stored as APIService
        const told = available(now, world)
        return tells(now, told) ? now : writtenByServer(now, withTold(now, told, world), 'status', world)
      }),
    )
  }

  private lookAtRemote(changed: ApiObject['metadata'] | undefined): void {
    for (const service of this.remote.values()) {
      const { namespace, name } = service.spec.service ?? {}
      if (namespace === changed?.namespace && name === changed?.name) this.lookAtService(service)
    }
  }

  private *update(kind: Kind, name: string, change: (object: ApiObject) => ApiObject): Procedure<Answer> {
    const { store, cache } = this.world
    const ref = this.world.refTo(kind, undefined, name)
    const attempt: Attempt = function* (stored) {
      return stored === undefined ? notFound(ref.resource, name) : change(stored.object)
    }
    yield* store.guaranteedUpdate(ref, cache.view.get(kind, undefined, name), attempt)
    return DONE
  }

  /** Whether the definition is established yet does not matter. */
  private register(definition: ApiObject): void {
    for (const registration of registrationsOf(definition)) {
      if (this.registered(registration.name) === undefined) this.start(this.create(registration))
    }
  }

  private registered(name: string): APIService | undefined {
    return this.world.cache.view.get('APIService', undefined, name)
  }

  private *create({ name, spec }: Registration): Procedure<Answer> {
    const { world } = this
    const { apiVersion } = kindRow('APIService')
    const metadata = {
      name,
      labels: { [AUTOMANAGED]: 'true' },
      ...bornNow('APIService', undefined, name, world),
    }
    const bare: APIService = { apiVersion, kind: 'APIService', metadata, spec }
    const { metadata: tracked } = createdByServer(bare, world)
    const service = withTold({ ...bare, metadata: tracked }, available(bare, world), world)
    yield* world.store.put(world.refTo('APIService', undefined, name), service, 0)
    return DONE
  }

  /** A group and version that several definitions serve stays as long as one of them does. */
  private unregister(definition: ApiObject): void {
    const { view } = this.world.cache
    const wanted = new Set(
      view
        .list('CustomResourceDefinition')
        .flatMap(registrationsOf)
        .map(({ name }) => name),
    )
    for (const { name } of registrationsOf(definition)) {
      const service = this.registered(name)
      if (service === undefined || wanted.has(name)) continue
      if (service.metadata.labels?.[AUTOMANAGED] === 'true') this.start(this.remove(service))
    }
  }

  private *remove(service: APIService): Procedure<Answer> {
    const { world } = this
    yield* world.store.remove(world.refTo('APIService', undefined, service.metadata.name), storedAs(service))
    return DONE
  }
}
