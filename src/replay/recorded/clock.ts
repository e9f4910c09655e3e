import type { Micros } from '../../events/envelope.ts'
import { hours } from '../../events/time.ts'
import { microTime, parseTime, rfc3339 } from '../../kubernetes/time.ts'

const TIMES = /"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"/g

/** A recording's own times: from a bit before its start to a day after. Others are what somebody wrote into a manifest. */
const BEFORE: Micros = hours(1)
const AFTER: Micros = hours(24)

/**
 * A text in which every time of the recording is the virtual time that is as long after the start of a run as it was after
 * `start`: what kubelets wrote then is compared by controllers with what the clock says now.
 */
export const inVirtualTime = (text: string, start: Micros): string =>
  text.replace(TIMES, (quoted) => {
    const time = quoted.slice(1, -1)
    const at = (parseTime(time) ?? Infinity) - start
    if (!(at >= -BEFORE && at <= AFTER)) return quoted
    return `"${time.includes('.') ? microTime(at) : rfc3339(at)}"`
  })
