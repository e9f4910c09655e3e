/**
 * Goal: the command as it is built says what the sources say, whatever was kept of its compiled form.
 * Method: it is built into a folder of its own and started with nothing kept, with what the first start kept, and with bytes that
 * are no compiled script; digests and kept files are compared.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = new URL('../..', import.meta.url).pathname
// Within the project: its package.json says what kind of modules these are.
mkdirSync(join(root, '.cache'), { recursive: true })
const folder = mkdtempSync(join(root, '.cache/launch-'))
const compiled = join(folder, 'cli/compiled')
afterAll(() => rmSync(folder, { recursive: true }))
beforeAll(() => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/bundle.ts', folder], { cwd: root })
})

const started = (main: readonly string[], words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...main, ...words], { cwd: root, encoding: 'utf8' })
  return { code: status, stdout, stderr }
}
const built = (...words: readonly string[]) => started([join(folder, 'cli/main.js')], words)
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
  expect(built(...words)).toEqual(started(['--import', 'tsx', 'src/cli/main.ts'], words))
  expect(built(...words).code).toBe(2)
  expect(kept()).toEqual([])
})

test('what the first start compiled is kept, taken by the next, and made anew where it is spoilt', () => {
  const sources = started(['--import', 'tsx', 'src/cli/main.ts'], RUN)
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
  const child = spawn(process.execPath, [join(folder, 'cli/main.js'), ...words], {
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
