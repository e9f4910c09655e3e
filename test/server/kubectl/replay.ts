/** Plays recorded kubectl commands, in order, with a real kubectl against a cluster of ours, and compares what it prints. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { Listening } from '../../../src/cluster/listen.ts'
import { seconds } from '../../../src/events/time.ts'
import type { Command, Theme } from '../transcripts/recording.ts'
import { freshCluster, Player, USERS } from '../transcripts/replay.ts'
import { explained, normalOutput, shapeOf } from './output.ts'
import { runProgram } from './programs.ts'

export interface CommandVerdict {
  readonly command: Command
  /** Empty when it ended and printed alike. */
  readonly differences: readonly string[]
}

/** The namespace in which a theme's commands are given. */
const NAMESPACES: Readonly<Record<string, string>> = { 'kubectl-static': 'team', 'kubectl-workloads': 'prod' }

/** Before the present, so that the cluster is up and its clocks show the wall clock's time. */
const BOOT_MS = 30_000

export const replayCommands = async (
  program: string,
  theme: Theme,
  tell?: (verdict: CommandVerdict) => void,
): Promise<readonly CommandVerdict[]> => {
  const cluster = freshCluster(theme, new Date(Date.now() - BOOT_MS).toISOString())
  cluster.run(seconds(BOOT_MS / 1000))
  const api = await cluster.listen({ users: USERS, speed: 1 })
  const session = new Session(
    program,
    api,
    NAMESPACES[theme.name] ?? 'default',
    theme.controllers ? shapeOf : normalOutput,
  )
  const player = new Player(cluster, api)
  const verdicts: CommandVerdict[] = []
  try {
    for (const one of theme.steps) {
      if (one.step === 'exchange' && one.exchange.cmd === undefined) await player.play(one.exchange)
      if (one.step !== 'command') continue
      const verdict = { command: one.command, differences: await session.run(one.command) }
      verdicts.push(verdict)
      tell?.(verdict)
    }
  } finally {
    player.close()
    session.close()
    await api.close()
  }
  return verdicts
}

interface Kubeconfig {
  readonly contexts: readonly { readonly name: string; readonly context: { readonly user: string } }[]
  readonly users: readonly { readonly name: string }[]
}

class Session {
  private readonly program: string
  private readonly shown: (text: string) => readonly string[]
  private readonly folder = mkdtempSync(join(tmpdir(), 'seatrial-session-'))

  constructor(program: string, api: Listening, namespace: string, shown: (text: string) => readonly string[]) {
    this.program = program
    this.shown = shown
    const config = parse(api.kubeconfig) as Kubeconfig
    const contexts = config.contexts.map((one) => ({ ...one, context: { ...one.context, namespace } }))
    for (const { name } of USERS) {
      const current = contexts.find(({ context }) => context.user === name)?.name
      writeFileSync(join(this.folder, `${name}.config`), stringify({ ...config, contexts, 'current-context': current }))
    }
    mkdirSync(join(this.folder, 'work'))
  }

  async run(command: Command): Promise<readonly string[]> {
    const cwd = join(this.folder, 'work')
    for (const [name, content] of Object.entries(command.files ?? {})) {
      writeFileSync(join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content))
    }
    const env = {
      KUBECONFIG: join(this.folder, `${command.user ?? 'alice'}.config`),
      HOME: this.folder,
      ...command.env,
    }
    const { stdin } = command
    const ended = await runProgram(this.program, command.argv, { cwd, env, ...(stdin === undefined ? {} : { stdin }) })
    const shown = command.argv[0] === 'explain' ? explained : this.shown
    return [
      ...(ended.code === command.exit ? [] : [`exit: ${command.exit} ≠ ${ended.code}`]),
      ...lineDifferences('stdout', shown(command.stdout), shown(ended.stdout)),
      ...lineDifferences('stderr', shown(command.stderr), shown(ended.stderr)),
    ]
  }

  close(): void {
    rmSync(this.folder, { recursive: true })
  }
}

const lineDifferences = (name: string, want: readonly string[], got: readonly string[]): readonly string[] => {
  const found: string[] = []
  for (let i = 0; i < Math.max(want.length, got.length); i++) {
    if (want[i] !== got[i]) found.push(`${name} line ${i + 1}: ${String(want[i])} ≠ ${String(got[i])}`)
  }
  return found
}
