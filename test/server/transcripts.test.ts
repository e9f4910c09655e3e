/**
 * Goal: over HTTP, the API answers as a real kube-apiserver v1.36.2 does.
 * Method: recorded exchanges of some themes are played in order to a fresh cluster over a real connection; status, headers and
 * bodies are compared after blanking out what must differ. The rest of the themes: `npm run oracle -- api ../shared/oracles/api`.
 */
import { expect, test } from 'vitest'
import { FOLDER, hasTranscripts, readTheme } from './transcripts/recording.ts'
import { replayTheme } from './transcripts/replay.ts'

/**
 * Themes, and how many of their exchanges at least are answered alike. What differs: `crud` twice and `tables` once saw a
 * controller's write a few milliseconds later than ours do it.
 */
const FLOORS: readonly (readonly [theme: string, equal: number])[] = [
  ['admission', 136],
  ['authnz', 189],
  ['crd', 124],
  ['crud', 1355],
  ['discovery', 216],
  ['errors', 302],
  ['expired', 26],
  ['lifecycle', 123],
  ['list', 1042],
  ['openapi', 55],
  ['patch', 246],
  ['ssa', 105],
  ['strict', 154],
  ['subresources', 147],
  ['tables', 550],
  ['updates', 459],
  ['validation', 386],
  ['watch', 237],
]

for (const [theme, floor] of FLOORS) {
  const name = `${theme}: at least ${floor} answers are equal`
  const why = 'recordings of a real API server are not beside the project (../shared/oracles/api)'
  test.runIf(hasTranscripts)(hasTranscripts ? name : `${name} (left out: ${why})`, { timeout: 60_000 }, async () => {
    const report = await replayTheme(readTheme(FOLDER, theme))
    expect(report.verdicts.length).toBeGreaterThan(20)
    expect(report.equal).toBeGreaterThanOrEqual(floor)
  })
}
