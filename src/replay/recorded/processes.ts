import type { Cluster } from '../../cluster.ts'
import type { ProcessRef } from '../../cluster/fault.ts'
import type { Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import { isInside } from './inside.ts'
import type { Incident } from './recording.ts'
import type { Write } from './writes.ts'

/** Kills and starts again what was killed and started again, at its time. */
export const restartProcesses = (cluster: Cluster, incident: Incident): void => {
  killProcesses(cluster, incident)
  sleepUntilLed(cluster, incident)
}

const MANAGER: ProcessRef = 'kube-controller-manager/0'
/** A new process looks at the Lease before it sleeps. */
const AWAKE: Micros = seconds(1)
/** A process that waits for the Lease looks again within 4.4 s; a pause of this length ends as TCP sends again. */
const ROUND: Micros = millis(6_200)
/** Our supervisor's own delay before it starts a process. */
const RESTART: Micros = seconds(2)
/** What lies between the Lease and the first write: caches are filled. */
const SYNC: Micros = millis(3)

const isController = ({ user, code }: Write): boolean =>
  code < 300 && isInside(user) && user.startsWith('system:serviceaccount:')

const PROGRAMS: Readonly<Record<string, ProcessRef>> = {
  'controller-manager': MANAGER,
  scheduler: 'kube-scheduler/0',
  apiserver: 'kube-apiserver/0',
  etcd: 'etcd/1',
}

const killProcesses = (cluster: Cluster, { infra }: Incident): void => {
  for (const [index, { at, action }] of infra.entries()) {
    const [, program = '', what] = /^(.*)-(kill|stop)$/.exec(action) ?? []
    const process = PROGRAMS[program]
    if (process === undefined || what === undefined) continue
    const back = infra.slice(index).find((later) => later.action === `${program}-start`)
    cluster.inject(
      { kind: 'kill', process },
      { at, ...(back === undefined ? {} : { for: Math.max(back.at - at - RESTART, millis(1)) }) },
    )
  }
}

/**
 * When a controller manager that was started again begins is outside: how long its start takes is the machine's doing, and when
 * it looks at the Lease again is drawn. It sleeps until its controllers wrote first then.
 */
const sleepUntilLed = (cluster: Cluster, { infra, writes }: Incident): void => {
  for (const [index, { at, action }] of infra.entries()) {
    if (action !== 'controller-manager-start') continue
    const end = infra.slice(index + 1).find((later) => later.action === 'controller-manager-kill')?.at ?? Infinity
    const first = writes.find((write) => write.at > at && write.at < end && isController(write))
    if (first === undefined) continue
    const until = first.at - SYNC
    // It has to have seen the Lease for as long as that is valid, so it must not sleep from the beginning.
    const from = Math.max(at + AWAKE, until - ROUND)
    if (until > from) cluster.inject({ kind: 'pause', process: MANAGER }, { at: from, for: until - from })
  }
}
