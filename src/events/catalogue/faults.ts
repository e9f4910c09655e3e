import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

const fault = <C extends t.Mixed>(doc: string, data: C) => defineEvent({ class: 'fault', v: 1, doc, data })

/** What chaos records. Each has a start and an end; `fault` is the number that both share. */
export const faultEvents = {
  HostPoweredOff: fault(
    'A host loses power: all its processes and unsynced bytes are gone, nobody is told.',
    t.type({ fault: t.number, host: t.string }),
  ),
  HostPoweredOn: fault('A host has power again and starts its processes.', t.type({ fault: t.number, host: t.string })),
  ProcessKilled: fault(
    'A process is killed (SIGKILL) on a host that lives on.',
    t.type({ fault: t.number, process: t.string }),
  ),
  ProcessRevived: fault('A killed process may start again.', t.type({ fault: t.number, process: t.string })),
  ProcessPaused: fault(
    'A process is stopped (SIGSTOP): it hears and does nothing.',
    t.type({ fault: t.number, process: t.string }),
  ),
  ProcessResumed: fault(
    'A paused process goes on (SIGCONT) and finds what has piled up.',
    t.type({ fault: t.number, process: t.string }),
  ),
  LinkPartitioned: fault(
    'No packet passes from `from` to `to`; `*` stands for every other host.',
    t.type({ fault: t.number, from: t.string, to: t.string, bothWays: t.boolean }),
  ),
  LinkDelayed: fault(
    'Packets between two hosts take longer.',
    t.type({ fault: t.number, from: t.string, to: t.string, delayMicros: t.number }),
  ),
  LinkLossy: fault(
    'Packets between two hosts are lost with a probability in millionths and sent again by TCP.',
    t.type({ fault: t.number, from: t.string, to: t.string, lossPpm: t.number }),
  ),
  LinkHealed: fault('A link fault ends.', t.type({ fault: t.number, from: t.string, to: t.string })),
  DiskSlowed: fault(
    'Every sync of a host’s disk takes `factor` times as long.',
    t.type({ fault: t.number, host: t.string, factor: t.number }),
  ),
  DiskFilled: fault('Writes to a host’s disk are refused.', t.type({ fault: t.number, host: t.string })),
  DiskHealed: fault('A host’s disk is as it was.', t.type({ fault: t.number, host: t.string })),
  ClockSkewed: fault(
    'A host’s clock is off by `skewMicros`.',
    t.type({ fault: t.number, host: t.string, skewMicros: t.number }),
  ),
  EtcdBackedUp: fault(
    'Somebody keeps a copy of what an etcd member holds; `revision` is the newest it includes.',
    t.type({ fault: t.number, process: t.string, revision: t.number }),
  ),
  EtcdRestoreBegun: fault(
    'Every etcd member is stopped, to start again from the newest backup or, without one, from the disk of `process`.',
    t.type({ fault: t.number, process: t.string, bump: t.number }),
  ),
  EtcdRestored: fault(
    'etcd holds what it held at `from`, and goes on at `revision`: what was written between them has not happened.',
    t.type({ fault: t.number, from: t.number, revision: t.number }),
  ),
  ClockHealed: fault('A host’s clock is right again.', t.type({ fault: t.number, host: t.string })),
}
