/**
 * Goal: the shell inside containers does what POSIX says for what manifests and people write.
 * Method: a table of scripts with what they print and their exit code, as dash prints them.
 */
import { expect, test } from 'vitest'
import { runCommand } from '../../../src/kubernetes/workload/shell/run.ts'
import { emptyWorld } from '../../../src/kubernetes/workload/shell/world.ts'

const run = (script: string): { readonly stdout: string; readonly code: number; readonly slept: number } => {
  const world = { ...emptyWorld(), variables: new Map([['NAME', 'a b']]), files: new Map([['/etc/x', 'one\ntwo\n']]) }
  const process = runCommand(['sh', '-c', script], world)
  let stdout = ''
  let slept = 0
  let next = process.next()
  while (next.done !== true) {
    if (next.value.kind === 'output' && next.value.to === 'stdout') stdout += next.value.text
    if (next.value.kind === 'sleep') slept += next.value.takes
    next = process.next(undefined)
  }
  return { stdout, code: next.value, slept }
}

test.each([
  ['echo "$NAME"; echo $NAME', 'a b\na b\n', 0],
  ['for i in 1 2 3; do echo $((i * 2)); done', '2\n4\n6\n', 0],
  ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i', '3\n', 0],
  ['false || echo no && echo yes', 'no\nyes\n', 0],
  ['if grep -q two /etc/x; then echo found; else exit 1; fi', 'found\n', 0],
  ['cat /etc/x | tail -n 1', 'two\n', 0],
  ['echo kept > /tmp/f; cat /tmp/f; exit 7', 'kept\n', 7],
  ['nosuch 2>/dev/null; echo $?', '127\n', 0],
  ['echo \'a;b\' "c\\"d" # rest', 'a;b c"d\n', 0],
  ['x=$(echo in; echo side); echo "$x"', 'in\nside\n', 0],
  ['mkdir -p /a/b && cp /etc/x /a/b && mv /a/b/x /y && cat /y; ls /a/b; [ -d /a/b ]', 'one\ntwo\n', 0],
  ['[ -d /a ] || mkdir /a; ls /; ls /a; [ -d /etc ] && test -e /b', 'a\netc\n', 1],
  ['mkdir -p /a/b; echo 1 > /a/c; rm /etc/x; rm -fr /a /none; ls /; rm /none', '', 1],
  ['cp /nothing /x', '', 1],
  ['which ls nosuch', '/bin/ls\n', 1],
  ['while true; do echo once; break; done; (exit 4)', 'once\n', 4],
])('%s', (script, stdout, code) => {
  expect(run(script)).toMatchObject({ stdout, code })
})

test('sleeping is an effect, not a wait', () => {
  expect(run('sleep 2; sleep 0.5; echo done')).toEqual({ stdout: 'done\n', code: 0, slept: 2_500_000 })
})

test('what is no script ends with 2', () => {
  expect(run('if true; then')).toMatchObject({ code: 2 })
})

test('kill asks process 1 to end, which SIGKILL from inside does not reach', () => {
  const asked = (script: string): readonly string[] =>
    [...runCommand(['sh', '-c', script], { ...emptyWorld(), processes: ['nginx'] })].map(({ kind }) => kind)
  expect(asked('kill 1')).toEqual(['terminate'])
  expect(asked('kill -s TERM 1; kill -15 1')).toEqual(['terminate', 'terminate'])
  expect(asked('kill -9 1; kill -HUP 1')).toEqual([])
  expect(asked('kill 7')).toEqual(['output'])
})
