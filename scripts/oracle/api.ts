/**
 * Replays recorded exchanges of a real kube-apiserver against ours over a real connection, and prints what is equal.
 *
 * Usage: npm run oracle -- api DIRECTORY [theme ...] [--differences N]
 */
import { readTheme, themesIn } from '../../test/server/transcripts/recording.ts'
import { replayTheme, type Verdict } from '../../test/server/transcripts/replay.ts'

const [directory = '', ...rest] = process.argv.slice(2)
const limitAt = rest.indexOf('--differences')
const limit = limitAt < 0 ? 20 : Number(rest[limitAt + 1])
const wanted = limitAt < 0 ? rest : rest.slice(0, limitAt)

const themes = themesIn(directory).filter((name) => wanted.length === 0 || wanted.includes(name))
const different: { theme: string; verdict: Verdict }[] = []
let equal = 0
let total = 0
for (const name of themes) {
  try {
    const report = await replayTheme(readTheme(directory, name))
    console.log(`${name}: equal ${report.equal} of ${report.verdicts.length}`)
    equal += report.equal
    total += report.verdicts.length
    for (const verdict of report.verdicts) if (verdict.differences.length > 0) different.push({ theme: name, verdict })
  } catch (error) {
    console.log(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    process.exitCode = 1
  }
}
console.log(`total: equal ${equal} of ${total}`)

for (const { theme, verdict } of different.slice(0, limit)) {
  const { exchange, differences } = verdict
  console.log(`\n${theme} ${exchange.seq} ${exchange.request.method} ${exchange.request.path}\n  (${exchange.case})`)
  for (const line of differences.slice(0, 8)) console.log(`  ${line}`)
  if (differences.length > 8) console.log(`  … ${differences.length - 8} more`)
}
if (different.length > limit) console.log(`\n… ${different.length - limit} more exchanges differ`)
if (different.length > 0) process.exitCode = 1
