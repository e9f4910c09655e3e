/**
 * Simulates recorded incidents again and prints how much of what the real control plane wrote ours writes too.
 *
 * Usage: npm run oracle -- recordings DIRECTORY [name ...] [--differences N]
 *
 * DIRECTORY holds incidents, one folder each, or is one.
 */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { compareWrites, actorOf, type ActorFidelity, type Compared } from '../../src/replay/recorded/fidelity.ts'
import { readIncident } from '../../src/replay/recorded/recording.ts'
import { resimulate } from '../../src/replay/recorded/resimulate.ts'

const [directory = '', ...given] = process.argv.slice(2)
const limitAt = given.indexOf('--differences')
const limit = limitAt < 0 ? 5 : Number(given[limitAt + 1])
const wanted = limitAt < 0 ? given : given.slice(0, limitAt)

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

const all: ActorFidelity[] = []
for (const path of chosen) {
  const incident = readIncident(path)
  const { writes, unmet } = resimulate(incident)
  const { actors, missing, extra } = compareWrites(incident, writes)
  all.push(...actors)
  const recorded = sum(actors, 'recorded')
  console.log(
    `\n${basename(path)}: writes ${percent(sum(actors, 'same'), recorded)}, with equal content ` +
      `${percent(sum(actors, 'equal'), recorded)} (${sum(actors, 'equal')} of ${recorded}, ${sum(actors, 'extra')} extra)`,
  )
  for (const { actor, recorded: count, same, equal, extra: more } of actors) {
    console.log(`  ${actor.padEnd(36)} same ${same} of ${count}, equal ${equal}, extra ${more}`)
  }
  if (unmet.length > 0) console.log(`  ${unmet.length} requests from outside met no object`)
  for (const one of missing.slice(0, limit)) console.log(`  - ${told(one)}`)
  for (const one of extra.slice(0, limit)) console.log(`  + ${told(one)}`)
}
const recorded = sum(all, 'recorded')
console.log(
  `\ntotal: writes ${percent(sum(all, 'same'), recorded)}, with equal content ${percent(sum(all, 'equal'), recorded)} ` +
    `(${sum(all, 'equal')} of ${recorded})`,
)
