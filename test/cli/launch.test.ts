/**
 * Goal: the command as it is built says what the sources say, whatever was kept of its compiled form.
 * Method: it is built into a folder of its own and started with nothing kept, with what the first start kept, and with bytes that
 * are no compiled script; digests and kept files are compared.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildCommand, ended, type Ended } from './built-command.ts'

const { folder, main } = buildCommand()
const compiled = join(folder, 'cli/compiled')
const SOURCES = ['--import', 'tsx', 'src/cli/main.ts']
const built = (...words: readonly string[]): Ended => ended([main, ...words])
const RUN = ['run', '-f', 'examples/shop', '--for', '1m', '--json']

const kept = (): readonly string[] => {
  try {
    return readdirSync(compiled)
  } catch {
    return []
  }
}

test('what cannot be used is told in the same words, and nothing is kept of it', () => {
  const words = ['why', 'no-such-file.jsonl', 'pod/web']
  expect(built(...words)).toEqual(ended([...SOURCES, ...words]))
  expect(built(...words).code).toBe(2)
  expect(kept()).toEqual([])
})

test('what the first start compiled is kept, taken by the next, and made anew where it is spoilt', () => {
  const sources = ended([...SOURCES, ...RUN])
  const digestOf = ({ stdout }: { readonly stdout: string }): unknown => {
    const { digest } = JSON.parse(stdout) as { readonly digest: unknown }
    return digest
  }
  expect(digestOf(built(...RUN))).toBe(digestOf(sources))
  const [name = ''] = kept()
  expect(kept()).toHaveLength(1)
  const path = join(compiled, name)
  const { mtimeMs, size } = statSync(path)

  expect(digestOf(built(...RUN))).toBe(digestOf(sources))
  expect(statSync(path).mtimeMs).toBe(mtimeMs)

  writeFileSync(path, readFileSync(path).fill(7))
  expect(digestOf(built(...RUN))).toBe(digestOf(sources))
  expect(readFileSync(path).subarray(0, 64)).not.toEqual(Buffer.alloc(64, 7))
  expect(statSync(path).size).toBeGreaterThan(size / 2)
  expect(kept()).toEqual([name])
})

test('a cluster that is kept opens its database', async () => {
  const words = ['up', '--data', join(folder, 'data')]
  const child = spawn(process.execPath, [main, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (said.includes('KUBECONFIG')) child.kill()
  })
  const [code] = (await once(child, 'exit')) as readonly unknown[]
  expect(said).toContain('ready')
  expect(code).toBe(0)
  expect(readdirSync(join(folder, 'data'))).toContain('seatrial.db')
})

test('a cluster of people without rights has somebody who can give them some', async () => {
  const path = join(folder, 'kubeconfig')
  const child = spawn(process.execPath, [main, 'up', '--users', 'bob:developers,eve', '--kubeconfig', path], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('KUBECONFIG')) child.kill()
  })
  await once(child, 'exit')
  const config = readFileSync(path, 'utf8')
  expect(config).toMatch(/^current-context: bob$/m)
  expect([...config.matchAll(/^ +user: (.+)$/gm)].map(([, user]) => user)).toEqual(['bob', 'eve', 'admin'])
})
