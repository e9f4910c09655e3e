/**
 * Goal: real kubectl's logs, exec, cp and port-forward work against a cluster that listens.
 * Method: commands as processes of their own, against a cluster at ten times the wall clock; an HTTP request through the
 * forwarded port. Without a kubectl the test is left out and says so.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createCluster } from '../../../src/cluster.ts'
import { findProgram, whyLeftOut } from '../kubectl/programs.ts'
import { PODS } from './pods.ts'

const kubectl = findProgram('kubectl')
const folder = mkdtempSync(join(tmpdir(), 'seatrial-streams-'))
afterAll(() => rmSync(folder, { recursive: true }))

const what = 'logs, logs -f, exec, cp, port-forward'
test.runIf(kubectl !== undefined)(
  kubectl === undefined ? `${what} (${whyLeftOut('kubectl')})` : what,
  { timeout: 120_000 },
  async () => {
    const cluster = createCluster({ nodes: 2 })
    cluster.run(10_000_000)
    cluster.apply(PODS)
    cluster.run(60_000_000)
    const api = await cluster.listen({ speed: 10 })
    const config = join(folder, 'config')
    writeFileSync(config, api.kubeconfig)
    const env = { ...process.env, KUBECONFIG: config, HOME: folder }
    const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
      new Promise((resolve) => {
        execFile(kubectl ?? '', args, { env, timeout: 30_000 }, (error, stdout, stderr) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
        )
      })
    /** Starts a command that goes on, until what it has written matches. */
    const until = (pattern: RegExp, ...args: string[]): Promise<{ found: RegExpExecArray; end: () => void }> =>
      new Promise((resolve, reject) => {
        const child = spawn(kubectl ?? '', args, { env })
        let text = ''
        child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString()
          const found = pattern.exec(text)
          if (found !== null) resolve({ found, end: () => child.kill() })
        })
        child.on('close', () => reject(new Error(`ended with: ${text}`)))
      })
    try {
      expect(await run('logs', 'counter', '--tail=1')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^line \d+\n$/),
      })
      expect((await run('logs', 'stuck')).stderr).toContain('is waiting to start: ContainerCreating')
      const followed = await until(/line (\d+)\nline \d+\nline (\d+)\n/, 'logs', '-f', 'counter', '--tail=1')
      followed.end()
      expect(Number(followed.found[2])).toBe(Number(followed.found[1]) + 2)
      expect(await run('exec', 'web', '--', 'cat', '/etc/conf/app.ini')).toMatchObject({ code: 0, stdout: 'x=1' })
      expect(await run('exec', 'web', '--', 'sh', '-c', 'exit 3')).toMatchObject({
        code: 3,
        stderr: 'command terminated with exit code 3\n',
      })
      const local = join(folder, 'local.txt')
      const back = join(folder, 'back.txt')
      writeFileSync(local, 'grüße\n')
      expect(await run('cp', local, 'web:/tmp/there.txt')).toMatchObject({ code: 0 })
      expect((await run('exec', 'web', '--', 'cat', '/tmp/there.txt')).stdout).toBe('grüße\n')
      expect(await run('cp', 'web:/tmp/there.txt', back)).toMatchObject({ code: 0 })
      expect(readFileSync(back, 'utf8')).toBe('grüße\n')
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * i + (i >> 7)) & 0xff))
      writeFileSync(local, bytes)
      expect(await run('cp', local, 'web:/tmp/image.bin')).toMatchObject({ code: 0 })
      expect((await run('exec', 'web', '--', 'wc', '-c', '/tmp/image.bin')).stdout).toContain('100000')
      expect(await run('cp', 'web:/tmp/image.bin', back)).toMatchObject({ code: 0 })
      expect(readFileSync(back).equals(bytes)).toBe(true)
      const forward = await until(/127\.0\.0\.1:(\d+) -> 80/, 'port-forward', 'pod/web', ':80')
      const answer = await fetch(`http://127.0.0.1:${forward.found[1]}/`)
      expect([answer.status, await answer.text()]).toEqual([200, 'Served by default/web\n'])
      forward.end()
    } finally {
      await api.close()
    }
  },
)
