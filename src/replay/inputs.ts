import type { LogEvent } from '../events/envelope.ts'
import type { Fault } from '../cluster/fault.ts'
import type { Input } from '../cluster/inputs.ts'
import { OUTSIDE } from '../events/envelope.ts'

/** What came from outside, read back from a log: what people did and the faults, each with its end. */
export const inputsOf = (events: Iterable<LogEvent>): readonly Input[] => {
  const inputs: Input[] = []
  for (const event of events) {
    const input = inputOf(event)
    if (input !== undefined) inputs.push(input)
  }
  return inputs
}

/** Undefined for what came of the cluster itself. */
export const inputOf = (event: LogEvent): Input | undefined => {
  const { at } = event
  if (event.by === OUTSIDE) {
    const { to = '' } = event
    switch (event.type) {
      case 'KubectlInvoked':
        return { at, kind: 'kubectl', invocation: event.data }
      case 'ApiRequested':
        return { at, kind: 'message', message: { type: event.type, data: event.data, to } }
      case 'WatchRequested':
        return { at, kind: 'message', message: { type: event.type, data: event.data, to } }
      case 'WatchCancelled':
        return { at, kind: 'message', message: { type: event.type, data: event.data, to } }
      case 'CallRequested':
        return { at, kind: 'message', message: { type: event.type, data: event.data, to } }
      case 'EndTask':
        return { at, kind: 'message', message: { type: event.type, data: event.data, to } }
      case 'WebhookAnswered':
        return { at, kind: 'message', message: { type: event.type, data: event.data, to } }
      case 'UsageRequested':
        return { at, kind: 'message', message: { type: event.type, data: event.data, to } }
      case 'BackendStateRequested':
        return { at, kind: 'message', message: { type: event.type, data: event.data, to } }
    }
  }
  switch (event.type) {
    case 'HostPoweredOn':
    case 'ProcessRevived':
    case 'ProcessResumed':
    case 'LinkHealed':
    case 'DiskHealed':
    case 'ClockHealed':
    case 'EtcdRestored':
      return { at, kind: 'end', faultNumber: event.data.fault }
    default: {
      const fault = faultOf(event)
      return fault === undefined ? undefined : { at, kind: 'begin', fault }
    }
  }
}

const faultOf = (event: LogEvent): Fault | undefined => {
  switch (event.type) {
    case 'HostPoweredOff':
      return { kind: 'crash', host: event.data.host }
    case 'ProcessKilled':
      return { kind: 'kill', process: event.data.process }
    case 'ProcessPaused':
      return { kind: 'pause', process: event.data.process }
    case 'LinkPartitioned': {
      const { from, to, bothWays } = event.data
      return { kind: 'partition', from, to, bothWays }
    }
    case 'LinkDelayed':
      return { kind: 'delay', from: event.data.from, to: event.data.to, delay: event.data.delayMicros }
    case 'LinkLossy':
      return { kind: 'loss', from: event.data.from, to: event.data.to, lossPpm: event.data.lossPpm }
    case 'DiskSlowed':
      return { kind: 'slow-disk', host: event.data.host, factor: event.data.factor }
    case 'DiskFilled':
      return { kind: 'full-disk', host: event.data.host }
    case 'EtcdBackedUp':
      return { kind: 'backup', process: event.data.process }
    case 'EtcdRestoreBegun':
      return { kind: 'restore', process: event.data.process, bump: event.data.bump }
    case 'ClockSkewed':
      return { kind: 'skew', host: event.data.host, by: event.data.skewMicros }
    default:
      return undefined
  }
}
