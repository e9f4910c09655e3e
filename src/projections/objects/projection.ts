import { defineProjection, type Projection } from '../../engine/projection.ts'
import { createObjectStore, type ObjectStore, type ObjectStoreOptions } from './store.ts'

/** The object store as a projection of the log. Add it before the projections that ask it what a revision wrote. */
export const objectsProjection = (options: ObjectStoreOptions = {}): Projection<ObjectStore> =>
  defineProjection({
    name: 'objects',
    initial: () => createObjectStore(options),
    on: {
      RevisionCommitted: (store, event) => store.fold(event),
      EtcdRestored: (store, event) => store.restore(event),
      LeaseRenewed: (store, event) => store.renew(event),
    },
  })
