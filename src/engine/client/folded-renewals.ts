import type { Micros } from '../../events/envelope.ts'
import { minutes } from '../../events/time.ts'
import { microTime } from '../../kubernetes/time.ts'
import type { Lease } from '../../kubernetes/types/node.ts'
import type { ActorContext } from '../actor.ts'

/** Nothing must have been wrong for this long before a renewal is left out. */
const QUIET: Micros = minutes(1)
/** So many renewals in a row are left out; the next is written, and meets whatever would refuse it. */
const MOST_FOLDED = 5

/**
 * Renews a Lease now and then without a write, while nothing is wrong anywhere.
 * Abridged: in quiet times five of six renewals do not go through the API server, so a watch of Leases shows every sixth.
 */
export class FoldedRenewals {
  private folded = 0

  /** The Lease as everybody sees it from now on; undefined when a write is due. */
  renew(lease: Lease, context: ActorContext): Lease | undefined {
    if (context.quietFor < QUIET || this.folded === MOST_FOLDED) {
      this.folded = 0
      return undefined
    }
    this.folded++
    const { namespace = '', name } = lease.metadata
    const renewTime = microTime(context.now)
    context.emit('LeaseRenewed', { namespace, name, renewTime })
    return { ...lease, spec: { ...lease.spec, renewTime } }
  }
}
