/** What events.k8s.io/v1 asks of an Event beyond core. Source: pkg/apis/core/validation/events.go (v1.36). */
import type { Draft } from '../draft.ts'
import { isLabelKey } from '../syntax.ts'
import type { Event } from '../types/core.ts'
import { validateEvent } from './cluster.ts'
import type { FieldErrors } from './field-error.ts'
import { isSame, validateImmutable } from './immutable.ts'
import { validateMetadataUpdate } from './metadata.ts'

const WORD_MAX = 128
const NOTE_MAX = 1_024
const NEEDS_NOTHING = 'needs to be unset'

/** Fields of the older version are not for new Events. */
export function validateEventV1(event: Draft<Event>, errors: FieldErrors): void {
  validateEvent(event, errors)
  const timed = (event.eventTime ?? '') !== ''
  if (timed) validateWords(event, errors)
  else errors.required('eventTime')
  const { type = '', source, count = 0 } = event
  if (type !== 'Normal' && type !== 'Warning') errors.invalid('type', '', `has invalid value: ${type}`)
  if ((event.firstTimestamp ?? '') !== '') errors.invalid('firstTimestamp', '', NEEDS_NOTHING)
  if ((event.lastTimestamp ?? '') !== '') errors.invalid('lastTimestamp', '', NEEDS_NOTHING)
  if (count !== 0) errors.invalid('count', '', NEEDS_NOTHING)
  if ((source?.component ?? '') !== '' || (source?.host ?? '') !== '') errors.invalid('source', '', NEEDS_NOTHING)
}

function validateWords(event: Draft<Event>, errors: FieldErrors): void {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event
  if (reportingComponent === '') errors.required('reportingController')
  errors.invalids('reportingController', reportingComponent, isLabelKey(reportingComponent))
  for (const [field, text] of Object.entries({ reportingInstance, action, reason })) {
    if (text === '') errors.required(field)
    if (text.length > WORD_MAX) errors.invalid(field, '', `can have at most ${WORD_MAX} characters`)
  }
  if (message.length > NOTE_MAX) errors.invalid('message', '', `can have at most ${NOTE_MAX} characters`)
}

/** What happened stays as it was told; that it happened again is told in the series. */
export function validateEventV1Update(next: Draft<Event>, before: Draft<Event>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateEvent(next, errors)
  for (const field of ['involvedObject', 'reason', 'message', 'source', 'type', 'eventTime', 'action'] as const) {
    validateImmutable(next[field], before[field], field, errors)
  }
  validateImmutable(next.related, before.related, 'related', errors)
  validateImmutable(next.reportingComponent, before.reportingComponent, 'reportingController', errors)
  validateImmutable(next.reportingInstance, before.reportingInstance, 'reportingInstance', errors)
  const { count } = next.series ?? {}
  if (next.series !== undefined && !isSame(next.series, before.series) && (count ?? 0) < 2) {
    errors.invalid('series.count', '', 'should be at least 2')
  }
}
