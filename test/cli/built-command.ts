/** The command as `npm run build` makes it, in a folder of its own: it starts several times faster than its sources do. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { plain } from '../support/plain.ts'

export const root = new URL('../..', import.meta.url).pathname

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs Node to its end, in the project. */
export const ended = (args: readonly string[], input = '', env = plain()): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', input, env })
  return { code: status, stdout, stderr }
}

/** Builds the command; the folder goes when the tests of the file are over. */
export const buildCommand = (): { readonly folder: string; readonly main: string } => {
  // Within the project: its package.json says what kind of modules these are.
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache/command-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/bundle.ts', folder], { cwd: root })
  return { folder, main: join(folder, 'cli/main.js') }
}
