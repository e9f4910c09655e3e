/**
 * Replays the recorded decisions of a real kube-scheduler against ours and prints what is equal, area by area.
 *
 * Usage: tsx scripts/oracle/scheduler.ts DIRECTORY [file or area ...] [--core] [--differences N]
 *
 * What the recorder switched off and this API server does (TaintNodesByCondition, ServiceAccount) is undone at once: taints
 * are patched away, accounts mount no token. Nothing else passes validation by. Storage is played by the feed: it binds
 * what the scheduler has chosen.
 *
 * Each file is a cluster of its own: API server, etcd and scheduler, the objects written through the API. With `--core` the
 * scheduler's core alone is fed, which is quicker.
 */
import { BareFeed } from '../../test/oracle/scheduler-feed.ts'
import { ClusterFeed } from '../../test/oracle/scheduler-cluster-feed.ts'
import { readVector, runVector, vectorFiles, type FileReport } from '../../test/oracle/scheduler-runner.ts'

const [directory = '', ...given] = process.argv.slice(2)
const core = given.includes('--core')
const rest = given.filter((word) => word !== '--core')
const limitAt = rest.indexOf('--differences')
const limit = limitAt < 0 ? 20 : Number(rest[limitAt + 1])
const wanted = limitAt < 0 ? rest : rest.slice(0, limitAt)

if (directory === '') {
  process.stderr.write('usage: npm run oracle -- scheduler DIRECTORY [file or area ...] [--core] [--differences N]\n')
  process.exit(2)
}
const files = vectorFiles(directory).filter(
  (file) =>
    wanted.length === 0 || wanted.some((name) => file.replace(/-\d+\.json$/, '') === name || file.startsWith(name)),
)
const reports: FileReport[] = []
const failed: string[] = []
for (const file of files) {
  try {
    const vector = readVector(directory, file)
    reports.push(runVector(file, vector, core ? new BareFeed(vector) : new ClusterFeed(vector)))
  } catch (error) {
    failed.push(`${file}: ${error instanceof Error ? error.message : String(error)}`)
    if (process.env['DEBUG'] !== undefined) console.error(error)
    process.exitCode = 1
  }
}

const areas = new Map<string, Map<string, { equal: number; compared: number }>>()
for (const { area, tally } of reports) {
  for (const name of [area, 'total']) {
    let sums = areas.get(name)
    if (sums === undefined) areas.set(name, (sums = new Map()))
    for (const [what, { equal, compared }] of Object.entries(tally)) {
      const sum = sums.get(what) ?? { equal: 0, compared: 0 }
      sums.set(what, { equal: sum.equal + equal, compared: sum.compared + compared })
    }
  }
}
const total = areas.get('total')
areas.delete('total')
if (total !== undefined) areas.set('total', total)
for (const [area, sums] of areas) {
  const parts = [...sums].map(([what, { equal, compared }]) => `${what} equal ${equal} of ${compared}`)
  console.log(`${area.padEnd(18)} ${parts.join(' · ')}`)
}

const differences = reports.flatMap((report) => report.differences)
const short = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 1500)
for (const { file, step, about, field, expected, actual } of differences.slice(0, limit)) {
  console.log(`\n${file} step ${step} ${about}: ${field}\n  expected ${short(expected)}\n  actual   ${short(actual)}`)
}
if (differences.length > limit) console.log(`\n… ${differences.length - limit} more differences`)
for (const line of failed) console.log(`not replayed: ${line}`)
if (differences.length > 0) process.exitCode = 1
