/**
 * Goal: files of containers and what is piped between processes lose no byte, and text among them is text.
 * Method: properties over any bytes and any pieces; a ConfigMap and a Secret with binary content are mounted and read.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { filesOf } from '../../../src/kubernetes/workload/container-files.ts'
import { ByteReader, bytesOfText, textOfBytes } from '../../../src/kubernetes/workload/byte-text.ts'
import type { ConfigMap, Secret } from '../../../src/kubernetes/types/core.ts'
import type { Pod } from '../../../src/kubernetes/types/pod.ts'

/** Bytes that look like UTF-8 more often than chance would have it. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => new TextEncoder().encode(text)),
      fc.constantFrom([0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xef, 0xbb, 0xbf], [0xe2, 0x82]),
    ),
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])))

test('bytes come back as they were', () => {
  fc.assert(
    fc.property(bytes, (given) => {
      expect(bytesOfText(textOfBytes(given))).toEqual(given)
    }),
  )
})

test('what is UTF-8 is read as text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(textOfBytes(new TextEncoder().encode(text))).toBe(text)
    }),
  )
})

test('however bytes are cut, they are read alike', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.nat({ max: 20 })), (given, cuts) => {
      const reader = new ByteReader()
      let text = ''
      let at = 0
      for (const length of [...cuts, given.length]) {
        text += reader.read(given.subarray(at, at + length))
        at += length
      }
      expect(text + reader.finish()).toBe(textOfBytes(given))
    }),
  )
})

test('binary keys of ConfigMaps and Secrets are mounted byte by byte', () => {
  const content = Uint8Array.from([0, 0xff, 0x80, 0x41, 0xc3])
  const base64 = Buffer.from(content).toString('base64')
  const metadata = { name: 'it', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' }
  const config: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, binaryData: { 'a.bin': base64 } }
  const secret: Secret = { apiVersion: 'v1', kind: 'Secret', metadata, data: { 'b.bin': base64 } }
  const mounts = [
    { name: 'config', mountPath: '/config' },
    { name: 'secret', mountPath: '/secret' },
  ]
  const container = { name: 'c', image: 'i', volumeMounts: mounts }
  const volumes = [
    { name: 'config', configMap: { name: 'it' } },
    { name: 'secret', secret: { secretName: 'it' } },
  ]
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container], volumes } }
  const { files } = filesOf({
    pod,
    container,
    config: { configMap: () => config, secret: () => secret },
    addresses: { apiServer: '10.96.0.1', dns: '10.96.0.10' },
    services: [],
  })
  for (const path of ['/config/a.bin', '/secret/b.bin']) expect(bytesOfText(files.get(path) ?? '')).toEqual(content)
})
