/**
 * Goal: each sentence of the Raft protocol can be read as a play, and stays as it is.
 * Method: every transcript of this folder is performed and must come out word for word. With UPDATE=1 in the environment the
 * texts are written anew; then a person reads the difference.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { perform } from './transcript.ts'

const folder = new URL('.', import.meta.url).pathname
const transcripts = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .sort()

describe('transcripts of Raft', () => {
  test('there are some', () => expect(transcripts.length).toBeGreaterThan(5))

  test.each(transcripts)('%s', (name) => {
    const path = join(folder, name)
    const text = readFileSync(path, 'utf8')
    const performed = perform(text)
    if (process.env['UPDATE'] === '1') writeFileSync(path, performed)
    else expect(performed).toBe(text)
  })
})
