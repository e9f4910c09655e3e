import type { ObjectMeta } from '../../../kubernetes/types/meta.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import { newUid } from '../../../kubernetes/uid.ts'
import type { World } from '../world.ts'

/** The uid of a new object: of a recording that is simulated again, else drawn. */
export const uidFor = (
  kind: Kind,
  namespace: string | undefined,
  name: string,
  { identities, random }: Pick<World, 'identities' | 'random'>,
): string => identities?.uid(kind, namespace, name) ?? newUid(random)

/** What the metadata of an object has that the server makes of its own accord, now. */
export const bornNow = (
  kind: Kind,
  namespace: string | undefined,
  name: string,
  world: World,
): Pick<ObjectMeta, 'uid' | 'resourceVersion' | 'creationTimestamp'> => ({
  uid: uidFor(kind, namespace, name, world),
  resourceVersion: '',
  creationTimestamp: rfc3339(world.now),
})
