import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, Seq } from '../../events/envelope.ts'
import type { ActorContext } from '../../engine/actor.ts'
import type { Change } from './mvcc/key-value.ts'
import type { MvccStore } from './mvcc/store.ts'
import { Watchers } from './mvcc/watch.ts'

/** What a member tells those who watch. Source: server/etcdserver/api/v3rpc/watch.go. */
export class WatchService {
  private readonly context: ActorContext
  private readonly watchers = new Watchers()

  constructor(context: ActorContext) {
    this.context = context
  }

  begin(
    store: MvccStore,
    client: ActorId,
    { watch, key, end, revision, progress = false }: EventData<'EtcdWatchRequested'>,
  ): void {
    const start = this.watchers.start(store, { client, watch, key, end, from: revision, progress })
    if (start.revisions === undefined) {
      this.context.emit('EtcdWatchEnded', { watch, compactRevision: start.compactRevision }, { to: client })
      return
    }
    for (const missed of start.revisions)
      this.context.emit('EtcdWatchPushed', { watch, revision: missed }, { to: client })
  }

  cancel(client: ActorId, watch: number): void {
    this.watchers.cancel(client, watch)
  }

  /** A client is gone. */
  drop(client: ActorId): void {
    this.watchers.drop(client)
  }

  tell(change: Change, cause: Seq): void {
    const { revision } = change
    this.watchers.tell(change, ({ client, watch }) => {
      this.context.emit('EtcdWatchPushed', { watch, revision }, { to: client, cause })
    })
  }

  tellProgress({ revision }: MvccStore, client: ActorId): void {
    for (const { watch } of this.watchers.of(client)) {
      this.context.emit('EtcdProgressed', { watch, revision }, { to: client })
    }
  }

  /** The API server asked for watches of a member that has a leader. Source: api/v3rpc/interceptor.go, monitorLeader. */
  endAll(): void {
    for (const { client, watch } of this.watchers.dropAll()) {
      this.context.emit('EtcdWatchEnded', { watch, compactRevision: 0 }, { to: client })
    }
  }
}
