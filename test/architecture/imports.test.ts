/**
 * Goal: imports point down only, and the core does no IO.
 * Method: dependency-cruiser reads every module of src; each forbidden arrow fails by name. The test also shows that it
 * looked at modules and that the rules bite.
 */
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser'
import { describe, expect, test } from 'vitest'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('../..', import.meta.url).pathname

/** From the ground up. A folder may import from those before it. */
const LAYERS = [
  ['events'],
  ['kubernetes'],
  ['engine'],
  ['actors', 'projections'],
  ['cluster'],
  ['chaos', 'replay'],
  ['server'],
  ['cli', 'ui'],
] as const

const path = (folder: string): string => (folder === 'cluster' ? '^src/cluster(\\.ts|/)' : `^src/${folder}/`)

const upward: IForbiddenRuleType[] = LAYERS.slice(0, -1).flatMap((folders, depth) =>
  folders.map((folder) => ({
    name: `${folder} imports down only`,
    severity: 'error' as const,
    from: { path: path(folder) },
    to: {
      path: LAYERS.slice(depth + 1).flatMap((above) => above.map(path)),
      // `cluster.listen` loads the server when it is called, so that a plain simulation has no TLS.
      ...(folder === 'cluster' ? { dynamic: false } : {}),
    },
  })),
)

const components = readdirSync(join(root, 'src/actors'))

const RULES: IForbiddenRuleType[] = [
  ...upward,
  ...components.map((component) => ({
    name: `${component} imports no other actor`,
    severity: 'error' as const,
    from: { path: `^src/actors/${component}/` },
    to: { path: '^src/actors/', pathNot: `^src/actors/${component}/` },
  })),
  {
    name: 'actors get views, not projections',
    severity: 'error',
    from: { path: '^src/actors/' },
    to: { path: '^src/projections/' },
  },
  {
    name: 'the core does no IO',
    severity: 'error',
    from: { path: '^src/(events|kubernetes|engine|actors|projections)/', pathNot: '^src/events/file/' },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
  },
  {
    name: 'no cycles',
    severity: 'error',
    from: { path: '^src/' },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
]

const check = async (forbidden: IForbiddenRuleType[]): Promise<ICruiseResult> => {
  const result = await cruise(
    ['src'],
    { baseDir: root, ruleSet: { forbidden }, validate: true, tsPreCompilationDeps: true, doNotFollow: 'node_modules' },
    undefined,
    {},
  )
  if (typeof result.output === 'string') throw new Error(result.output)
  return result.output
}

describe('imports', () => {
  test('point down only', async () => {
    const { summary, modules } = await check(RULES)
    expect(modules.filter((module) => module.source.startsWith('src/')).length).toBeGreaterThan(50)
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([])
  })

  test('a rule that forbids what exists is seen to fail', async () => {
    const everything: IForbiddenRuleType = {
      name: 'engine must not use events',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: '^src/events/' },
    }
    const { summary } = await check([everything])
    expect(summary.violations.length).toBeGreaterThan(5)
  })
})
