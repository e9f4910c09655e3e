import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, Micros } from '../../events/envelope.ts'
import type { Kind } from '../../kubernetes/kinds.ts'
import { hasCause, type ApiAnswer, type ApiCall, type ApiFailure } from './api-client.ts'

/** How a sync ends: done; look again after a while; or failed, so try again after the key's back-off. */
export type SyncResult = void | { readonly after: Micros } | { readonly retry: string }

/** Calls that are sent at once, all together. */
export interface Calls {
  readonly calls: readonly ApiCall[]
  /** Told each answer as it comes, in whatever order. */
  readonly each?: (answer: ApiAnswer, index: number) => void
}

/** Nothing, for a while; the key stays in hand. */
export interface Pause {
  readonly pause: Micros
}

export type CloudQuestion = Omit<EventData<'CloudRequested'>, 'call'>
export type CloudAnswer = Omit<EventData<'CloudAnswered'>, 'call'>

/** A question to the cloud, whose API is not Kubernetes'. */
export interface Question {
  readonly to: ActorId
  readonly question: CloudQuestion
  readonly answered: (answer: CloudAnswer) => void
}

/**
 * One pass over one key, written as upstream writes it: a sequence of API calls, each waiting for its answer. What comes
 * back for what is yielded is the answers in the order of the calls. A crash forgets it.
 */
export type Sync<R = SyncResult> = Generator<Calls | Pause | Question, R, readonly ApiAnswer[]>

/** One call and its answer. */
export function* call<K extends Kind>(apiCall: ApiCall<K>): Sync<ApiAnswer<K>> {
  const [answer] = yield { calls: [apiCall] }
  // One call was sent, so one answer of its kind comes back.
  return answer as ApiAnswer<K>
}

/** Several calls at once; all answers, in order. `each` hears of every answer as it comes. */
export function* all<K extends Kind>(
  calls: readonly ApiCall<K>[],
  each?: (answer: ApiAnswer<K>, index: number) => void,
): Sync<readonly ApiAnswer<K>[]> {
  if (calls.length === 0) return []
  // All calls are of one kind, so all answers are.
  return (yield { calls, each: each as Calls['each'] }) as readonly ApiAnswer<K>[]
}

/**
 * Calls in batches of 1, 2, 4 … until one fails; gives how many were sent.
 * Source: pkg/controller/replicaset/replica_set.go, slowStartBatch (v1.36).
 */
export function* slowStart<K extends Kind>(
  calls: readonly ApiCall<K>[],
  each: (answer: ApiAnswer<K>, index: number) => void,
  isFailure: (answer: ApiAnswer<K>) => boolean = (answer) => !answer.ok,
): Sync<number> {
  let sent = 0
  for (let size = 1; sent < calls.length; size *= 2) {
    const first = sent
    const batch = yield* all(calls.slice(first, first + size), (answer, index) => each(answer, first + index))
    sent += batch.length
    if (batch.some(isFailure)) break
  }
  return sent
}

/** What the cloud answers; a lost connection is a problem too. */
export function* ask(to: ActorId, question: CloudQuestion): Sync<CloudAnswer> {
  let told: CloudAnswer = {}
  yield {
    to,
    question,
    answered: (answer) => {
      told = answer
    },
  }
  return told
}

export function* pause(duration: Micros): Sync<void> {
  yield { pause: duration }
}

/** The namespace is on its way out: nothing more can be created in it, and nobody need try again. */
export const isNamespaceTerminating = (failure: ApiFailure): boolean => hasCause(failure, 'NamespaceTerminating')
