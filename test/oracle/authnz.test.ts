/**
 * Goal: who may do what is answered as a real kube-apiserver v1.36.2 answers it: 401, 403 and their words, impersonation,
 * escalation, access reviews, tokens, the roles that a cluster begins with.
 * Method: replay the recorded theme in order, each exchange with its own caller, against one server with RBAC. Left out, and
 * counted: what is asked of kinds that are not served by somebody who may.
 */
import { describe, expect, test } from 'vitest'
import { CallersReplay } from './callers.ts'
import { hasTranscripts, WHY_SKIPPED } from './transcripts.ts'

/** Why an exchange differs, by its number. */
const KNOWN: ReadonlyMap<number, string> = new Map([
  [183, 'the recorded server listens on port 6449'],
  [185, 'the authority of client certificates is known to the carrier alone'],
])

describe.skipIf(!hasTranscripts)(hasTranscripts ? 'recorded answers' : WHY_SKIPPED, () => {
  test('theme authnz', () => {
    const replay = new CallersReplay({ apiServer: { authorization: 'RBAC', masters: ['system:apiserver'] } })
    const results = replay.run('authnz')
    const different = results
      .filter(({ exchange, differs }) => differs.length > 0 && !KNOWN.has(exchange.seq))
      .map(({ exchange, differs }) => `${exchange.seq} ${exchange.case}\n  ${differs.join('\n  ')}`)
    const same = results.filter(({ differs }) => differs.length === 0).length
    console.log(`authnz: ${same} of ${results.length} equal, ${replay.leftOut.length} left out`)
    expect(different).toEqual([])
    expect(same).toBeGreaterThanOrEqual(187)
  })
})
