import type { EventOf, LogEvent, Seq } from '../../src/events/envelope.ts'

const NODES = 500
const API_SERVERS = 3
const PODS = 1_000

/** A log of `length` ordinary events of four types, one in four of them a fact; the same at every call. */
export const plainLog = (length: number): LogEvent[] => Array.from({ length }, (_, index) => plainEvent(index + 1))

/** Event `seq` of every plain log. */
export const plainEvent = (seq: Seq): LogEvent => {
  const kubelet = `kubelet/node-${seq % NODES}`
  const apiserver = `kube-apiserver/${seq % API_SERVERS}`
  const at = seq * 7
  const cause = seq >>> 1
  switch (seq % 4) {
    case 0:
      return {
        ...{ seq, at, by: apiserver, to: kubelet, cause, type: 'WatchPushed', v: 1 },
        data: { watch: seq % 100, kind: 'Pod', revision: seq, change: 'MODIFIED' },
      } satisfies EventOf<'WatchPushed'>
    case 1:
      return {
        ...{ seq, at, by: kubelet, to: kubelet, cause, type: 'TimerFired', v: 1 },
        data: { name: 'sync', key: `default/web-${seq % PODS}` },
      } satisfies EventOf<'TimerFired'>
    case 2:
      return {
        ...{ seq, at, by: apiserver, to: kubelet, cause, type: 'ApiResponded', v: 1 },
        data: { request: seq, code: 200, revision: seq, name: `web-${seq % PODS}` },
      } satisfies EventOf<'ApiResponded'>
    default:
      return {
        ...{ seq, at, by: 'kernel', cause, type: 'ProcessStarted', v: 1 },
        data: { process: kubelet, host: `node-${seq % NODES}`, incarnation: seq },
      } satisfies EventOf<'ProcessStarted'>
  }
}
