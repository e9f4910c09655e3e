import type { ActorId, Micros } from '../../events/envelope.ts'
import { seconds } from '../../events/time.ts'
import type { Random } from '../../engine/kernel/random.ts'

/**
 * How long a server is asked in vain until it is no longer asked: what it takes until a dead node is noticed and its Pods
 * leave the endpoints of Service kube-dns. Source: pkg/controller/nodelifecycle/config/v1alpha1/defaults.go.
 */
const GRACE: Micros = seconds(50)
/** How often a server that is no longer asked is tried again. */
const TRY_AGAIN: Micros = seconds(10)

interface Server {
  readonly id: ActorId
  /** Since when it was asked without an answer. */
  silentSince: Micros | undefined
  /** When it was last tried, once it counts as gone. */
  triedAt: Micros
}

/**
 * The servers behind the cluster's DNS address, one of which each question goes to, as the rules for Service kube-dns have it.
 *
 * Abridged: CoreDNS is no Pod here, so no EndpointSlice says which servers are there; a machine finds it out by their
 * silence, and by asking again now and then.
 */
export class DnsServers {
  private readonly servers: readonly Server[]

  constructor(ids: readonly ActorId[]) {
    this.servers = ids.map((id) => ({ id, silentSince: undefined, triedAt: 0 }))
  }

  /** Whom to ask; undefined if there is no server. */
  choose(now: Micros, random: Random): ActorId | undefined {
    const present = this.servers.filter((server) => !isGone(server, now))
    const among = present.length > 0 ? present : this.servers
    const chosen = among.length > 1 ? among[random.below(among.length)] : among[0]
    if (chosen !== undefined) chosen.silentSince ??= now
    return chosen?.id
  }

  /** A server that counts as gone and whose turn it is to show whether it is back. */
  dueForTrial(now: Micros): ActorId | undefined {
    const due = this.servers.find((server) => isGone(server, now) && now >= server.triedAt + TRY_AGAIN)
    if (due === undefined) return undefined
    due.triedAt = now
    return due.id
  }

  /** It has said something. */
  heard(id: ActorId): void {
    const server = this.servers.find((one) => one.id === id)
    if (server !== undefined) server.silentSince = undefined
  }
}

const isGone = ({ silentSince }: Server, now: Micros): boolean =>
  silentSince !== undefined && now >= silentSince + GRACE
