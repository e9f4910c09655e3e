/**
 * Simulates recorded incidents again and prints how much of what the real control plane wrote ours writes too.
 *
 * Usage: npm run oracle -- recordings DIRECTORY [name ...] [--differences N] [--seed N] [--rules]
 *
 * `--rules` also says how much is equal only thanks to each rule of the comparison.
 *
 * DIRECTORY holds incidents, one folder each, or is one.
 */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { compareCourse, compareExpected } from '../../src/replay/recorded/course.ts'
import { compareWrites, actorOf, type ActorFidelity, type Compared } from '../../src/replay/recorded/fidelity.ts'
import { compareFinalState, eventReasons, type FinalState } from '../../src/replay/recorded/final-state.ts'
import { readIncident } from '../../src/replay/recorded/recording.ts'
import { RULES, type Rule } from '../../src/replay/recorded/rules.ts'
import { resimulate } from '../../src/replay/recorded/resimulate.ts'

const [directory = '', ...given] = process.argv.slice(2)
/** Takes `--name N` out of what was given. */
const numberOf = (name: string, otherwise: number): number => {
  const at = given.indexOf(name)
  return at < 0 ? otherwise : Number(given.splice(at, 2)[1])
}
const limit = numberOf('--differences', 5)
const seed = numberOf('--seed', 1)
const rulesAt = given.indexOf('--rules')
const showsRules = rulesAt >= 0 && given.splice(rulesAt, 1).length > 0
const wanted = given

const isIncident = (path: string): boolean => existsSync(join(path, 'inputs.jsonl'))
const incidents = isIncident(directory)
  ? [directory]
  : readdirSync(directory)
      .toSorted()
      .map((name) => join(directory, name))
      .filter(isIncident)
const chosen = incidents.filter((path) => wanted.length === 0 || wanted.some((word) => basename(path).startsWith(word)))

const percent = (part: number, whole: number): string =>
  whole === 0 ? '  -  ' : `${Math.floor((part * 1000) / whole) / 10} %`
const sum = (actors: readonly ActorFidelity[], of: 'recorded' | 'same' | 'equal' | 'extra'): number =>
  actors.reduce((total, one) => total + one[of], 0)
const told = ({ write, what, content }: Compared): string =>
  `${(write.at / 1e6).toFixed(3)} s ${actorOf(write)} ${what} ${content.slice(0, 700)}`

/** Where two values differ first. */
const firstPath = (a: unknown, b: unknown, path = ''): string => {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return `${path} recorded ${JSON.stringify(a)}, here ${JSON.stringify(b)}`.slice(0, 300)
  }
  const [left, right] = [Object.entries(a), Object.entries(b)].map((entries) => new Map<string, unknown>(entries))
  for (const key of new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])) {
    const [x, y] = [left?.get(key), right?.get(key)]
    if (JSON.stringify(x) !== JSON.stringify(y)) return firstPath(x, y, `${path}/${key}`)
  }
  return path
}

const finals: FinalState[] = []
const all: ActorFidelity[] = []
/** By rule: writes and objects that are equal with it and not without it. */
const owed = new Map<Rule, { writes: number; objects: number }>()
const rules = Object.keys(RULES) as readonly Rule[]
for (const path of chosen) {
  const incident = readIncident(path)
  const { cluster, writes, unmet, answeredOtherwise } = resimulate(incident, seed)
  const { actors, missing, extra } = compareWrites(incident, writes)
  all.push(...actors)
  const recorded = sum(actors, 'recorded')
  console.log(
    `\n${basename(path)}: writes ${percent(sum(actors, 'same'), recorded)}, with equal content ` +
      `${percent(sum(actors, 'equal'), recorded)} (${sum(actors, 'equal')} of ${recorded}, ${sum(actors, 'extra')} extra)`,
  )
  for (const { actor, recorded: count, same, equal, extra: more } of actors) {
    console.log(
      `  ${actor.padEnd(36)} same ${same} of ${count}, equal ${equal}, extra ${more}, score ${percent(equal, count)}`,
    )
  }
  if (unmet.length > 0) console.log(`  ${unmet.length} requests from outside met no object`)
  if (answeredOtherwise.length > 0)
    console.log(`  ${answeredOtherwise.length} requests from outside were answered otherwise`)
  for (const { request, at, recorded: then, ours } of answeredOtherwise.slice(0, limit)) {
    const { user, verb, kind, subresource = '', name = '' } = request
    console.log(
      `  ? ${(at / 1e6).toFixed(3)} s ${user} ${verb} ${kind}/${subresource} ${name}: recorded ${then}, here ${ours}`,
    )
  }
  const final = compareFinalState(incident, cluster)
  finals.push(final)
  for (const rule of showsRules ? rules : []) {
    const known = owed.get(rule) ?? { writes: 0, objects: 0 }
    const bare = sum(compareWrites(incident, writes, rule).actors, 'equal')
    const objects = final.equal - compareFinalState(incident, cluster, rule).equal
    owed.set(rule, { writes: known.writes + sum(actors, 'equal') - bare, objects: known.objects + objects })
  }
  console.log(`  final objects equal ${final.equal} of ${final.compared}`)
  for (const { object, recorded: before, ours } of final.differences.slice(0, limit)) {
    console.log(
      `  ! ${object}: ${before === undefined ? 'not recorded' : ours === undefined ? 'not here' : firstPath(before, ours)}`,
    )
  }
  const [reasons, ourReasons] = [
    eventReasons(incident.final.filter(({ kind }) => kind === 'Event')),
    eventReasons(cluster.list('Event')),
  ]
  const sameReasons = [...reasons].filter(([reason, count]) => ourReasons.get(reason) === count).length
  console.log(`  event reasons with equal counts ${sameReasons} of ${reasons.size}`)
  const { pods, conditions } = compareCourse(incident, writes)
  const counts = compareExpected(incident, writes, cluster)
  for (const [what, { recorded: of, same, first: otherwise }] of [
    ["owners' Pods made and deleted in the same order", pods],
    ['conditions with the same sequence', conditions],
    ['counts of expected.json equal', counts],
  ] as const) {
    console.log(`  ${what}: ${same} of ${of}${otherwise === undefined ? '' : `; ${otherwise.slice(0, 200)}`}`)
  }
  const [first] = [...missing.slice(0, 1), ...extra.slice(0, 1)].toSorted((a, b) => a.write.at - b.write.at)
  if (first !== undefined) console.log(`  first divergence: ${told(first).slice(0, 200)}`)
  for (const one of missing.slice(0, limit)) console.log(`  - ${told(one)}`)
  for (const one of extra.slice(0, limit)) console.log(`  + ${told(one)}`)
}
const recorded = sum(all, 'recorded')
console.log(
  `\ntotal: writes ${percent(sum(all, 'same'), recorded)}, with equal content ${percent(sum(all, 'equal'), recorded)} ` +
    `(${sum(all, 'equal')} of ${recorded}); final objects equal ` +
    `${finals.reduce((total, { equal }) => total + equal, 0)} of ${finals.reduce((total, { compared }) => total + compared, 0)}`,
)
for (const [rule, { writes, objects }] of owed) {
  console.log(`  rule ${rule} (${RULES[rule]}): ${writes} writes, ${objects} final objects are equal only thanks to it`)
}
