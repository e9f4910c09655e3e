import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

/** What the kernel itself tells: processes, timers, connections, disks. */
export const kernelEvents = {
  RunStarted: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'The first event: which seed and options make this log.',
    data: t.type({ seed: t.number, options: t.UnknownRecord }),
  }),
  ProcessStarted: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A process runs (again); its actors begin with what their disk holds.',
    data: t.type({ process: t.string, host: t.string, incarnation: t.number }),
  }),
  ProcessExited: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A process ended by itself or was killed; what it had in memory is gone.',
    data: t.type({ process: t.string, host: t.string, reason: t.string }),
  }),
  TimerFired: defineEvent({
    class: 'timer',
    v: 1,
    doc: 'An alarm that an actor had set for itself is due. `key` tells apart alarms of one name.',
    data: t.type({ name: t.string, key: t.string }),
  }),
  ConnectionLost: defineEvent({
    class: 'message',
    v: 1,
    doc: 'The network tells an actor that its connection to a peer is broken: reset by the peer or silent for too long.',
    data: t.type({ peer: t.string, reason: t.union([t.literal('reset'), t.literal('timeout')]) }),
  }),
  DiskSynced: defineEvent({
    class: 'message',
    v: 1,
    doc: 'Everything that an actor had written to its disk up to `position` is durable.',
    data: t.type({ position: t.number }),
  }),
  DiskFailed: defineEvent({
    class: 'message',
    v: 1,
    doc: 'The disk refused a write.',
    data: t.type({ position: t.number, reason: t.string }),
  }),
}
