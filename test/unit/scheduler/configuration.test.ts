/**
 * Goal: a KubeSchedulerConfiguration is read as upstream reads it, and every mistake is told with its place.
 * Method: good and bad configurations as text and as values, against the words of upstream's validation.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { either as E } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { readConfiguration } from '../../../src/actors/scheduler/configuration/read.ts'

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n'

const problems = (given: unknown, plugins: readonly string[] = []): readonly string[] => {
  const read = readConfiguration(given, plugins, 's.yaml')
  return E.isLeft(read) ? read.left : []
}

test('an empty configuration is upstream’s default', () => {
  expect(readConfiguration({})).toEqual(E.right({}))
  expect(problems(HEAD)).toEqual([])
})

test('what kubeadm writes is accepted', () => {
  const text = `${HEAD}clientConnection:
  kubeconfig: /etc/kubernetes/scheduler.conf
leaderElection:
  leaderElect: true
  leaseDuration: 15s
`
  expect(problems(text)).toEqual([])
})

test.each<[string, string]>([
  ['profiles: 3', 's.yaml:3: profiles: expected list, found 3'],
  ['profile: []', 's.yaml:3: profile: unknown field'],
  ['profiles: []', 's.yaml:3: profiles: Required value'],
  [
    'percentageOfNodesToScore: 101',
    's.yaml:3: percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]',
  ],
  ['parallelism: 0', 's.yaml:3: parallelism: Invalid value: 0: should be an integer value greater than zero'],
  ['podInitialBackoffSeconds: 0', 's.yaml:3: podInitialBackoffSeconds: Invalid value: 0: must be greater than 0'],
  [
    'podMaxBackoffSeconds: 0',
    's.yaml:3: podMaxBackoffSeconds: Invalid value: 0: must be greater than or equal to PodInitialBackoffSeconds',
  ],
  ['extenders:\n- urlPrefix: http://x', 's.yaml:3: extenders: Forbidden: extenders are not simulated'],
  ['profiles:\n- schedulerName: a\n- schedulerName: a', 's.yaml:5: profiles[1].schedulerName: Duplicate value: "a"'],
  ['profiles:\n- schedulerName: a\n- {}', 's.yaml:5: profiles[1].schedulerName: Required value'],
  [
    'profiles:\n- plugins:\n    filter:\n      enabled:\n      - name: Mine',
    's.yaml:7: profiles[0].plugins.filter.enabled[0].name: Not found: "Mine"',
  ],
  [
    'profiles:\n- pluginConfig:\n  - name: InterPodAffinity\n    args:\n      hardPodAffinityWeight: 500',
    's.yaml:7: profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 500: not in valid range [0-100]',
  ],
  [
    'profiles:\n- pluginConfig:\n  - name: NodeResourcesFit\n    args:\n      scoringStrategy: {type: Best}',
    's.yaml:7: profiles[0].pluginConfig[0].args.scoringStrategy.type: expected one of LeastAllocated, MostAllocated, RequestedToCapacityRatio, found "Best"',
  ],
  [
    'profiles:\n- pluginConfig:\n  - name: NodeAffinity\n    args:\n      addedAffinity: {requiredDuring: {}}',
    's.yaml:7: profiles[0].pluginConfig[0].args.addedAffinity.requiredDuring: unknown field',
  ],
  [
    'profiles:\n- pluginConfig:\n  - name: PodTopologySpread\n    args:\n      defaultConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]',
    's.yaml:6: profiles[0].pluginConfig[0].args.defaultingType: Invalid value: "System": when .defaultingType is System, .defaultConstraints must be empty',
  ],
])('%s', (text, problem) => {
  expect(problems(`${HEAD}${text}\n`)).toEqual([problem])
})

test('all mistakes are told at once; a value has no lines', () => {
  expect(problems({ parallelism: 'many', profiles: [{ percentageOfNodesToScore: true }] })).toEqual([
    's.yaml: parallelism: expected integer, found "many"',
    's.yaml: profiles[0].percentageOfNodesToScore: expected integer, found true',
  ])
})

test('what is no YAML is told with its line', () => {
  const [first = ''] = problems(`${HEAD}profiles: [`)
  expect(first).toMatch(/^s\.yaml:\d+: /)
})

test('plugins of one’s own are known by name, and take any arguments', () => {
  const mine =
    'profiles:\n- plugins: {filter: {enabled: [{name: Mine}]}}\n  pluginConfig: [{name: Mine, args: {x: [1]}}]\n'
  expect(problems(HEAD + mine, ['Mine'])).toEqual([])
})

const DIRECTORY = '../shared/oracles/scheduler'
const present = existsSync(DIRECTORY)
if (!present) console.warn(`skipped: ${DIRECTORY} is not here, so no recorded configuration is read`)

describe.skipIf(!present)('configurations that a real kube-scheduler has taken', () => {
  test('are all taken here', () => {
    const files = readdirSync(DIRECTORY).filter((name) => name.endsWith('.json'))
    expect(files.length).toBeGreaterThan(200)
    for (const file of files) {
      const { schedulerConfig } = JSON.parse(readFileSync(`${DIRECTORY}/${file}`, 'utf8')) as {
        schedulerConfig: unknown
      }
      expect(problems(schedulerConfig)).toEqual([])
    }
  })
})
