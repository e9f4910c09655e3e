import type { Kind } from '../../kubernetes/kinds.ts'
import type { View } from '../../kubernetes/view.ts'
import type { ApiAnswer, ApiCall } from './api-client.ts'

/**
 * The newest revisions that a controller wrote for each key: until its view has reached them it does not work on the key
 * again, because it would decide on what it knows to be out of date.
 * Source: pkg/controller/util/consistency, ConsistencyStore (v1.36).
 */
export class OwnWrites {
  private readonly watched: ReadonlySet<Kind>
  private readonly byKey = new Map<string, Map<Kind, number>>()

  /** What is not watched cannot be waited for. */
  constructor(watched: ReadonlySet<Kind>) {
    this.watched = watched
  }

  note(key: string, { verb, kind }: ApiCall, answer: ApiAnswer): void {
    if (!answer.ok || verb === 'get' || verb === 'list' || answer.revision === 0 || !this.watched.has(kind)) return
    let written = this.byKey.get(key)
    if (written === undefined) this.byKey.set(key, (written = new Map()))
    written.set(kind, Math.max(written.get(kind) ?? 0, answer.revision))
  }

  areVisible(key: string, view: View): boolean {
    const written = this.byKey.get(key)
    if (written === undefined) return true
    for (const [kind, revision] of written) if (view.revision(kind) < revision) return false
    this.byKey.delete(key)
    return true
  }
}
