/**
 * Goal: admission plugins default, refuse and warn as those of a real kube-apiserver v1.36.2, word for word.
 * Method: replay the recorded theme in order against one server with RBAC. Left out, and counted: kinds that are not served.
 */
import { describe, expect, test } from 'vitest'
import { CallersReplay } from './callers.ts'
import { hasTranscripts, WHY_SKIPPED } from './transcripts.ts'

/** Why an exchange differs, by its number. */
const KNOWN: ReadonlyMap<number, string> = new Map([[133, 'the message ends in a difference of Go structures']])

describe.skipIf(!hasTranscripts)(hasTranscripts ? 'recorded answers' : WHY_SKIPPED, () => {
  test('theme admission', () => {
    const replay = new CallersReplay({ apiServer: { authorization: 'RBAC', masters: ['system:apiserver'] } })
    const results = replay.run('admission')
    const different = results
      .filter(({ exchange, differs }) => differs.length > 0 && !KNOWN.has(exchange.seq))
      .map(({ exchange, differs }) => `${exchange.seq} ${exchange.case}\n  ${differs.join('\n  ')}`)
    const same = results.filter(({ differs }) => differs.length === 0).length
    console.log(`admission: ${same} of ${results.length} equal, ${replay.leftOut.length} left out`)
    expect(different).toEqual([])
    expect(same).toBeGreaterThanOrEqual(136)
  })
})
