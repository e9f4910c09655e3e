import type { Micros } from '../../../events/envelope.ts'
import { hours } from '../../../events/time.ts'
import { keyOf } from '../../../engine/client/keys.ts'
import type { ResourceClaim } from '../../../kubernetes/types/resource.ts'
import type { View } from '../../../kubernetes/view.ts'
import { dropOldest } from '../shared/drop-oldest.ts'

/** Source: client-go/tools/cache/mutation_cache.go, NewIntegerResourceVersionMutationCache. */
const MOST = 100
/** Source: pkg/controller/resourceclaim/controller.go, NewController. */
const KEPT: Micros = hours(1)

/**
 * The claims that the controller made lately, which its view may not show yet: else it would make another one.
 *
 * One is forgotten only when a look at its Pod's claims finds it in the view as well. So a claim that was seen, and that
 * somebody deletes within the hour, still counts as there, as it does upstream.
 * Source: client-go/tools/cache/mutation_cache.go, ByIndex and newerObject (v1.36).
 */
export class CreatedClaims {
  private readonly claims = new Map<string, { readonly claim: ResourceClaim; readonly until: Micros }>()

  add(claim: ResourceClaim, now: Micros): void {
    const key = keyOf(claim)
    this.claims.delete(key)
    this.claims.set(key, { claim, until: now + KEPT })
    dropOldest(this.claims, MOST)
  }

  /** All claims of an owner: those in view, then those that are known only here. */
  ownedBy(uid: string, view: View, now: Micros): readonly ResourceClaim[] {
    const shown = view.indexed('ResourceClaim', 'controller', uid)
    for (const claim of shown) this.claims.delete(keyOf(claim))
    const unseen = [...this.claims.values()].filter(
      ({ claim, until }) => until > now && claim.metadata.ownerReferences?.[0]?.uid === uid,
    )
    return unseen.length === 0 ? shown : [...shown, ...unseen.map(({ claim }) => claim)]
  }
}
