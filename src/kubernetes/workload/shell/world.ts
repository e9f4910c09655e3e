/** What a process inside a container meets. */
import type { Micros } from '../../../events/envelope.ts'

/** Something only the world outside of the process can do; its answer comes as a `Reply`. */
export type Effect =
  | { readonly kind: 'output'; readonly to: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'sleep'; readonly takes: Micros }
  /** It neither ends nor writes any more. */
  | { readonly kind: 'forever' }
  | { readonly kind: 'call'; readonly host: string; readonly port: number; readonly timeout: Micros }
  | { readonly kind: 'resolve'; readonly name: string }
  /** SIGTERM to process 1 of the container. */
  | { readonly kind: 'terminate' }
  /** The next of what is typed or piped in; undefined at its end. */
  | { readonly kind: 'input' }

export type Reply =
  | { readonly pod: string }
  | { readonly failure: string }
  | { readonly addresses: readonly string[]; readonly fullName: string }
  | { readonly text: string }
  | undefined

/** A process: its effects one after the other, at the end its exit code. */
export type Process = Generator<Effect, number, Reply>

export interface ShellWorld {
  /** Environment of the process. */
  readonly variables: Map<string, string>
  /** Files by absolute path. */
  readonly files: Map<string, string>
  readonly directories: ReadonlySet<string>
  readonly readOnly: (path: string) => boolean
  readonly workingDirectory: string
  readonly hostname: string
  readonly user: number
  /** Command lines of the container's processes; process 1 first. */
  readonly processes: readonly string[]
  readonly now: () => Micros
}

export const emptyWorld = (): ShellWorld => ({
  variables: new Map(),
  files: new Map(),
  directories: new Set(['/']),
  readOnly: () => false,
  workingDirectory: '/',
  hostname: '',
  user: 0,
  processes: [],
  now: () => 0,
})
