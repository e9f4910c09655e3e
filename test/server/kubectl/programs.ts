/** Programs that speak to an API server: where they are, and what they say. */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('../../..', import.meta.url).pathname

const onPath = (name: string): string | undefined => {
  try {
    return execFileSync('which', [name], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

/** A program that `scripts/fetch-clients.sh` fetches; kubectl also from $KUBECTL or the PATH. */
export const findProgram = (name: 'kubectl' | 'kubectl-1.32' | 'helm' | 'helm-3'): string | undefined => {
  const { KUBECTL } = process.env
  if (name === 'kubectl' && KUBECTL !== undefined && existsSync(KUBECTL)) return KUBECTL
  const cached = join(root, '.cache/bin', name)
  return existsSync(cached) ? cached : onPath(name)
}

export const whyLeftOut = (name: string): string =>
  `left out: no ${name} in .cache/bin; scripts/fetch-clients.sh fetches it`

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Start {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly timeoutMs?: number
}

/** Runs a program to its end; one that has to be killed has the code -1. */
export const runProgram = (
  program: string,
  argv: readonly string[],
  { cwd, env, stdin, timeoutMs = 60_000 }: Start,
): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      program,
      [...argv],
      { cwd, env: { PATH: process.env['PATH'], TZ: 'UTC', ...env }, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
    )
    child.stdin?.end(stdin ?? '')
  })
