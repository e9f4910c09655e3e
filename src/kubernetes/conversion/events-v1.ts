/**
 * Events of events.k8s.io/v1 ↔ v1: the same under other names; the newer version asks for more.
 *
 * Source: pkg/apis/events/v1/conversion.go; pkg/apis/core/validation/events.go (v1.36).
 */
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import type { OtherVersion } from '../kind-rows/row.ts'
import { eventField } from '../selectable-fields.ts'
import { eventsV1Strategy } from '../strategy/events-v1.ts'
import type { Event } from '../types/core.ts'

/** As this version calls what the stored one calls otherwise. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
])
const BACK: ReadonlyMap<string, string> = new Map([...NAMES].map(([name, stored]) => [stored, name]))

const renamed = <O extends object>(object: O, names: ReadonlyMap<string, string>): O =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [names.get(name) ?? name, value])) as O

/** Who reports is always written in the stored version, and here only when it is known. */
const REPORTERS: ReadonlySet<string> = new Set(['reportingComponent', 'reportingInstance'])

const withoutEmpty = <O extends object>(object: O): O =>
  Object.fromEntries(Object.entries(object).filter(([name, value]) => value !== '' || !REPORTERS.has(name))) as O

export const EVENTS_V1: OtherVersion = {
  group: 'events.k8s.io',
  version: 'v1',
  strategy: eventsV1Strategy,
  toHub: (object: Draft<ApiObject>) => renamed(object, NAMES),
  fromHub: (object: ApiObject) => renamed(withoutEmpty(object), BACK),
  field(object, field) {
    if (field === 'reportingController') return eventField(object as Event, 'reportingComponent')
    if (field === 'reason' || field === 'type') return eventField(object as Event, field)
    if (!field.startsWith('regarding.')) return undefined
    return eventField(object as Event, field.replace('regarding.', 'involvedObject.'))
  },
}
