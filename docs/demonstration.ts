/** What README.md shows of `seatrial why`: its own commands are run, and what they print is put in. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const RECORDING = 'run.jsonl.gz'
const root = new URL('..', import.meta.url).pathname

/** The command to run, the one that asks, and what it answers. */
const SHOWN = /^npm run seatrial -- (run .*)\nnpm run seatrial -- why \S+ (\S+)(.*\n```\n```\n)[^]*?^(?=```)/m
/** The scores of the plugins are indented, and wide. */
const SCORES = /^ +PLUGIN .*\n(( {6}.*)?\n)*/m
const INSTEAD_OF_SCORES = `${' '.repeat(48)}(here stand the scores of each plugin for each node)\n`

/** README.md with the run that its words describe, and the Pod that the run made last. */
export const withDemonstration = (readme: string): string => {
  const [, run = '', , between = ''] = SHOWN.exec(readme) ?? []
  if (run === '') throw new Error('README.md shows no run and why')
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-readme-'))
  try {
    const recording = join(folder, RECORDING)
    seatrial([...wordsOf(run.replace(RECORDING, recording)), '--json'])
    const pods = [...seatrial(['replay', recording]).matchAll(/(pod\/\S+) created for replicaset/g)]
    const [, pod = ''] = pods.at(-1) ?? []
    const why = seatrial(['why', recording, pod]).replace(SCORES, INSTEAD_OF_SCORES)
    return readme.replace(
      SHOWN,
      () => `npm run seatrial -- ${run}\nnpm run seatrial -- why ${RECORDING} ${pod}${between}${why}`,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The words of a command as a shell reads them. */
const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word)

const seatrial = (words: readonly string[]): string =>
  execFileSync(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...words], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1' },
  })
