/**
 * Goal: the command does what README.md says, byte for byte the same in two processes.
 * Method: it is started as a user would start it; exit codes, output and files are compared.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { buildCommand, ended, type Ended, root } from './built-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'seatrial-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))
const { main } = buildCommand()
const seatrial = (args: readonly string[], input?: string): Ended => ended([main, ...args], input)

const STORM = ['--nodes', '4', '--fault', 'crash node-2 at 2m for 2m', '--fault', 'kill etcd leader at 3m']
const SHOP = ['run', '-f', 'examples/shop', '--for', '8m', ...STORM]

describe('seatrial run', () => {
  const recording = join(folder, 'run.jsonl.gz')
  const first = seatrial([...SHOP, '--json', '--record', recording])
  const summary: Record<string, unknown> = JSON.parse(first.stdout)

  test('brings the shop up through a storm and says so', () => {
    expect(first.code).toBe(0)
    expect(summary).toMatchObject({
      seed: 1,
      virtualMs: 480_000,
      converged: true,
      pods: { total: 10, running: 10, ready: 10 },
      faults: ['crash node-2 at 2m for 2m', 'kill etcd-leader at 3m'],
    })
    expect(summary['digest']).toMatch(/^[0-9a-f]{64}$/)
  })

  test('writes the same log in another process, and another one for another seed', () => {
    const again: Record<string, unknown> = JSON.parse(seatrial([...SHOP, '--json']).stdout)
    const other: Record<string, unknown> = JSON.parse(seatrial([...SHOP, '--json', '--seed', '2']).stdout)
    expect(again['digest']).toBe(summary['digest'])
    expect(other['digest']).not.toBe(summary['digest'])
  })

  test('leaves a recording that verifies, explains and differs from another', () => {
    expect(seatrial(['replay', recording, '--verify'])).toMatchObject({ code: 0 })
    const state = seatrial(['replay', recording, '--at', '3m'])
    expect(state.stdout).toMatch(/node-2 +NotReady/)
    const pods = seatrial(['replay', recording]).stdout.matchAll(/pod\/(shop\/web-\S+) created/g)
    const [, moved = ''] = [...pods].at(-1) ?? []
    const why = seatrial(['why', recording, `pod/${moved}`]).stdout
    const order = [
      'host node-2 lost power',
      'node/node-2 silent',
      'Ready True → Unknown',
      'unreachable:NoExecute',
      'no longer',
      'terminating',
      'created for replicaset',
      'bound to',
      'Running',
      `${moved} Ready`,
    ]
    const places = order.map((words) => why.indexOf(words))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))

    const other = join(folder, 'other.jsonl')
    seatrial(['run', '-f', 'examples/shop', '--for', '1m', '--json', '--record', other])
    expect(seatrial(['diff', recording, recording])).toMatchObject({ code: 0 })
    expect(seatrial(['diff', recording, other])).toMatchObject({ code: 1, stdout: expect.stringContaining('differ') })
  })
})

describe('bad input', () => {
  test('a manifest’s faults are told with file, line and field; exit code 2', () => {
    const file = join(folder, 'bad.yaml')
    writeFileSync(
      file,
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: three\n  selector: {matchLabels: {app: web}}\n  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, imgae: b}]}}\n',
    )
    const { code, stderr } = seatrial(['run', '-f', file])
    expect(code).toBe(2)
    expect(stderr).toContain(`${file}:6: Deployment web: spec.replicas: expected integer, found string`)
    expect(stderr).toContain('spec.template.spec.containers[0].imgae: unknown field')
  })

  test.each([
    [['run', '-f', 'nowhere.yaml'], 'no such file'],
    [['run', '-f', 'examples/shop', '--fault', 'explode node-1'], 'it begins with one of'],
    [['run', '-f', 'examples/shop', '--fault', 'crash node-9'], 'there is no host node-9'],
    [['run', '-f', 'examples/shop', '--for', 'ages'], 'is not a duration'],
    [['replay', 'package.json'], 'package.json'],
    [['sail'], 'unknown command'],
  ])('%s', (args, words) => {
    const { code, stderr } = seatrial(args)
    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })

  test('a recording is read as far as it goes, and what is not in it is said', () => {
    const whole = join(folder, 'whole.jsonl')
    seatrial(['run', '-f', 'examples/shop', '--for', '40s', '--json', '--record', whole])
    const late = seatrial(['replay', whole, '--at', '1h'])
    expect(late).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/whole.jsonl: its last event is at 39s\w+, before 1h/),
    })

    const [, pod = ''] = /pod\/shop\/(database-\S+) created/.exec(late.stdout) ?? []
    const elsewhere = seatrial(['why', whole, `pod/${pod}`])
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining(`; there is pod/shop/${pod}`) })
    expect(seatrial(['explain-schedule', 'shop/database', whole]).stderr).toContain(`; there is pod/shop/${pod}`)
    expect(seatrial(['why', whole, 'boat/one']).stderr).toContain('there is no kind "boat"')

    const text = readFileSync(whole, 'utf8')
    const cut = join(folder, 'cut.jsonl')
    writeFileSync(cut, text.slice(0, text.length / 2))
    expect(seatrial(['replay', cut, '--verify'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/as far as it goes: \d+ events/),
    })
  })

  test.each([
    [['run'], 'there is nothing to run: give manifests with -f'],
    [['run', '-f', 'examples/shop', '--record', '/nowhere/run.jsonl', '--for', '10s'], '--record: ENOENT'],
    [['run', '-f', 'examples/shop', '--fault', 'partition node-1 node-1'], 'no network lies between node-1 and itself'],
    [['up', '--kubeconfig', '/nowhere/kubeconfig'], '--kubeconfig: ENOENT'],
    [['replay', 'nowhere.jsonl'], 'nowhere.jsonl: no such file'],
    [['replay', 'examples'], 'examples: is a folder, not a recording'],
    [['run', '--for', 'ages'], '(--help tells how it is used)'],
  ])('%s is told in a line or two', (args, words) => {
    const { code, stderr } = seatrial(args)
    expect(code).toBe(2)
    expect(stderr).toContain(words)
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3)
  })

  test('a fault after the end, and a file without objects, are warned of', () => {
    const { code, stderr } = seatrial(
      ['run', '-f', '-', '--for', '10s', '--fault', 'crash node-1 at 20s'],
      '# nothing\n',
    )
    expect(code).toBe(0)
    expect(stderr).toContain('fault "crash node-1 at 20s" is not met: the run is over after 10s')
    expect(stderr).toContain('stdin: holds no object')
  })

  test('a name that YAML does not read as a text is told of as what it is', () => {
    const { code, stderr } = seatrial(['run', '-f', '-'], 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: y\n')
    expect(code).toBe(2)
    expect(stderr).toContain('stdin:4: Pod: metadata.name: expected string, found boolean: YAML reads y, yes, on')
  })

  test('kinds that nothing defines are named and skipped; standard input is a file', () => {
    const manifest =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: sea.example.com/v1\nkind: Boat\nmetadata: {name: b}\n'
    const { code, stderr } = seatrial(['run', '-f', '-', '--for', '30s'], manifest)
    expect(stderr).toContain('stdin:5: no matches for kind "Boat" in version "sea.example.com/v1"; skipped')
    expect(code).toBe(0)
  })
})

test('what cannot settle is told with the last warning about it; nothing is told twice', () => {
  const manifest =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: c, image: nginx}]\n  volumes: [{name: v, secret: {secretName: nowhere}}]\n'
  const { code, stdout } = seatrial(['run', '-f', '-', '--for', '1m'], manifest)
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /^not settled pod\/default\/web is not ready\nwarning pod\/default\/web FailedMount: .*"nowhere" not found/m,
  )
  expect(stdout.match(/pod\/web created/g)).toHaveLength(1)
})

test('help fits into 80 columns and shows durations as they are written', () => {
  for (const args of [[], ['run'], ['up'], ['replay'], ['why'], ['explain-schedule'], ['diff']]) {
    const { code, stdout } = seatrial([...args, '--help'])
    expect(code).toBe(0)
    const [, options = ''] = /(Options:[^]*?)(?=Examples:|$)/.exec(stdout) ?? []
    expect(options.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(stdout).not.toMatch(/00000|\(default: (\[\]|false)/)
  }
  expect(seatrial(['run', '--help']).stdout).toMatch(/default 10m\)/)
})

test('examples/embed.ts runs as it stands', () => {
  const output = execFileSync(process.execPath, ['--import', 'tsx', 'examples/embed.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(output).toContain('recovered: true')
  expect(output).toContain('in the end: 4, in the fork: 6')
})

test('README.md names the faults that the command takes', async () => {
  const { FAULT_GRAMMAR } = await import('../../src/chaos/fault-script.ts')
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  for (const form of FAULT_GRAMMAR) expect(readme).toContain(`\`${form.split(' ')[0]} `)
})
