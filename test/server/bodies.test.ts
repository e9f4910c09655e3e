/**
 * Goal: bodies are read as Go reads them: JSON and its faults, members given twice, protobuf.
 * Method: texts with the answers of Go's decoder, which JSON.parse must agree with on what is JSON at all; an envelope as
 * kubectl sends it.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeObjectBody } from '../../src/server/body.ts'
import { duplicateFields } from '../../src/server/duplicate-fields.ts'
import { goJsonProblem } from '../../src/kubernetes/go-json.ts'

describe('what is no JSON', () => {
  test.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['[1 2]', "invalid character '2' after array element"],
    ['nul!', "invalid character '!' in literal null (expecting 'l')"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['01', "invalid character '1' after top-level value"],
    ['-', 'unexpected end of JSON input'],
    ['1.', 'unexpected end of JSON input'],
  ])('%s', (text, problem) => {
    expect(goJsonProblem(text)).toBe(problem)
  })

  test('every cut of a document is told as its early end', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 3 }), fc.nat(), (value, cut) => {
        const text = JSON.stringify({ value })
        const part = text.slice(0, cut % text.length)
        expect(goJsonProblem(part)).toBe('unexpected end of JSON input')
      }),
    )
  })
})

describe('members given twice', () => {
  test.each([
    ['{"a":1,"a":2}', ['a']],
    ['{"m":{"l":{"q":"1","q":"2"}},"m":{}}', ['m.l.q', 'm']],
    ['{"s":[{"a":1},{"a":2,"a":3}]}', ['s[1].a']],
    ['{"a":{"b":"{\\"a\\":1,\\"a\\":2}"}}', []],
  ])('%s', (text, paths) => {
    expect(duplicateFields(text)).toEqual(paths)
  })

  test('none are found in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(duplicateFields(JSON.stringify(value))).toEqual([])
      }),
    )
  })
})

/** A field of two bytes' head: its number and type, its length. */
const bytes = (number: number, content: Buffer | string): Buffer => {
  const body = Buffer.from(content)
  return Buffer.concat([Buffer.from([(number << 3) | 2, body.length]), body])
}
const varint = (number: number, value: number): Buffer => Buffer.from([number << 3, value])

test('a Deployment in protobuf is the object it stands for', () => {
  const port = Buffer.concat([varint(3, 80), bytes(4, 'TCP')])
  const memory = Buffer.concat([bytes(1, 'memory'), bytes(2, bytes(1, '64Mi'))])
  const container = Buffer.concat([bytes(1, 'web'), bytes(2, 'nginx'), bytes(6, port), bytes(8, bytes(2, memory))])
  const template = Buffer.concat([
    bytes(1, bytes(11, Buffer.concat([bytes(1, 'app'), bytes(2, 'web')]))),
    bytes(2, bytes(2, container)),
  ])
  const surge = bytes(2, bytes(2, Buffer.concat([varint(1, 1), bytes(3, '25%')])))
  const spec = Buffer.concat([varint(1, 2), bytes(3, template), bytes(4, surge)])
  const deployment = Buffer.concat([bytes(1, bytes(1, 'web')), bytes(2, spec)])
  const head = bytes(1, Buffer.concat([bytes(1, 'apps/v1'), bytes(2, 'Deployment')]))
  // The object is longer than a byte can tell.
  const raw = Buffer.concat([
    Buffer.from([0x12, (deployment.length & 0x7f) | 0x80, deployment.length >> 7]),
    deployment,
  ])
  const envelope = Buffer.concat([Buffer.from('k8s\0'), head, deployment.length < 128 ? bytes(2, deployment) : raw])

  const decoded = decodeObjectBody(envelope, 'application/vnd.kubernetes.protobuf', 'Deployment')
  expect(decoded).toEqual({
    value: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              {
                name: 'web',
                image: 'nginx',
                ports: [{ containerPort: 80, protocol: 'TCP' }],
                resources: { requests: { memory: '64Mi' } },
              },
            ],
          },
        },
        strategy: { rollingUpdate: { maxSurge: '25%' } },
      },
    },
  })
})

test('bytes that are no protobuf are refused in the words of Go', () => {
  const refused = decodeObjectBody(Buffer.from('{}'), 'application/vnd.kubernetes.protobuf', 'Pod')
  expect(refused).toMatchObject({
    code: 400,
    message:
      'the object provided is unrecognized (must be of type Pod): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({})',
  })
})
