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

/** How each program tells its version, and which the tests are for. */
const PROGRAMS = {
  kubectl: { asks: ['version', '--client'], version: /v1\.36\./ },
  'kubectl-1.32': { asks: ['version', '--client'], version: /v1\.32\./ },
  helm: { asks: ['version', '--short'], version: /v4\./ },
  'helm-3': { asks: ['version', '--short'], version: /v3\./ },
} as const

type Program = keyof typeof PROGRAMS

const isRight = (name: Program, path: string): boolean => {
  const { asks, version } = PROGRAMS[name]
  try {
    return version.test(execFileSync(path, asks, { encoding: 'utf8', stdio: 'pipe' }))
  } catch {
    return false
  }
}

/** A program that `scripts/fetch-clients.sh` fetches; of its version also from the PATH, kubectl from $KUBECTL. */
export const findProgram = (name: Program): string | undefined => {
  const given = name === 'kubectl' ? process.env['KUBECTL'] : undefined
  const cached = join(root, '.cache/bin', name)
  return [given, existsSync(cached) ? cached : undefined, onPath(name)].find(
    (path): path is string => path !== undefined && isRight(name, path),
  )
}

export const whyLeftOut = (name: Program): string =>
  `left out: no ${name} ${PROGRAMS[name].version.source.replaceAll('\\.', '.')}x in .cache/bin or on the PATH; scripts/fetch-clients.sh fetches it`

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
