/**
 * Goal: text is coloured on a terminal only, whatever CI it runs in, unless somebody asks for it.
 * Method: the rule over kinds of streams and environments; the command as it is started with its output in a pipe.
 */
import { describe, expect, test } from 'vitest'
import { takesColours } from '../../src/cli/colours.ts'
import { plain } from '../support/plain.ts'
import { buildCommand, ended } from './built-command.ts'

const TERMINAL = { isTTY: true }
const PIPE = {}

describe('a stream takes colours', () => {
  test.each([
    ['on a terminal', TERMINAL, {}, true],
    ['not in a pipe', PIPE, {}, false],
    ['not in a pipe of a CI', PIPE, { CI: 'true' }, false],
    ['not on a terminal that has none', TERMINAL, { TERM: 'dumb' }, false],
    ['not where nobody wants any', TERMINAL, { NO_COLOR: '1' }, false],
    ['not where they are switched off', TERMINAL, { FORCE_COLOR: '0' }, false],
    ['in a pipe where somebody insists', PIPE, { FORCE_COLOR: '1' }, true],
    ['not where somebody insists and another refuses', PIPE, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['on a terminal where nothing is said', TERMINAL, { NO_COLOR: '', FORCE_COLOR: '' }, true],
  ])('%s', (_, stream, env, expected) => {
    expect(takesColours(stream, env)).toBe(expected)
  })
})

test('a command in a pipe of a CI is plain; one that is forced is coloured, and says the same', () => {
  const { main } = buildCommand()
  const started = (env: NodeJS.ProcessEnv): string => {
    const { stdout, stderr } = ended([main, 'run', '-f', '-', '--for', '10s'], 'kind: Nothing\n', {
      ...plain(),
      NO_COLOR: undefined,
      ...env,
    })
    return stdout + stderr
  }
  const piped = started({ CI: 'true' })
  const coloured = started({ FORCE_COLOR: '1' })
  expect(piped).toMatch(/^error: stdin/m)
  expect(coloured).not.toBe(piped)
  expect(coloured.replaceAll(/\u001B\[\d+m/g, '')).toBe(piped)
})
