/** A cluster at a multiple of the wall clock, a folder of its own, and programs that are run against it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createCluster, type Cluster, type CreateOptions } from '../../../src/cluster.ts'
import { seconds } from '../../../src/events/time.ts'
import { runProgram, type Ended, type Start } from './programs.ts'

export interface Live {
  readonly cluster: Cluster
  readonly folder: string
  readonly kubeconfig: string
  /** Writes a file into the folder. */
  file(name: string, content: string): void
  run(program: string, line: string | readonly string[], options?: Partial<Start>): Promise<Ended>
  /** What a program that must end well has printed. */
  good(program: string, line: string | readonly string[], options?: Partial<Start>): Promise<string>
  close(): Promise<void>
}

/** Before the present, so that the cluster is up and its clocks show about the time of its clients. */
const BOOT_MS = 30_000

export const startLive = async (options: CreateOptions = {}, speed = 5): Promise<Live> => {
  const startTime = new Date(Date.now() - BOOT_MS).toISOString()
  const cluster = createCluster({ nodes: 3, authorization: 'RBAC', managedFields: 'tracked', startTime, ...options })
  cluster.run(seconds(BOOT_MS / 1000))
  const users = [{ name: 'alice', groups: ['system:masters'] }, { name: 'bob' }]
  const api = await cluster.listen({ speed, users })
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-live-'))
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, api.kubeconfig)
  const run: Live['run'] = (program, line, given = {}) => {
    const argv = typeof line === 'string' ? line.split(' ') : line
    const env = { KUBECONFIG: kubeconfig, HOME: folder, ...given.env }
    return runProgram(program, argv, { cwd: folder, ...given, env })
  }
  return {
    cluster,
    folder,
    kubeconfig,
    file: (name, content) => writeFileSync(join(folder, name), content),
    run,
    good: async (program, line, given) => {
      const ended = await run(program, line, given)
      expect(ended, typeof line === 'string' ? line : line.join(' ')).toMatchObject({ code: 0 })
      return ended.stdout
    },
    close: async () => {
      await api.close()
      rmSync(folder, { recursive: true })
    },
  }
}
