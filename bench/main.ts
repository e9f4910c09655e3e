/**
 * All benchmarks: medians, ratios and counts. `--json` prints them as one JSON array; `--smoke` runs each once and small,
 * to see that it runs; `--only NAME` runs those whose name begins so. `--against KUBECONFIG` with
 * `--only server` puts the load on that API server.
 */
import { benchCluster } from './cluster.ts'
import { benchControllers } from './controllers.ts'
import { benchKernel } from './kernel.ts'
import { benchLog } from './log.ts'
import type { Figure } from './measure.ts'
import { benchPrinting } from './printing.ts'
import { benchScheduler } from './scheduler.ts'
import { benchServer } from './server.ts'
import { benchStatechart } from './statechart.ts'
import { loadavg } from 'node:os'

const flags = process.argv.slice(2)
const smoke = flags.includes('--smoke')
const only = flags.includes('--only') ? (flags[flags.indexOf('--only') + 1] ?? '') : ''

const against = flags.includes('--against') ? flags[flags.indexOf('--against') + 1] : undefined

/** A figure that a benchmark has already reduced to its median. */
const median = (name: string, value: number, unit: string): Figure => ({
  name,
  unit,
  value: value >= 100 ? Math.round(value) : Math.round(value * 1000) / 1000,
  runs: 5,
  min: value,
  max: value,
})

const statechart = (): readonly Figure[] => {
  const figures = benchStatechart()
  return Object.entries(figures).flatMap(([name, value]) =>
    typeof value === 'number'
      ? [median(`statechart: ${name}`, value, name.startsWith('ratio') ? 'x' : 'ns/event')]
      : [],
  )
}

const log = (): readonly Figure[] =>
  benchLog(smoke ? 5_000 : 200_000).map(({ name, value, unit }) => median(`log: ${name}`, value, unit))

const suites: readonly (readonly [string, () => readonly Figure[] | Promise<readonly Figure[]>])[] = [
  ['kernel', () => benchKernel(smoke)],
  ['statechart', statechart],
  ['log', log],
  ['printing', () => benchPrinting(smoke)],
  ['cluster', () => benchCluster(smoke)],
  ['controllers', () => benchControllers(smoke)],
  ['scheduler', () => benchScheduler(smoke)],
  ['server', () => benchServer(smoke, against)],
]

const figures: Figure[] = []
for (const [name, run] of suites) {
  if (!name.startsWith(only)) continue
  process.stderr.write(`${name} …\n`)
  figures.push(...(await run()))
}

if (flags.includes('--json')) process.stdout.write(`${JSON.stringify(figures)}\n`)
else {
  const width = Math.max(...figures.map(({ name }) => name.length))
  for (const { name, value, unit, runs, note } of figures) {
    process.stdout.write(
      `${name.padEnd(width)}  ${String(value).padStart(10)} ${unit}  (median of ${runs})${note === undefined ? '' : `  ${note}`}\n`,
    )
  }
  process.stdout.write(`Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n`)
}
