/**
 * Goal: `seatrial explain-schedule` and `--scheduler-config` do what docs/custom-scheduler.md says.
 * Method: the command is started as a user would start it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { buildCommand, ended, type Ended } from './built-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'seatrial-explain-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))
const { main } = buildCommand()
const seatrial = (...args: readonly string[]): Ended => ended([main, ...args])

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const app = file(
  'app.yaml',
  `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: "1"}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: huge}
spec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: "100"}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: gated}
spec:
  schedulingGates: [{name: example.com/wait}]
  containers: [{name: c, image: nginx}]
`,
)
const RUN = ['-f', app, '--nodes', '4', '--for', '40s']

test('nodes by plugins, from manifests', () => {
  const { code, stdout } = seatrial('explain-schedule', 'web', ...RUN)
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /pod\/default\/web {2}default-scheduler, attempt 1: 4 of 4 nodes looked at fit, node-\d chosen/,
  )
  expect(stdout).toMatch(/^NODE +TOTAL +TaintToleration +.*NodeResourcesFit/m)
  expect(stdout.match(/^node-\d.* x 3 = 300/gm)).toHaveLength(4)
})

test('as JSON; a Pod without a node', () => {
  const { code, stdout } = seatrial('explain-schedule', 'default/huge', ...RUN, '-o', 'json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'unschedulable',
    reasons: [{ plugin: 'NodeResourcesFit', reason: 'Insufficient cpu', nodes: 4 }],
    complete: true,
  })
})

test('from a recording: some nodes, or all by running it again; another scheduler’s weights', () => {
  const config = file(
    'config.yaml',
    'profiles:\n- plugins:\n    score:\n      enabled: [{name: TaintToleration, weight: 7}]\n',
  )
  const recording = join(folder, 'run.jsonl')
  const ran = seatrial('run', ...RUN, '--record', recording, '--scheduler-config', config, '--json')
  expect(ran.stderr).toBe('')
  const some = seatrial('explain-schedule', 'pod/default/web', recording).stdout
  expect(some.match(/^node-\d.*100 x 7 = 700/gm)).toHaveLength(3)
  expect(some).toContain('1 more node was looked at')
  const all = seatrial('explain-schedule', 'web', recording, '--all').stdout
  expect(all.match(/^node-\d.*100 x 7 = 700/gm)).toHaveLength(4)
  // What was chosen is the same.
  expect(all.split('\n')[0]).toBe(some.split('\n')[0])
})

test.each([
  [['explain-schedule', 'gated', ...RUN], 'was not tried: Scheduling is blocked due to non-empty scheduling gates'],
  [['explain-schedule', 'nobody', ...RUN], 'there is no pod default/nobody'],
  [['explain-schedule', 'web'], 'give a recording, or manifests with -f'],
  [['run', ...RUN, '--scheduler-config', 'nowhere.yaml'], 'no such file'],
  [
    ['run', ...RUN, '--scheduler-config', file('bad.yaml', 'profiles:\n- schedulerNam: x\n')],
    'bad.yaml:2: profiles[0].schedulerNam: unknown field',
  ],
])('%s', (args, words) => {
  const { code, stderr } = seatrial(...args)
  expect(code).toBe(2)
  expect(stderr).toContain(words)
})
