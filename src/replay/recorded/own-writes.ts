import type { LogEvent } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Definition } from '../../kubernetes/custom-resources/definition.ts'
import type { KindRow } from '../../kubernetes/registry.ts'
import { parseStorageKey } from '../../kubernetes/storage-key.ts'
import type { Write } from './writes.ts'

/** What the API server itself writes, and others too. */
export const IN_COMMON: ReadonlySet<string> = new Set([
  'ResourceQuota',
  'PodDisruptionBudget',
  'CustomResourceDefinition',
  'APIService',
])

/**
 * Upstream's API server writes addresses of Services, what quotas have been charged, what evictions took off budgets, how far
 * definitions are and what groups they serve through its own API, so an audit log shows it; ours writes them to the store.
 */
export class OwnWrites {
  private readonly rowOf: (kind: string) => KindRow | undefined
  private readonly definitions = new Map<string, Definition>()

  constructor(rowOf: (kind: string) => KindRow | undefined) {
    this.rowOf = rowOf
  }

  /** `askedFor` says about which kinds somebody else's requests are under way. */
  take(
    { at, data }: LogEvent & { readonly type: 'RevisionCommitted' },
    askedFor: ReadonlySet<string>,
  ): Write | undefined {
    const { key, object, deleted, previous } = data
    const place = parseStorageKey(key)
    const row = place === undefined ? undefined : this.rowOf(place.kind)
    if (place === undefined || row === undefined) return undefined
    const { name, namespace } = place
    const write = { at, user: 'system:apiserver', row, namespace, name, body: object ?? {}, code: 201 }
    const whole = { ...write, verb: deleted ? 'delete' : 'create', subresource: '' } as const
    const status = { ...write, verb: 'update', subresource: 'status' } as const
    const former = row.kind === 'CustomResourceDefinition' ? this.remember(name, object) : undefined
    if (row.kind === 'IPAddress') return whole
    if (!IN_COMMON.has(row.kind) || askedFor.has(row.kind)) return undefined
    if (former !== undefined && deleted) return { ...status, body: cleared(former) }
    if (row.kind === 'APIService' && (deleted || previous === 0)) return { ...whole, body: asRegistered(write.body) }
    return deleted ? undefined : status
  }

  /** Gives what a definition was before. */
  private remember(name: string, object: ApiObject | undefined): Definition | undefined {
    const former = this.definitions.get(name)
    if (object === undefined) this.definitions.delete(name)
    else this.definitions.set(name, object as Definition)
    return former
  }
}

/** A definition as it is let go of. Source: apiextensions-apiserver/pkg/controller/finalizer/crd_finalizer.go, sync. */
const cleared = (definition: Definition): Definition => {
  const { finalizers: _finalizers, ...metadata } = definition.metadata
  const done = { status: 'False', reason: 'InstanceDeletionCompleted', message: 'removed all instances' } as const
  const conditions = definition.status?.conditions?.map((one) =>
    one.type === 'Terminating' ? { ...one, ...done } : one,
  )
  return { ...definition, metadata, status: { ...definition.status, conditions } }
}

/** An APIService as it is asked for: its uid and its status come to be while it is stored. */
const asRegistered = ({ metadata, ...rest }: Partial<ApiObject>): object => {
  const { uid: _uid, ...asked } = metadata ?? {}
  return { ...rest, metadata: asked, status: {} }
}
