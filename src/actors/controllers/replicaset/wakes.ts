import type { Wake, World } from '../../../engine/client/controller.ts'
import { keyFor } from '../../../engine/client/keys.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { podChanged, type PodOwners } from '../shared/pod-wakes.ts'
import { selectorOf, type ReplicaKind } from './family.ts'

/** What was expected of a ReplicaSet says nothing about its successor of the same name. Source: updateRS, deleteRS. */
export function* replicaSetChanged({ namespace, name, before, after }: Change, world: World): Generator<Wake> {
  const key = keyFor(namespace, name)
  if (before !== undefined && before.metadata.uid !== after?.metadata.uid) world.expectations.forget(key)
  yield key
}

const REPLICA_SETS: PodOwners<'ReplicaSet'> = {
  kind: 'ReplicaSet',
  selector: ({ spec }) => spec.selector,
  minReadySeconds: ({ spec }) => spec.minReadySeconds ?? 0,
}

const REPLICATION_CONTROLLERS: PodOwners<'ReplicationController'> = {
  kind: 'ReplicationController',
  selector: ({ spec }) => selectorOf(spec.selector),
  minReadySeconds: ({ spec }) => spec.minReadySeconds ?? 0,
}

export const podChangedFor = (kind: ReplicaKind, change: Change, world: World): Generator<Wake> =>
  kind === 'ReplicaSet' ? podChanged(change, world, REPLICA_SETS) : podChanged(change, world, REPLICATION_CONTROLLERS)
