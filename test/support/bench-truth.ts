/** The objects behind a controller's bench: what an API server would hold, without everything else that it does. */
import { either } from 'fp-ts'
import type { EventData } from '../../src/events/catalogue/index.ts'
import type { Micros } from '../../src/events/envelope.ts'
import type { ApiObject } from '../../src/events/json.ts'
import { endpointOf } from '../../src/kubernetes/apply/endpoints.ts'
import { applied } from '../../src/kubernetes/apply/field-manager.ts'
import { sameJson } from '../../src/kubernetes/hash.ts'
import type { Kind, KindMap } from '../../src/kubernetes/kinds.ts'
import { patchObject } from '../../src/kubernetes/patch/patch.ts'
import { kindRow } from '../../src/kubernetes/registry.ts'
import { alreadyExists, conflict, isStatus, notFound, type Status } from '../../src/kubernetes/status.ts'
import { rfc3339 } from '../../src/kubernetes/time.ts'

type Requested = EventData<'ApiRequested'>
type Responded = Omit<EventData<'ApiResponded'>, 'request'>

/** An object with the parts that every kind has in its own way. */
type Loose = ApiObject & { readonly spec?: unknown; readonly status?: unknown }

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`

/**
 * Objects by kind and name, each write with a revision; answers requests as far as controllers' tables need it: versions
 * and preconditions are checked, status and spec are kept apart, finalizers and grace periods keep what is deleted.
 */
export class BenchTruth {
  private readonly kinds = new Map<Kind, Map<string, ApiObject>>()
  private readonly versions = new Map<string, ApiObject>()
  private serial = 0
  revision = 100
  /** Whether somebody may do what a review asks about. */
  allows: (review: unknown) => boolean = () => true

  of(kind: Kind): ReadonlyMap<string, ApiObject> {
    return this.kinds.get(kind) ?? new Map<string, ApiObject>()
  }

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] | undefined {
    return this.of(kind).get(keyOf(namespace, name)) as KindMap[K] | undefined
  }

  readonly read = <K extends Kind>(
    kind: K,
    namespace: string | undefined,
    name: string,
    revision: number,
  ): KindMap[K] | undefined =>
    this.versions.get(`${kind}/${keyOf(namespace, name)}@${revision}`) as KindMap[K] | undefined

  /** Writes an object as it is, but for what only a store knows. */
  put(object: ApiObject, now: Micros): ApiObject {
    const kind = object.kind as Kind
    const revision = ++this.revision
    const { metadata } = object
    const stored: ApiObject = {
      ...object,
      metadata: {
        ...metadata,
        uid: (metadata.uid ?? '') === '' ? `uid-${metadata.name}-${++this.serial}` : metadata.uid,
        creationTimestamp: (metadata.creationTimestamp ?? '') === '' ? rfc3339(now) : metadata.creationTimestamp,
        resourceVersion: String(revision),
      },
    }
    const key = keyOf(metadata.namespace, metadata.name)
    const objects = this.kinds.get(kind) ?? new Map<string, ApiObject>()
    this.kinds.set(kind, objects)
    objects.set(key, stored)
    this.versions.set(`${kind}/${key}@${revision}`, stored)
    return stored
  }

  remove(kind: Kind, namespace: string | undefined, name: string): void {
    if (this.kinds.get(kind)?.delete(keyOf(namespace, name)) === true) this.revision++
  }

  answer(request: Requested, now: Micros): Responded {
    const kind = request.kind as Kind
    const { verb, namespace, name = '' } = request
    if (verb === 'create') return this.create(request, now)
    if (verb === 'list') return { code: 200, revision: this.revision, items: this.within(kind, namespace).length }
    if (verb === 'deletecollection') {
      const objects = this.within(kind, namespace)
      for (const object of objects) this.delete(kind, object, request, now)
      return { code: 200, revision: this.revision, items: objects.length }
    }
    const found = this.get(kind, namespace, name)
    if (found === undefined) return refused(notFound(kindRow(kind), name))
    if (verb === 'get') return done(200, found)
    if (verb === 'delete') return this.delete(kind, found, request, now)
    const next = verb === 'patch' ? patched(found, request, now) : (request.body as Loose)
    return isStatus(next) ? refused(next) : this.update(found, next, request, now)
  }

  private within(kind: Kind, namespace: string | undefined): readonly ApiObject[] {
    return [...this.of(kind).values()].filter((object) => object.metadata.namespace === namespace)
  }

  private create({ kind, namespace, body }: Requested, now: Micros): Responded {
    const given = body as Loose
    if (kind === 'SubjectAccessReview')
      return { code: 201, object: { ...given, status: { allowed: this.allows(given.spec) } } }
    const { name = `${given.metadata.generateName ?? ''}${String(++this.serial).padStart(5, '0')}` } =
      given.metadata as Partial<ApiObject['metadata']>
    if (this.get(kind as Kind, namespace, name) !== undefined)
      return refused(alreadyExists(kindRow(kind as Kind), name))
    const metadata = { ...given.metadata, name, namespace, generation: 1, uid: '', creationTimestamp: '' }
    return done(201, this.put({ ...given, metadata }, now))
  }

  private update(found: Loose, next: Loose, { kind, subresource }: Requested, now: Micros): Responded {
    const { resourceVersion, name, uid, creationTimestamp, generation = 1, labels } = found.metadata
    const given = next.metadata.resourceVersion
    if (given !== undefined && given !== '' && given !== resourceVersion) {
      return refused(conflict(kindRow(kind as Kind), name))
    }
    const isStatusOnly = subresource === 'status' || subresource === 'approval'
    const object: Loose = isStatusOnly ? { ...next, spec: found.spec } : { ...next, status: found.status }
    const isNews = !isStatusOnly && !sameJson(specOf(found), specOf(object))
    const metadata = {
      ...object.metadata,
      ...(isStatusOnly ? { labels } : {}),
      uid,
      creationTimestamp,
      generation: isNews ? generation + 1 : generation,
    }
    const written: Loose = { ...object, metadata }
    if (sameJson(found, { ...written, metadata: { ...metadata, resourceVersion } })) return done(200, found)
    const finalizers = metadata.finalizers ?? []
    if (
      metadata.deletionTimestamp !== undefined &&
      finalizers.length === 0 &&
      (found.metadata.finalizers ?? []).length > 0
    ) {
      this.remove(kind as Kind, metadata.namespace, name)
      return { code: 200, revision: Number(resourceVersion), name }
    }
    return done(200, this.put(written, now))
  }

  private delete(kind: Kind, found: ApiObject, { options = {} }: Requested, now: Micros): Responded {
    const { metadata } = found
    const { uid, resourceVersion } = options.preconditions ?? {}
    const isOther = (uid ?? metadata.uid) !== metadata.uid
    if (isOther || (resourceVersion ?? metadata.resourceVersion) !== metadata.resourceVersion) {
      return refused(conflict(kindRow(kind), metadata.name, 'Precondition failed'))
    }
    const policy = options.propagationPolicy
    const added = policy === 'Foreground' ? ['foregroundDeletion'] : policy === 'Orphan' ? ['orphan'] : []
    const finalizers = [...new Set([...(metadata.finalizers ?? []), ...added])]
    const runs =
      kind === 'Pod' && (found as KindMap['Pod']).spec.nodeName !== undefined && options.gracePeriodSeconds !== 0
    if (finalizers.length > 0 || runs) {
      if (metadata.deletionTimestamp !== undefined && finalizers.length === (metadata.finalizers ?? []).length) {
        return done(200, found)
      }
      const deletionTimestamp = metadata.deletionTimestamp ?? rfc3339(now)
      const kept = finalizers.length === 0 ? {} : { finalizers }
      return done(200, this.put({ ...found, metadata: { ...metadata, ...kept, deletionTimestamp } }, now))
    }
    this.remove(kind, metadata.namespace, metadata.name)
    return { code: 200, name: metadata.name }
  }
}

const specOf = ({ metadata: _metadata, status: _status, ...rest }: Loose): unknown => rest

const patched = (found: ApiObject, request: Requested, now: Micros): Loose | Status => {
  const { kind, patchType = 'strategic', body, subresource = '', options = {} } = request
  if (patchType === 'apply') {
    const endpoint = endpointOf(kindRow(kind as Kind), subresource)
    const writer = { manager: options.fieldManager ?? '', time: rfc3339(now) }
    const object = applied(endpoint, { ...found }, body, writer, options.force === true)
    // What comes of an apply to an object is that kind of object.
    return isStatus(object) ? object : ({ ...found, ...object } as Loose)
  }
  const uid = (body as { metadata?: { uid?: string } }).metadata?.uid
  if (uid !== undefined && uid !== found.metadata.uid) return conflict(kindRow(kind as Kind), found.metadata.name)
  const result = patchObject(kindRow(kind as Kind), found, patchType, body, 'Ignore')
  if (either.isLeft(result)) return result.left
  const object = result.right.object as Loose
  const given = (body as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion
  return { ...object, metadata: { ...object.metadata, resourceVersion: given ?? '' } }
}

const done = (code: number, object: ApiObject): Responded => ({
  code,
  revision: Number(object.metadata.resourceVersion),
  name: object.metadata.name,
})

const refused = (status: Status): Responded => ({ code: status.code ?? 500, status })
