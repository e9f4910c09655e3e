/**
 * Goal: what an expression gives depends on nothing but the expression and its variables: not on the host's time zone,
 * and no pattern takes longer than its text is long.
 * Method: the same expressions in processes in several time zones; a pattern on which a backtracking matcher never ends.
 */
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { expressionOf } from '../../../src/kubernetes/cel/expression.ts'

const MOMENT = 'timestamp("2024-03-31T23:30:15.250Z")'

const EXPRESSIONS = [
  'timestamp("2024-01-01T00:00:00.5").getHours()',
  `string(${MOMENT})`,
  ...['FullYear', 'Month', 'Date', 'DayOfMonth', 'DayOfWeek', 'DayOfYear', 'Hours', 'Minutes', 'Seconds'].flatMap(
    (part) => [`${MOMENT}.get${part}()`, `${MOMENT}.get${part}("Asia/Tokyo")`],
  ),
]

const PROGRAM = `import('./src/kubernetes/cel/expression.ts').then(({ expressionOf }) => {
  for (const text of JSON.parse(process.argv[1])) {
    const outcome = expressionOf(text)({})
    console.log(String('value' in outcome ? outcome.value : outcome.problem))
  }
})`

const givenIn = (zone: string): readonly string[] => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '-e', PROGRAM, JSON.stringify(EXPRESSIONS)],
    { env: { ...process.env, TZ: zone }, encoding: 'utf8' },
  )
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

test('times are the same wherever the host is', () => {
  const here = givenIn('UTC')
  expect(here).toEqual([
    "type conversion error from 'string' to 'google.protobuf.Timestamp'",
    '2024-03-31T23:30:15.25Z',
    ...['2024', '2024', '2', '3', '31', '1', '30', '0', '0', '1', '90', '91', '23', '8', '30', '30', '15', '15'],
  ])
  expect(givenIn('America/New_York')).toEqual(here)
  expect(givenIn('Pacific/Auckland')).toEqual(here)
}, 60_000)

test.each(['matches(PATTERN)', 'find(PATTERN) != ""', 'findAll(PATTERN).size() > 0'])(
  'a pattern with endless ways to fail, in %s',
  (call) => {
    const text = `"${'a'.repeat(4000)}b".${call.replace('PATTERN', '"^(a+)+$"')}`
    expect(expressionOf(text)({})).toEqual({ value: false })
  },
)

test('patterns are RE2’s', () => {
  expect(expressionOf('"a\\nb".matches("(?s)a.b") && "Ä".matches("\\\\p{Lu}")')({})).toEqual({ value: true })
  expect(expressionOf('"aa".matches("(a)\\\\1")')({})).toEqual({ problem: expect.stringContaining('escape') })
})
