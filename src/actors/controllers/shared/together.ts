import type { ApiAnswer, ApiCall } from '../../../engine/client/api-client.ts'
import { invariant } from '../../../engine/invariant.ts'
import type { Calls, Sync } from '../../../engine/client/sync.ts'

interface Walk<R> {
  readonly sync: Sync<R>
  readonly index: number
  readonly calls: Calls
}

/**
 * Several syncs side by side, as upstream's goroutines: each makes its next calls when all answers of the round are here.
 * Gives their results in order.
 */
export function* together<R>(syncs: readonly Sync<R>[]): Sync<readonly R[]> {
  const results: R[] = []
  let walks: Walk<R>[] = []
  const go = (sync: Sync<R>, index: number, answers: readonly ApiAnswer[], next: Walk<R>[]): void => {
    const step = sync.next(answers)
    if (step.done === true) results[index] = step.value
    else {
      invariant('calls' in step.value, 'what runs side by side does not pause')
      next.push({ sync, index, calls: step.value })
    }
  }
  syncs.forEach((sync, index) => go(sync, index, [], walks))
  while (walks.length > 0) {
    const calls: ApiCall[] = []
    const places: { readonly walk: Walk<R>; readonly index: number }[] = []
    for (const walk of walks) {
      walk.calls.calls.forEach((call, index) => {
        calls.push(call)
        places.push({ walk, index })
      })
    }
    const answers = yield {
      calls,
      each: (answer, position) => {
        const place = places[position]
        place?.walk.calls.each?.(answer, place.index)
      },
    }
    const next: Walk<R>[] = []
    let first = 0
    for (const { sync, index, calls: own } of walks) {
      go(sync, index, answers.slice(first, first + own.calls.length), next)
      first += own.calls.length
    }
    walks = next
  }
  return results
}
