/**
 * Goal: a recording that cannot be read as a whole is refused, and the message says which file and which line.
 * Method: a small recording is written to a temporary folder; then one file or line at a time is spoilt.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compareFinalState } from '../../src/replay/recorded/final-state.ts'
import { readIncident } from '../../src/replay/recorded/recording.ts'
import { resimulate } from '../../src/replay/recorded/resimulate.ts'

const START = { t: '2026-11-21T03:17:35.289Z', kind: 'infra', action: 'control-plane-start' }
const APPLY = { t: '2026-11-21T03:17:55.000Z', kind: 'kubectl', cmd: 'kubectl apply -f -' }
const AUDIT = {
  auditID: '1',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/default/configmaps',
  verb: 'create',
  user: { username: 'alice' },
  requestReceivedTimestamp: '2026-11-21T03:17:56.000000Z',
  objectRef: { resource: 'configmaps', namespace: 'default', name: 'c', apiVersion: 'v1' },
  responseStatus: { code: 201 },
}
const EXPECTED = { initialTakenAt: '2026-11-21T03:17:54.000Z', finalTakenAt: '2026-11-21T03:18:00.000Z' }
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' } }

const lines = (...values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('')

describe('files of a recording', () => {
  let directory = ''
  const write = (name: string, content: string | Buffer): void => {
    writeFileSync(join(directory, name), content)
  }
  const refusal = (): string => {
    try {
      readIncident(directory)
    } catch (error) {
      return error instanceof Error ? error.message.replace(directory, '') : String(error)
    }
    return 'read'
  }
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'recording-'))
    write('inputs.jsonl', lines(START, APPLY))
    write('audit.jsonl.gz', gzipSync(lines(AUDIT)))
    write('expected.json', JSON.stringify(EXPECTED))
    write('final.json.gz', gzipSync(JSON.stringify({ kind: 'List', items: [CONFIG_MAP] })))
  })
  afterEach(() => {
    rmSync(directory, { recursive: true })
  })

  test('what is whole is read', () => {
    const { writes, final, startTime, infra } = readIncident(directory)
    expect(writes.map(({ user, verb, name, at }) => [user, verb, name, at])).toEqual([
      ['alice', 'create', 'c', 21_000_000],
    ])
    expect(final).toEqual([CONFIG_MAP])
    expect(startTime).toBe('2026-11-21T03:17:35Z')
    expect(infra).toEqual([{ at: 289_000, action: 'control-plane-start' }])
  })

  test.each(['inputs.jsonl', 'audit.jsonl.gz', 'expected.json', 'final.json.gz'])('%s is missing', (name) => {
    rmSync(join(directory, name))
    expect(refusal()).toBe(`/${name}: no such file`)
  })

  test.each(['audit.jsonl.gz', 'final.json.gz'])('%s is cut off', (name) => {
    write(name, gzipSync(lines(AUDIT, AUDIT)).subarray(0, 60))
    expect(refusal()).toBe(`/${name}: unexpected end of file`)
  })

  test.each([
    ['a line is cut off', JSON.stringify(APPLY).slice(0, 40), /^\/inputs\.jsonl:2: .*JSON/],
    ['a line is no object', '[]', /^\/inputs\.jsonl:2: not an object$/],
    [
      'a kind is unknown',
      JSON.stringify({ ...APPLY, kind: 'ssh' }),
      /^\/inputs\.jsonl:2: kind "ssh" is none of kubectl/,
    ],
    ['a kind is missing', JSON.stringify({ t: APPLY.t }), /^\/inputs\.jsonl:2: kind \(missing\) is none of kubectl/],
    ['a time is missing', JSON.stringify({ kind: 'kubectl' }), /^\/inputs\.jsonl:2: no time t$/],
    ['a time is none', JSON.stringify({ ...APPLY, t: 'noon' }), /^\/inputs\.jsonl:2: noon is no time$/],
    [
      'an action is unknown',
      JSON.stringify({ ...START, action: 'etcd-rename' }),
      /^\/inputs\.jsonl:2: action "etcd-rename" is not known$/,
    ],
  ])('inputs.jsonl: %s', (_what, line, message) => {
    write('inputs.jsonl', `${lines(START)}${line}\n`)
    expect(refusal()).toMatch(message)
  })

  test('the start is not told', () => {
    write('inputs.jsonl', lines(APPLY))
    expect(refusal()).toBe('/inputs.jsonl: no line says when the control plane was started')
  })

  test('a line of the audit log is cut off, or no event', () => {
    write('audit.jsonl.gz', gzipSync(lines(AUDIT) + JSON.stringify(AUDIT).slice(0, 50)))
    expect(refusal()).toMatch(/^\/audit\.jsonl\.gz:2: .*JSON/)
    write('audit.jsonl.gz', gzipSync(lines(AUDIT, { ...AUDIT, user: 'alice' })))
    expect(refusal()).toBe('/audit.jsonl.gz:2: not an audit event')
    const untimed = { ...AUDIT, requestReceivedTimestamp: 'noon' }
    write('audit.jsonl.gz', gzipSync(lines(AUDIT, untimed)))
    expect(refusal()).toBe('/audit.jsonl.gz:2: noon is no time')
  })

  test('the last state holds what is no object', () => {
    write('final.json.gz', gzipSync(JSON.stringify({ items: [CONFIG_MAP, { metadata: {} }] })))
    expect(refusal()).toBe('/final.json.gz: items[1] is no object')
    write('expected.json', '{}')
    expect(refusal()).toBe('/expected.json: initialTakenAt and finalTakenAt are missing')
  })

  test('custom resources come with their definitions, under the uids that they had', () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'boats.example.com', uid: 'uid-of-boats' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'boats', singular: 'boat', kind: 'Boat', listKind: 'BoatList' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    }
    const raft = {
      ...definition,
      metadata: { name: 'rafts.example.com', uid: 'uid-of-rafts' },
      spec: {
        ...definition.spec,
        names: { plural: 'rafts', singular: 'raft', kind: 'Raft', listKind: 'RaftList' },
        versions: definition.spec.versions.map((one) => ({ ...one, name: 'v2' })),
      },
    }
    const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    const definitionsRef = { apiGroup: 'apiextensions.k8s.io', apiVersion: 'v1', resource: 'customresourcedefinitions' }
    const boat = (name: string): object => ({
      ...{ apiVersion: 'example.com/v1', kind: 'Boat' },
      metadata: { name, namespace: 'default', uid: `uid-of-${name}`, generation: 1 },
    })
    const group = { apiGroup: 'example.com', apiVersion: 'v1', resource: 'boats', namespace: 'default' }
    const path = '/apis/example.com/v1/namespaces/default/boats'
    write(
      'audit.jsonl.gz',
      gzipSync(
        lines(
          ...[definition, raft].map((one) => ({
            ...{ ...AUDIT, auditID: one.metadata.name, requestURI: definitionsPath, objectRef: definitionsRef },
            requestObject: { ...one, metadata: { name: one.metadata.name } },
            responseObject: one,
          })),
          ...['gone', 'kept'].map((name) => ({
            ...{ ...AUDIT, auditID: name, requestURI: path, objectRef: group },
            requestReceivedTimestamp: '2026-11-21T03:17:56.500000Z',
            requestObject: boat(name),
            responseObject: boat(name),
          })),
          {
            ...{ ...AUDIT, auditID: 'undefine', verb: 'delete', requestURI: `${definitionsPath}/rafts.example.com` },
            objectRef: { ...definitionsRef, name: 'rafts.example.com' },
            requestReceivedTimestamp: '2026-11-21T03:17:57.500000Z',
            responseStatus: { code: 200 },
          },
          {
            ...{ ...AUDIT, auditID: 'end', verb: 'delete', requestURI: `${path}/gone` },
            objectRef: { ...group, name: 'gone' },
            requestReceivedTimestamp: '2026-11-21T03:17:58.000000Z',
            responseStatus: { code: 200 },
          },
        ),
      ),
    )
    write('final.json.gz', gzipSync(JSON.stringify({ kind: 'List', items: [boat('kept')] })))
    const incident = readIncident(directory)
    const { cluster, unmet, writes } = resimulate(incident)
    expect(unmet).toEqual([])
    expect(cluster.list('boats.example.com').map(({ metadata }) => [metadata.name, metadata.uid])).toEqual([
      ['kept', 'uid-of-kept'],
    ])
    const own = writes.filter(({ user, row }) => user === 'system:apiserver' && row.kind !== 'IPAddress')
    const about = (name: string): readonly string[] =>
      own.filter((one) => one.name === name).map((one) => `${one.verb} ${one.row.kind} ${one.subresource}`.trimEnd())
    const told = 'update CustomResourceDefinition status'
    expect(about('boats.example.com')).toEqual([told, told])
    expect(about('rafts.example.com')).toEqual([told, told, told, told])
    expect(about('v1.example.com')).toEqual(['create APIService'])
    expect(about('v2.example.com')).toEqual(['create APIService', 'delete APIService'])
    const { body } = own.find(({ name }) => name === 'v2.example.com') ?? {}
    expect(body).toEqual({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: expect.objectContaining({
        name: 'v2.example.com',
        labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' },
      }) as unknown,
      spec: { group: 'example.com', version: 'v2', groupPriorityMinimum: 1000, versionPriority: 100 },
      status: {},
    })
    const { differences } = compareFinalState(incident, cluster)
    expect(differences.filter(({ object }) => object.startsWith('Boat'))).toEqual([])
  })
})
