import type { Container } from '../types/container.ts'
import type { Labels } from '../types/meta.ts'
import type { PodSpec } from '../types/pod.ts'
import { goQuote } from '../validation/field-error.ts'

/** What a check looks at: a Pod, or the template of many. */
export interface Subject {
  readonly annotations: Labels
  readonly spec: PodSpec
}

/** What is wrong: `reason` in a few words, `detail` with names. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

export interface Check {
  readonly id: string
  /** The minor version of the standards that brought it. */
  readonly since: number
  /** A stricter check of the same thing takes the place of these. */
  readonly overrides?: readonly string[]
  run(subject: Subject): Violation | undefined
}

/** All containers of a Pod. Source: pod-security-admission/policy/visitor.go. */
export const containersOf = ({ spec }: Subject): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...(spec.containers ?? []),
  ...((spec.ephemeralContainers ?? []) as readonly Container[]),
]

/** Names of the containers of which something is true. */
export const namesWhere = (subject: Subject, test: (container: Container) => boolean): readonly string[] =>
  containersOf(subject)
    .filter(test)
    .map(({ name }) => name)

export const isWindows = ({ spec }: Subject): boolean => spec.os?.name === 'windows'

/** `"a", "b"` */
export const quoted = (texts: readonly string[]): string => texts.map(goQuote).join(', ')

export const plural = (one: string, many: string, count: number): string => (count === 1 ? one : many)

/** `container "a"`, `containers "a", "b"`. */
export const containerText = (names: readonly string[]): string =>
  `${plural('container', 'containers', names.length)} ${quoted(names)}`

export const sorted = (texts: Iterable<string>): readonly string[] =>
  [...new Set(texts)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))

/** `pod and container "a"`: who set something. */
export const setters = (pod: boolean, names: readonly string[]): string =>
  [...(pod ? ['pod'] : []), ...(names.length > 0 ? [containerText(names)] : [])].join(' and ')
