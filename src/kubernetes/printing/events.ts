/** Events as rows, in both shapes that the API has for them. Source: pkg/printers/internalversion/printers.go, printEvent (v1.36). */
import type { Micros } from '../../events/envelope.ts'
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import type { Event, EventSource } from '../types/core.ts'
import type { ObjectReference, Time } from '../types/meta.ts'
import { ageOf, timeOf } from './age.ts'
import { nameOf } from './cells.ts'
import { printer } from './printer.ts'
import { column, wide, type Cell } from './table.ts'

const COLUMNS = [
  column('Last Seen'),
  column('Type'),
  column('Reason'),
  column('Object'),
  wide('Subobject'),
  wide('Source'),
  column('Message'),
  wide('First Seen'),
  wide('Count'),
  { ...wide('Name'), format: 'name' },
]

/** An event, in whichever shape it comes. */
export const events = printer<Event>(COLUMNS, (event, now) => {
  const ofEventsGroup = event.apiVersion === 'events.k8s.io/v1'
  return cellsOf(ofEventsGroup ? inCoreShape(event) : event, now)
})

function cellsOf(event: Draft<Event>, now: Micros): readonly Cell[] {
  const { series, involvedObject = {}, source = {} } = event
  const firstSeen = ageOf(isTime(event.firstTimestamp) ? event.firstTimestamp : event.eventTime, now)
  const lastSeen = isTime(event.lastTimestamp) ? ageOf(event.lastTimestamp, now) : firstSeen
  const kind = (involvedObject.kind ?? '').toLowerCase()
  const component = firstOf(source.component, event.reportingComponent)
  const instance = firstOf(source.host, event.reportingInstance)
  return [
    series === undefined ? lastSeen : ageOf(series.lastObservedTime, now),
    event.type ?? '',
    event.reason ?? '',
    firstOf(involvedObject.name) === '' ? kind : `${kind}/${involvedObject.name}`,
    involvedObject.fieldPath ?? '',
    instance === '' ? component : `${component}, ${instance}`,
    (event.message ?? '').trim(),
    firstSeen,
    // Those of the newer API happened once and don't say so.
    series === undefined ? event.count || 1 : (series.count ?? 0),
    nameOf(event),
  ]
}

const isTime = (time: Time | null | undefined): boolean => timeOf(time) !== undefined

const firstOf = (...texts: readonly (string | undefined)[]): string =>
  texts.find((text) => text !== undefined && text !== '') ?? ''

/** The same object, seen through `events.k8s.io/v1`. Source: pkg/apis/events/v1/conversion.go. */
interface EventOfEventsGroup extends ApiObject {
  readonly eventTime?: Time | null
  readonly series?: { readonly count?: number; readonly lastObservedTime?: Time }
  readonly reportingController?: string
  readonly reportingInstance?: string
  readonly reason?: string
  readonly regarding?: ObjectReference
  readonly note?: string
  readonly type?: string
  readonly deprecatedSource?: EventSource
  readonly deprecatedFirstTimestamp?: Time | null
  readonly deprecatedLastTimestamp?: Time | null
  readonly deprecatedCount?: number
}

const inCoreShape = (event: Draft<EventOfEventsGroup>): Draft<Event> => ({
  metadata: event.metadata,
  eventTime: event.eventTime,
  series: event.series,
  reportingComponent: event.reportingController,
  reportingInstance: event.reportingInstance,
  reason: event.reason,
  involvedObject: event.regarding,
  message: event.note,
  type: event.type,
  source: event.deprecatedSource,
  firstTimestamp: event.deprecatedFirstTimestamp,
  lastTimestamp: event.deprecatedLastTimestamp,
  count: event.deprecatedCount,
})
