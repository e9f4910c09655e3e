import type { ApiObject } from '../../../events/json.ts'
import { sameJson } from '../../../kubernetes/hash.ts'

/**
 * Who is called a second time for one request. Once something has changed the object, all mutating plugins have one more say,
 * but of the webhooks and policies only those that want it (`IfNeeded`) and had been called before the change.
 * Source: apiserver/pkg/admission/reinvocation.go; plugin/webhook/mutating/reinvocationcontext.go (v1.36).
 */
export class Reinvocation {
  /** The second round has begun. */
  isSecond = false
  /** Something has been changed: there is to be a second round. */
  isWanted = false
  readonly webhooks = new Callees(this)
  readonly policies = new Callees(this)
}

/** The callees of one plugin, by name. */
class Callees {
  private readonly round: Reinvocation
  private readonly called = new Set<string>()
  private readonly due = new Set<string>()
  private left: ApiObject | undefined

  constructor(round: Reinvocation) {
    this.round = round
  }

  /** The plugin gets an object, and tells in the end how it leaves it: what others change in between calls for all. */
  begin(object: ApiObject): void {
    if (this.round.isSecond && this.left !== undefined && !sameJson(object, this.left)) this.allAreDue()
  }

  end(object: ApiObject): void {
    this.left = object
  }

  isAsked(name: string): boolean {
    return !this.round.isSecond || this.due.has(name)
  }

  wasCalled(name: string, policy: string | undefined, before: ApiObject, after: ApiObject): void {
    if (!sameJson(before, after)) {
      this.allAreDue()
      this.round.isWanted = true
    }
    if (policy === 'IfNeeded') this.called.add(name)
  }

  private allAreDue(): void {
    for (const name of this.called) this.due.add(name)
    this.called.clear()
  }
}
