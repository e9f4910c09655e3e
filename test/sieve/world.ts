/** Small worlds: a few objects, what people and machines do to them, and the controllers that are to cope with it. */
import type { CloudShape } from '../../src/actors/cloud/cloud.ts'
import type { Controller } from '../../src/engine/client/controller.ts'
import type { EventData } from '../../src/events/catalogue/index.ts'
import type { Micros } from '../../src/events/envelope.ts'
import type { ApiObject } from '../../src/events/json.ts'
import type { Kind } from '../../src/kubernetes/kinds.ts'
import type { Given, Request } from '../support/controller-bench.ts'
import type { Stage } from './stage.ts'

/** What an API server answers. */
export type Answer = Omit<EventData<'ApiResponded'>, 'request'>

export interface SmallWorld {
  /** The controller that it is about, by upstream's name, and what happens. */
  readonly name: string
  readonly controllers: () => readonly Controller[]
  readonly given: readonly Given[]
  /** A cloud that its controllers may ask. */
  readonly cloud?: Partial<CloudShape>
  /** What somebody does, by step. */
  readonly script?: Readonly<Record<number, (stage: Stage) => void>>
  /** What everybody else does once in each step: kubelets, nodes, other controllers. Reads the truth. */
  readonly around?: (stage: Stage) => void
  /** Answers to what is asked for that is no object: metrics, scales. Undefined leaves it to the table of objects. */
  readonly answers?: (stage: Stage, request: Request) => Answer | undefined
  /** How long a step is; one second unless it says otherwise. */
  readonly step?: Micros
  readonly steps: number
  /** How long it is given to settle after that; a minute unless it says otherwise. */
  readonly settle?: Micros
  /** For how long a list is old that a process begins again with; five seconds unless it says otherwise. */
  readonly oldListFor?: Micros
  /** What must never be, looked at after each write; tells what is wrong. */
  readonly never?: (stage: Stage) => string | undefined
  /** How it must end, whatever the undisturbed run did; tells what is wrong. */
  readonly finally?: (stage: Stage) => string | undefined
  /**
   * Disturbances that do lead elsewhere, as they do upstream, with why: that they do is asserted as well.
   */
  readonly knownWrong?: Readonly<Record<string, string>>
  /** What of an object in the end may be otherwise than in the undisturbed run; undefined leaves the object out. */
  readonly outcome?: (object: ApiObject) => unknown
}

/**
 * The three patterns of Sieve (Sun et al., OSDI 2022). Stale: from write `at` on nothing is shown, or nothing of the
 * kind of that write, until the script is over. Hidden: write `at` is never shown, only what comes after it, or a new list;
 * lost: and there is no new list.
 * Restart: the process dies when its call `at` has taken effect, before it hears of it; `behind` is by how many writes the
 * list is old that it begins again with.
 */
export type Disturbance =
  | { readonly pattern: 'none' }
  | { readonly pattern: 'stale'; readonly at: number; readonly kind?: Kind }
  | { readonly pattern: 'hidden' | 'lost'; readonly at: number }
  | { readonly pattern: 'restart'; readonly at: number; readonly behind?: number }

/** In one word, as `SIEVE` takes it. */
export const describe = (disturbance: Disturbance): string => {
  if (disturbance.pattern === 'none') return 'none'
  const { pattern, at } = disturbance
  if (pattern === 'stale') return disturbance.kind === undefined ? `stale/${at}` : `stale/${at}/${disturbance.kind}`
  return pattern === 'restart' && disturbance.behind !== undefined
    ? `restart/${at}/${disturbance.behind}`
    : `${pattern}/${at}`
}

export const parse = (text: string): Disturbance => {
  const [pattern, at, more] = text.split('/')
  if (pattern === 'none') return { pattern }
  if (pattern === 'hidden' || pattern === 'lost') return { pattern, at: Number(at) }
  if (pattern === 'stale') return { pattern, at: Number(at), ...(more === undefined ? {} : { kind: more as Kind }) }
  if (pattern === 'restart') return { pattern, at: Number(at), ...(more === undefined ? {} : { behind: Number(more) }) }
  throw new Error(`${text} is no disturbance: none, stale/N, stale/N/Kind, hidden/N, lost/N, restart/N or restart/N/M`)
}
