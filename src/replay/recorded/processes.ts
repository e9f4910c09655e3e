import type { Cluster } from '../../cluster.ts'
import type { ProcessRef } from '../../cluster/fault.ts'
import type { Micros } from '../../events/envelope.ts'
import { millis, seconds } from '../../events/time.ts'
import type { Incident } from './recording.ts'
import { isRecord, type Write } from './writes.ts'

/** Kills and starts again what was killed and started again, at its time. */
export const restartProcesses = (cluster: Cluster, incident: Incident): void => {
  killProcesses(cluster, incident)
  sleepUntilLed(cluster, incident)
}

/** What a write takes on a machine of ours: a sync of 0.8 to 1.6 ms and some work. */
const OWN_WRITE: Micros = 1_500

/**
 * How fast the recorded machine was is outside too. All programs ran on one that was busy, so each word between two of them took
 * longer: by half of what half of its writes took more than ours do, as a write is one word to etcd and one back. Only this one
 * number of the recording is used.
 */
export const slowDown = (cluster: Cluster, { writes }: Incident): void => {
  const taken = writes.filter(({ code, took }) => code < 300 && took > 0).map(({ took }) => took)
  const median = taken.toSorted((a, b) => a - b)[Math.floor(taken.length / 2)] ?? 0
  const by = Math.floor((median - OWN_WRITE) / 2)
  if (by > 0) cluster.inject({ kind: 'delay', from: MACHINE, to: MACHINE, delay: by }, { at: 0 })
}

/**
 * In which order the controllers of the process that was started last asked for their tokens: they begin all together, and who
 * comes first is chance.
 */
export const recordedBeginning = ({ infra, writes }: Incident): readonly string[] => {
  const from = infra.findLast(({ action }) => action === 'controller-manager-start')?.at ?? 0
  return writes
    .filter((write) => write.at > from && write.user === MANAGER_USER && write.subresource === 'token')
    .map(({ name }) => name)
}

/** The machine of the control plane. */
const MACHINE = 'cp-1'
const MANAGER_USER = 'system:kube-controller-manager'
const MANAGER: ProcessRef = 'kube-controller-manager/0'
const SCHEDULER: ProcessRef = 'kube-scheduler/0'
/** A new process looks at the Lease before it sleeps. */
const AWAKE: Micros = seconds(1)
/** A process that waits for the Lease looks again within 4.4 s; a pause of this length ends as TCP sends again. */
const ROUND: Micros = millis(6_200)
/** Our supervisor's own delay before it starts a process. */
const RESTART: Micros = seconds(2)
/** From the look at the Lease to the Event that says who leads. */
const ELECTION: Micros = millis(3)

const isElection = ({ row, body }: Write): boolean =>
  row.kind === 'Event' && isRecord(body) && body['reason'] === 'LeaderElection'

const PROGRAMS: Readonly<Record<string, ProcessRef>> = {
  'controller-manager': MANAGER,
  scheduler: SCHEDULER,
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
 * When a program begins is outside: how long its start takes is the machine's doing, and when it looks at the Lease again is
 * drawn. It sleeps until it told then that it leads.
 */
const sleepUntilLed = (cluster: Cluster, incident: Incident): void => {
  for (const [program, process] of ELECTED) sleepUntil(cluster, incident, program, process)
}

const ELECTED: readonly (readonly [string, ProcessRef])[] = [
  ['controller-manager', MANAGER],
  ['scheduler', SCHEDULER],
]

const sleepUntil = (cluster: Cluster, { infra, writes }: Incident, program: string, process: ProcessRef): void => {
  for (const [index, { at, action }] of infra.entries()) {
    if (action !== 'control-plane-start' && action !== `${program}-start`) continue
    const end = infra.slice(index + 1).find((later) => later.action === `${program}-kill`)?.at ?? Infinity
    const user = `system:kube-${program}`
    const led = writes.find((write) => write.at > at && write.at < end && write.user === user && isElection(write))
    if (led === undefined) continue
    const until = led.at - ELECTION
    // Who was started again has to have seen the Lease for as long as that is valid, so it must not sleep from the beginning.
    const from = action === 'control-plane-start' ? at : Math.max(at + AWAKE, until - ROUND)
    if (until > from) cluster.inject({ kind: 'pause', process }, { at: from, for: until - from })
  }
}
