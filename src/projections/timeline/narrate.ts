import type { EventType } from '../../events/catalogue/index.ts'
import type { EventOf, LogEvent, Micros } from '../../events/envelope.ts'
import { tellsOfCreation } from './describe.ts'
import { subject } from './subject.ts'

type Tell = { readonly [T in EventType]?: (event: EventOf<T>) => string | undefined }

const both = (bothWays: boolean): string => (bothWays ? '↔' : '→')
const host = (name: string): string => (name === '*' ? 'everyone' : name)
const millis = (time: Micros): string => `${Math.floor(time / 1_000)}ms`
const seconds = (time: Micros): string => `${Math.floor(time / 1_000_000)}s`

/** Facts and faults that are worth a line besides the changes of objects, and the line. */
const tell: Tell = {
  // Faults.
  HostPoweredOff: ({ data }) => `host ${data.host} lost power`,
  HostPoweredOn: ({ data }) => `host ${data.host} has power`,
  ProcessKilled: ({ data }) => `${data.process} killed`,
  ProcessRevived: ({ data }) => `${data.process} may start again`,
  ProcessPaused: ({ data }) => `${data.process} paused`,
  ProcessResumed: ({ data }) => `${data.process} resumed`,
  LinkPartitioned: ({ data }) => `network cut: ${host(data.from)} ${both(data.bothWays)} ${host(data.to)}`,
  LinkDelayed: ({ data }) => `network delayed by ${millis(data.delayMicros)}: ${host(data.from)} ↔ ${host(data.to)}`,
  LinkLossy: ({ data }) => `network loses ${data.lossPpm} ppm: ${host(data.from)} ↔ ${host(data.to)}`,
  LinkHealed: ({ data }) => `network healed: ${host(data.from)} ↔ ${host(data.to)}`,
  DiskSlowed: ({ data }) => `disk of ${data.host} is ${data.factor} times slower`,
  DiskFilled: ({ data }) => `disk of ${data.host} is full`,
  DiskHealed: ({ data }) => `disk of ${data.host} is well`,
  ClockSkewed: ({ data }) => `clock of ${data.host} is off by ${millis(data.skewMicros)}`,
  EtcdBackedUp: ({ data }) => `etcd backed up at revision ${data.revision} from ${data.process}`,
  EtcdRestoreBegun: () => 'etcd stopped to be restored',
  EtcdRestored: ({ data }) => `etcd restored to revision ${data.from}, goes on at ${data.revision}`,
  ClockHealed: ({ data }) => `clock of ${data.host} is right`,
  // Processes.
  ProcessStarted: ({ data }) => (data.incarnation > 1 ? `${data.process} started again on ${data.host}` : undefined),
  ProcessExited: ({ data }) => `${data.process} exited: ${data.reason}`,
  // etcd.
  LeaderElected: ({ data }) => `etcd member ${data.member} leads term ${data.term}`,
  EtcdAlarmRaised: ({ data }) => `etcd alarm ${data.kind} on member ${data.member}: no more writes`,
  EtcdAlarmDisarmed: ({ data }) => `etcd alarm ${data.kind} on member ${data.member} disarmed`,
  MemberAdded: ({ data }) => `etcd member ${data.member} added`,
  MemberRemoved: ({ data }) => `etcd member ${data.member} removed`,
  // Control plane.
  LeaseAcquired: ({ data }) => `${data.holder} leads by lease ${data.lease}`,
  BackendDown: ({ by, data }) => `${data.backend} is down for ${by}: ${data.why}, ${data.sessions} connections broken`,
  BackendUp: ({ by, data }) => `${data.backend} is up for ${by}`,
  BackendStateChanged: ({ by, data }) =>
    data.state === 'drain'
      ? `${data.backend} gets no new connections from ${by}, keeps ${data.sessions}`
      : `${data.backend} gets connections from ${by} again`,
  NodeHeartbeatMissed: ({ data }) => `node/${data.node} silent for ${seconds(data.silentMicros)}`,
  TolerationExpired: ({ data }) =>
    `${subject({ kind: 'Pod', ...data })} tolerated ${data.taint} on ${data.node} for ${data.seconds}s, no longer`,
  // Nodes.
  ImagePullFailed: ({ data }) => `cannot pull ${data.image}: ${data.message}`,
  // People.
  KubectlAnswered: ({ data }) => {
    const [kind = ''] = data.object.split('/')
    if (data.outcome === 'created' && tellsOfCreation(kind)) return undefined
    return `${data.object} ${data.outcome}${data.message === undefined ? '' : `: ${data.message}`}`
  },
}

/** Types that can have a line. */
export const narrated = Object.keys(tell) as readonly EventType[]

/** The line for an event; undefined when it is not worth one. */
export const narrate = (event: LogEvent): string | undefined =>
  // The teller that stands under a type takes the events of that type.
  (tell[event.type] as ((event: LogEvent) => string | undefined) | undefined)?.(event)
