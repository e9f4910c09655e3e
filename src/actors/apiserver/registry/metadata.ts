import type { ApiObject, ObjectMeta } from '../../../events/json.ts'

/** Metadata as it may come from a client, all of it optional. */
export type GivenMeta = Partial<ObjectMeta> & { readonly selfLink?: string }

/** What the server says about a new object, whatever its writer says. */
export interface SystemFields {
  readonly name: string
  readonly namespace: string | undefined
  readonly uid: string
  readonly creationTimestamp: string
  /** Undefined where the kind does not count generations: then it is the writer's. */
  readonly generation: number | undefined
}

/** Source: apiserver/pkg/registry/rest/create.go, BeforeCreate and FillObjectMetaSystemFields (v1.36). */
export const metadataToCreate = (given: GivenMeta, system: SystemFields): ObjectMeta => {
  const {
    name: _name,
    namespace: _namespace,
    uid: _uid,
    resourceVersion: _version,
    creationTimestamp: _created,
    deletionTimestamp: _deleted,
    deletionGracePeriodSeconds: _grace,
    generation,
    selfLink: _link,
    ...rest
  } = given
  const { name, namespace, uid, creationTimestamp } = system
  const counted = system.generation ?? generation
  const generateName = rest.generateName
  return {
    name,
    ...(generateName === undefined ? {} : { generateName }),
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion: '',
    ...(counted === undefined ? {} : { generation: counted }),
    creationTimestamp,
    ...rest,
  }
}

/**
 * Metadata of an update: what the writer left out and what is not the writer's comes from the stored object.
 * Source: apiserver/pkg/registry/rest/update.go, BeforeUpdate; apimachinery/pkg/api/validation/objectmeta.go, which keeps a
 * deletion that was asked for (v1.36).
 */
export const metadataToUpdate = (given: GivenMeta, old: ObjectMeta): ObjectMeta => {
  const { generation: _generation, selfLink: _link, ...rest } = given
  const { name, namespace, uid, creationTimestamp, generation, deletionTimestamp } = old
  const grace = given.deletionGracePeriodSeconds ?? old.deletionGracePeriodSeconds
  return {
    ...rest,
    name: given.name ?? name,
    ...(namespace === undefined ? {} : { namespace: given.namespace ?? namespace }),
    uid: isGiven(given.uid) ? given.uid : uid,
    resourceVersion: old.resourceVersion,
    creationTimestamp,
    ...(generation === undefined ? {} : { generation }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(grace === undefined ? {} : { deletionGracePeriodSeconds: grace }),
  }
}

const isGiven = (text: string | undefined): text is string => text !== undefined && text !== ''

export const withGeneration = <O extends ApiObject>(object: O, generation: number): O =>
  object.metadata.generation === generation ? object : { ...object, metadata: { ...object.metadata, generation } }
