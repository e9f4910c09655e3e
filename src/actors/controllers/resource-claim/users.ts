import { keyFor, keyOf } from '../../../engine/client/keys.ts'
import { claimNamesOf } from '../../../kubernetes/resource-claims.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'

const NOBODY: ReadonlySet<string> = new Set()

/** Which Pods name a claim, by keys. Source: pkg/controller/resourceclaim/controller.go, podResourceClaimIndexFunc (v1.36). */
export class ClaimUsers {
  private readonly pods = new Map<string, Set<string>>()

  of(claim: string): ReadonlySet<string> {
    return this.pods.get(claim) ?? NOBODY
  }

  add(pod: Pod): void {
    for (const name of claimNamesOf(pod)) {
      const claim = keyFor(pod.metadata.namespace, name)
      const users = this.pods.get(claim)
      if (users === undefined) this.pods.set(claim, new Set([keyOf(pod)]))
      else users.add(keyOf(pod))
    }
  }

  remove(pod: Pod): void {
    for (const name of claimNamesOf(pod)) {
      const claim = keyFor(pod.metadata.namespace, name)
      const users = this.pods.get(claim)
      users?.delete(keyOf(pod))
      if (users?.size === 0) this.pods.delete(claim)
    }
  }
}
