import type { Micros } from '../../events/envelope.ts'
import { minutes } from '../../events/time.ts'

/** Source: pkg/controller/controller_utils.go, ExpectationsTimeout. */
const EXPECTATIONS_TIMEOUT: Micros = minutes(5)

interface Expectation {
  creations: number
  readonly deletions: Set<string>
  readonly since: Micros
}

/**
 * What a controller has asked for and not yet seen. Until its view shows it, or five minutes have passed, the controller
 * does not act on that key again: its view is known to be behind.
 * Source: pkg/controller/controller_utils.go, UIDTrackingControllerExpectations (v1.36).
 */
export class Expectations {
  private readonly byKey = new Map<string, Expectation>()

  satisfied(key: string, now: Micros): boolean {
    const expectation = this.byKey.get(key)
    if (expectation === undefined) return true
    if (expectation.creations <= 0 && expectation.deletions.size === 0) return true
    return now - expectation.since > EXPECTATIONS_TIMEOUT
  }

  expectCreations(key: string, count: number, now: Micros): void {
    this.expect(key, count, [], now)
  }

  expectDeletions(key: string, objects: readonly string[], now: Micros): void {
    this.expect(key, 0, objects, now)
  }

  expect(key: string, creations: number, deletions: readonly string[], now: Micros): void {
    this.byKey.set(key, { creations, deletions: new Set(deletions), since: now })
  }

  created(key: string, count = 1): void {
    const expectation = this.byKey.get(key)
    if (expectation !== undefined) expectation.creations -= count
  }

  deleted(key: string, object: string): void {
    this.byKey.get(key)?.deletions.delete(object)
  }

  forget(key: string): void {
    this.byKey.delete(key)
  }
}
