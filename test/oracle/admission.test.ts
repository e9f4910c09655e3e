/**
 * Goal: admission plugins default, refuse and warn as those of a real kube-apiserver v1.36.2, word for word.
 * Method: replay the recorded theme in order against one server with RBAC. Left out, and counted: kinds that are not served.
 */
import { describe, expect, test } from 'vitest'
import { CallersReplay } from './callers.ts'
import { hasTranscripts, WHY_SKIPPED } from './transcripts.ts'

describe.skipIf(!hasTranscripts)(hasTranscripts ? 'recorded answers' : WHY_SKIPPED, () => {
  test('theme admission', () => {
    const replay = new CallersReplay({ apiServer: { authorization: 'RBAC', masters: ['system:apiserver'] } })
    const results = replay.run('admission')
    const different = results
      .filter(({ differs }) => differs.length > 0)
      .map(({ exchange, differs }) => `${exchange.seq} ${exchange.case}\n  ${differs.join('\n  ')}`)
    console.log(
      `admission: ${results.length - different.length} of ${results.length} equal, ${replay.leftOut.length} left out`,
    )
    expect(different).toEqual([])
  })
})
