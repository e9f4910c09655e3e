/**
 * Goal: what the server prints for `kubectl get` is what a real API server prints: columns, cells, order of rows, and the
 * objects beside them; likewise metadata alone, and both in watches.
 * Method: keep every object that an answer of a theme showed whole, print the recorded tables again from those, compare.
 * A row whose object no answer showed at that version can't be compared and is counted. Ages under an hour are blanked on
 * both sides, all other times are compared. How columns are described is left out.
 */
import { expect } from 'vitest'
import type { ObjectMeta } from '../../src/events/json.ts'
import { metadataOnlyList, type ListMeta } from '../../src/kubernetes/metadata-only.ts'
import { metadataFrame, tableFrame } from '../../src/kubernetes/watch-frames.ts'
import {
  canonical,
  Clock,
  framesOf,
  headOf,
  isList,
  isObject,
  isTable,
  optionsOf,
  replayTables,
  rowOf,
  Shown,
} from './table-replay.ts'
import { exchangesOf, oracleTest } from './transcripts.ts'

/** Of these many rows of a theme the objects were shown; the least that must be compared. */
const COMPARED: Readonly<Record<string, number>> = {
  tables: 620,
  crud: 78,
  crd: 7,
  list: 1,
  'kubectl-static': 67,
  'kubectl-workloads': 17,
}

/** The theme `list` lists what every cluster has from its birth. */
const builtIn = (): Shown => new Shown(exchangesOf('list'))

oracleTest('tables are printed as on the real server', () => {
  const everyCluster = builtIn()
  for (const [theme, least] of Object.entries(COMPARED)) {
    const { tables, compared, rows, equal, unseen, differences } = replayTables(theme, everyCluster)
    expect(differences, theme).toEqual([])
    expect(equal, theme).toBe(rows - unseen)
    expect(equal, theme).toBeGreaterThanOrEqual(least)
    console.log(
      `${theme}: ${compared} of ${tables} tables and ${equal} of ${rows} rows equal, of the others the objects were never shown`,
    )
  }
})

oracleTest('lists of metadata alone are as on the real server', () => {
  const everyCluster = builtIn()
  let equal = 0
  let unseen = 0
  for (const theme of ['tables', 'crud']) {
    const exchanges = exchangesOf(theme)
    const shown = new Shown(exchanges, everyCluster)
    for (const { request, response, case: about } of exchanges) {
      const { body } = response
      if (body?.['kind'] !== 'PartialObjectMetadataList' || !isList(body)) continue
      const objects = (body.items ?? []).map((item) =>
        isObject(item) ? shown.atVersion(item.metadata, request.path) : undefined,
      )
      const known = objects.filter((object) => object !== undefined)
      unseen += known.length === objects.length ? 0 : 1
      if (known.length < objects.length) continue
      const version = body['apiVersion'] === 'meta.k8s.io/v1' ? 'v1' : 'v1beta1'
      const ours = metadataOnlyList(known, body['metadata'] as ListMeta, version)
      expect(canonical(ours), about).toBe(canonical(body))
      equal += 1
    }
  }
  console.log(`metadata: ${equal} lists equal, ${unseen} with objects that were never shown`)
  expect(equal).toBeGreaterThan(100)
})

oracleTest('watches of tables and of metadata have the lines of the real server', () => {
  const exchanges = exchangesOf('watch')
  const shown = new Shown(exchanges)
  const clock = new Clock()
  let equal = 0
  for (const { request, response, case: about } of exchanges) {
    clock.see(response)
    framesOf(response).forEach(({ afterSeq: _afterSeq, type, object: recorded }, i) => {
      const metadata = isTable(recorded) ? recorded.rows?.[0]?.object?.metadata : metadataOf(recorded)
      if (metadata === undefined) return
      const object = shown.atVersion(metadata, request.path) ?? shown.gone(metadata) ?? bookmark(metadata)
      if (isTable(recorded)) {
        const { now } = clock
        const options = { ...optionsOf(request.path, recorded, now), noHeaders: i > 0 }
        const { type: ours, object: table } = tableFrame({ group: '', kind: 'ConfigMap' }, { type, object }, options)
        expect(ours).toBe(type)
        expect(headOf(table), about).toBe(headOf(recorded))
        expect(table.rows.map(rowOf), about).toEqual(recorded.rows?.map(rowOf))
      } else {
        expect(canonical(metadataFrame({ type, object })), about).toBe(canonical({ type, object: recorded }))
      }
      equal += 1
    })
  }
  console.log(`watches: ${equal} lines equal`)
  expect(equal).toBeGreaterThan(40)
})

const metadataOf = (recorded: unknown): ObjectMeta | undefined => {
  const isPartial = typeof recorded === 'object' && recorded !== null && 'metadata' in recorded && 'kind' in recorded
  return isPartial && recorded.kind === 'PartialObjectMetadata' ? (recorded.metadata as ObjectMeta) : undefined
}

const bookmark = (metadata: ObjectMeta) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
