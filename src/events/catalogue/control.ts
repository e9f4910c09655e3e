import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

/** What control-plane components know and no object shows. */
export const controlEvents = {
  LeaseAcquired: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'An instance of a component won its leader election and begins to work.',
    data: t.type({ lease: t.string, holder: t.string }),
  }),
  NodeHeartbeatMissed: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'The node-lifecycle-controller has seen no sign of life from a node for its grace period. An absence has no cause in the log.',
    data: t.type({ node: t.string, lastRenewMicros: t.number, silentMicros: t.number }),
  }),
  TolerationExpired: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A Pod has stayed on a tainted node for as long as it tolerates; it will be deleted.',
    data: t.type({
      namespace: t.string,
      name: t.string,
      uid: t.string,
      node: t.string,
      taint: t.string,
      seconds: t.number,
    }),
  }),
}
