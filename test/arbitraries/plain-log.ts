import type { EventData, EventType } from '../../src/events/catalogue/index.ts'
import type { ActorId, EventOf, LogEvent, Seq } from '../../src/events/envelope.ts'

/** Names are made once and shared, as a cluster shares the ids of its actors. */
const named = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, index) => prefix + index)
const nodes = named(500, 'node-')
const kubelets = named(500, 'kubelet/node-')
const apiservers = named(3, 'kube-apiserver/')
const pods = named(1_000, 'web-')
const podKeys = named(1_000, 'default/web-')

const pick = (names: readonly string[], seq: Seq): string => names[seq % names.length] ?? ''

/** A log of `length` ordinary events of four types, one in four of them a fact; the same at every call. */
export const plainLog = (length: number): LogEvent[] => Array.from({ length }, (_, index) => plainEvent(index + 1))

/** Event `seq` of every plain log. */
export const plainEvent = (seq: Seq): LogEvent => {
  const kubelet = pick(kubelets, seq)
  const apiserver = pick(apiservers, seq)
  switch (seq % 4) {
    case 0:
      return event(seq, apiserver, kubelet, 'WatchPushed', {
        watch: seq % 100,
        kind: 'Pod',
        revision: seq,
        change: 'MODIFIED',
      })
    case 1:
      return event(seq, kubelet, kubelet, 'TimerFired', { name: 'sync', key: pick(podKeys, seq) })
    case 2:
      return event(seq, apiserver, kubelet, 'ApiResponded', {
        request: seq,
        code: 200,
        revision: seq,
        name: pick(pods, seq),
      })
    default:
      return event(seq, 'kernel', undefined, 'ProcessStarted', {
        process: kubelet,
        host: pick(nodes, seq),
        incarnation: seq,
      })
  }
}

/** One literal, so that the events are as small and as much alike as those of the kernel. */
const event = <T extends EventType>(
  seq: Seq,
  by: ActorId,
  to: ActorId | undefined,
  type: T,
  data: EventData<T>,
): LogEvent => {
  const made: EventOf<T> = { seq, at: seq * 7, by, to, cause: seq >>> 1, type, v: 1, data }
  // T is one member of the union, which TypeScript cannot follow through a generic.
  return made as LogEvent
}
