/**
 * Gives recorded kubectl commands to a real kubectl, against a cluster of ours, and prints how many end and print alike.
 *
 * Usage: npm run oracle -- kubectl DIRECTORY [theme ...] [--kubectl PROGRAM] [--differences N]
 */
import { findProgram } from '../../test/server/kubectl/programs.ts'
import { replayCommands, type CommandVerdict } from '../../test/server/kubectl/replay.ts'
import { readTheme } from '../../test/server/transcripts/recording.ts'

const [directory = '', ...rest] = process.argv.slice(2)
const option = (name: string): string | undefined => {
  const at = rest.indexOf(name)
  return at < 0 ? undefined : rest.splice(at, 2)[1]
}
const limit = Number(option('--differences') ?? 20)
const program = option('--kubectl') ?? findProgram('kubectl')
const themes = rest.length > 0 ? rest : ['kubectl-static', 'kubectl-workloads']

if (directory === '' || program === undefined) {
  process.stderr.write('usage: npm run oracle -- kubectl DIRECTORY [theme ...]; kubectl: scripts/fetch-clients.sh\n')
  process.exit(2)
}
const different: (CommandVerdict & { readonly theme: string })[] = []
let [equal, total] = [0, 0]
for (const theme of themes) {
  const verdicts = await replayCommands(program, readTheme(directory, theme))
  const same = verdicts.filter(({ differences }) => differences.length === 0).length
  console.log(`${theme}: equal ${same} of ${verdicts.length}`)
  equal += same
  total += verdicts.length
  different.push(...verdicts.filter(({ differences }) => differences.length > 0).map((one) => ({ ...one, theme })))
}
console.log(`total: equal ${equal} of ${total}`)
for (const { theme, command, differences } of different.slice(0, limit)) {
  console.log(`\n${theme} ${command.cmd} kubectl ${command.argv.join(' ')}`)
  for (const line of differences.slice(0, 12)) console.log(`  ${line.slice(0, 300)}`)
  if (differences.length > 12) console.log(`  … ${differences.length - 12} more`)
}
