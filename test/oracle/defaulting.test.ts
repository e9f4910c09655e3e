/**
 * Goal: an object is stored as the real API server stores it: decoded, with its defaults, with its first status.
 * Method: replay every recorded create of a served kind that was taken, in all themes, and compare the whole object but for
 * what the server draws (uid, times, revision, addresses) and what admission plugins add.
 */
import { either } from 'fp-ts'
import { expect } from 'vitest'
import type { ApiObject } from '../../src/events/json.ts'
import { readObject } from '../../src/kubernetes/read-object.ts'
import { shownAs, type KindRow } from '../../src/kubernetes/registry.ts'
import { type Exchange, exchangesOf, oracleTest, targetOf } from './transcripts.ts'
import { equal } from './equal.ts'

type Json = Record<string, unknown>

const THEMES = [
  'crud',
  'lifecycle',
  'list',
  'patch',
  'ssa',
  'strict',
  'subresources',
  'tables',
  'updates',
  'validation',
  'watch',
]

const objectAt = (value: unknown, ...path: readonly (string | number)[]): Json =>
  path.reduce<unknown>((at, part) => (at as Json | undefined)?.[part] ?? {}, value) as Json

const NOW = '2026-01-01T00:00:00Z'

/** Written by the server itself. */
const SERVER_METADATA = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'namespace',
  'name',
]
/** Written by admission plugins or allocators, by kind. */
const ADMITTED: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'tolerations',
    'priority',
    'priorityClassName',
    'preemptionPolicy',
    'serviceAccountName',
    'serviceAccount',
    'imagePullSecrets',
    'overhead',
    'nodeSelector',
  ],
  Service: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort'],
  Node: ['taints'],
  CertificateSigningRequest: ['username', 'uid', 'groups', 'extra'],
}

/** Kinds that get a finalizer from the plugin StorageObjectInUseProtection. */
const PROTECTED: ReadonlySet<string> = new Set(['PersistentVolume', 'PersistentVolumeClaim', 'VolumeAttributesClass'])

/** Not compared: the LimitRanger plugin wrote into them, or (Abridged) AppArmor's old annotation was carried into a field. */
const isWrittenByOthers = (exchange: Exchange): boolean => {
  const annotations = objectAt(exchange.response.body, 'metadata', 'annotations')
  return 'kubernetes.io/limit-ranger' in annotations || exchange.case.includes('container.apparmor.security')
}

/** A copy without what others write. */
function own(object: unknown, kind: string): Json {
  const copy = JSON.parse(JSON.stringify(object)) as Json
  for (const field of SERVER_METADATA) delete objectAt(copy, 'metadata')[field]
  for (const field of ADMITTED[kind] ?? []) delete objectAt(copy, 'spec')[field]
  const spec = objectAt(copy, 'spec')
  if (kind === 'Pod') withoutToken(spec)
  for (const port of (kind === 'Service' ? (spec['ports'] ?? []) : []) as Json[]) delete port['nodePort']
  const status = objectAt(copy, 'status')
  if ('lastPhaseTransitionTime' in status) status['lastPhaseTransitionTime'] = NOW
  if (PROTECTED.has(kind)) delete objectAt(copy, 'metadata')['finalizers']
  for (const condition of (status['conditions'] ?? []) as Json[]) condition['lastTransitionTime'] = NOW
  return withoutNulls(copy) as Json
}

/** The volume with the service account's token. */
function withoutToken(spec: Json): void {
  const isOther = (item: Json): boolean => !String(item['name']).startsWith('kube-api-access-')
  const volumes = ((spec['volumes'] ?? []) as Json[]).filter(isOther)
  if (volumes.length === 0) delete spec['volumes']
  else spec['volumes'] = volumes
  for (const container of [...((spec['containers'] ?? []) as Json[]), ...((spec['initContainers'] ?? []) as Json[])]) {
    const mounts = ((container['volumeMounts'] ?? []) as Json[]).filter(isOther)
    if (mounts.length === 0) delete container['volumeMounts']
    else container['volumeMounts'] = mounts
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([, member]) => member !== null && !(Array.isArray(member) && member.length === 0),
  )
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member)]))
}

function stored(exchange: Exchange, row: KindRow): ApiObject {
  const read = readObject(row, exchange.request.body as Json)
  if (either.isLeft(read) || row.strategy === undefined) throw new Error(`${exchange.case}: ${JSON.stringify(read)}`)
  const { metadata, ...rest } = row.strategy.defaults(read.right.object)
  const { uid, name } = objectAt(exchange.response.body, 'metadata') as {
    readonly uid?: string
    readonly name?: string
  }
  const ready = row.strategy.prepareForCreate({ ...rest, metadata: { ...metadata, uid, name } }, NOW)
  return shownAs(row, ready as ApiObject)
}

oracleTest('created objects have the form, the defaults and the status of the real server', () => {
  const creates = THEMES.flatMap(exchangesOf).flatMap((exchange) => {
    const { method, path, body } = exchange.request
    const found = method === 'POST' && exchange.response.code === 201 ? targetOf(path) : undefined
    const isWhole = exchange.response.body?.['kind'] === found?.row.kind
    return found === undefined || typeof body !== 'object' || !isWhole || isWrittenByOthers(exchange)
      ? []
      : [{ exchange, row: found.row }]
  })
  const different = creates.flatMap(({ exchange, row }) => {
    const actual = own(stored(exchange, row), row.kind)
    const expected = own(exchange.response.body, row.kind)
    return equal(actual, expected) ? [] : [{ case: exchange.case, actual, expected }]
  })
  console.log(`defaulting: ${creates.length - different.length} of ${creates.length} equal`)
  expect(creates.length).toBeGreaterThan(100)
  expect(different).toEqual([])
})
