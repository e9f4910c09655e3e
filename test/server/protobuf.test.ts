/**
 * Goal: what is written in protobuf is what Go reads, and nothing is lost on the way.
 * Method: answers that a real kube-apiserver gave in protobuf are read and written again; recorded objects of all kinds are written
 * and read back.
 */
import { expect, test } from 'vitest'
import { decodeEnvelope } from '../../src/server/protobuf/messages.ts'
import { encodeEnvelope } from '../../src/server/protobuf/encode.ts'
import { isMembers } from './transcripts/translation.ts'
import { FOLDER, hasTranscripts, readTheme, type Exchange } from './transcripts/recording.ts'

const why = 'recordings of a real API server are not beside the project (../shared/oracles/api)'
const titled = (name: string): string => (hasTranscripts ? name : `${name} (left out: ${why})`)

const exchangesOf = (theme: string): readonly Exchange[] =>
  readTheme(FOLDER, theme).steps.flatMap((one) => (one.step === 'exchange' ? [one.exchange] : []))

/** Without what protobuf does not keep apart: absent, null, empty and zero. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => bare(item) ?? {})
  if (isMembers(value)) {
    const members = Object.entries(value)
      .map(([name, member]): [string, unknown] => [name, bare(member)])
      .filter(([, member]) => member !== undefined)
    return members.length === 0 ? undefined : Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
  return value === '' || value === 0 || value === false || value === null ? undefined : value
}

const written = (object: unknown): Buffer => {
  const bytes = encodeEnvelope(object)
  expect(bytes).toBeDefined()
  return bytes ?? Buffer.alloc(0)
}

test.runIf(hasTranscripts)(titled('recorded answers in protobuf are read, and written as they were read'), () => {
  const answers = ['discovery', 'errors'].flatMap(exchangesOf).flatMap(({ response }) => response.bodyBase64 ?? [])
  const kinds = answers.map((text) => {
    const read = decodeEnvelope(Buffer.from(text, 'base64'))
    expect(bare(decodeEnvelope(written(read)))).toEqual(bare(read))
    return String(read['kind'])
  })
  // Nobody sends lists, so of them only the envelope is read.
  expect(new Set(kinds)).toEqual(new Set(['APIVersions', 'APIGroupList', 'ConfigMapList', 'Status']))
})

test('the items of a list are messages of their own', () => {
  const items = [{ metadata: { name: 'a' }, data: { k: 'v' } }, { metadata: { name: 'b' } }]
  const list = written({ apiVersion: 'v1', kind: 'ConfigMapList', metadata: { resourceVersion: '7' }, items })
  const [first] = items
  const one = written({ apiVersion: 'v1', kind: 'ConfigMap', ...first })
  const content = one.subarray(one.indexOf('ConfigMap') + 'ConfigMap'.length + 2, -4)
  expect(list.includes(content)).toBe(true)
  expect(decodeEnvelope(list)).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMapList' })
})

test.runIf(hasTranscripts)(titled('objects of every kind come back as they went'), () => {
  const kinds = new Set<string>()
  for (const { response } of exchangesOf('crud')) {
    const { body } = response
    if (!isMembers(body) || !isMembers(body['metadata']) || !('uid' in body['metadata'])) continue
    const bytes = encodeEnvelope(body)
    if (bytes === undefined) continue
    kinds.add(String(body['kind']))
    expect(bare(decodeEnvelope(bytes)), String(body['kind'])).toEqual(bare(body))
  }
  expect(kinds.size).toBeGreaterThan(45)
})
