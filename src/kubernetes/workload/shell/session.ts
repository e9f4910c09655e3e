import type { Effect, ShellWorld } from './world.ts'

/** A running shell, or the one command that a runtime was given. */
export interface Session {
  readonly world: ShellWorld
  readonly variables: Map<string, string>
  readonly exported: Set<string>
  directory: string
  /** Exit code of the last command. */
  status: number
}

/** An absolute path without dots. */
export const resolvePath = (directory: string, path: string): string => {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** A directory that somebody made is kept among the files, by its path with a slash at its end. */
export const madeDirectory = (path: string): string => `${path}/`

/** Names directly in a directory, in order; undefined where there is no such directory. */
export const namesIn = (directory: string, { files, directories }: ShellWorld): readonly string[] | undefined => {
  const prefix = directory === '/' ? '/' : `${directory}/`
  const names = new Set<string>()
  for (const path of [...files.keys(), ...directories]) {
    if (path.startsWith(prefix) && path.length > prefix.length) names.add(path.slice(prefix.length).split('/')[0] ?? '')
  }
  if (names.size === 0 && !directories.has(directory) && !files.has(prefix)) return undefined
  return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

export const out = (text: string): Effect => ({ kind: 'output', to: 'stdout', text })
export const err = (text: string): Effect => ({ kind: 'output', to: 'stderr', text })
