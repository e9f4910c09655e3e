import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

/** What the load balancer in front of the API servers knows of them, and what its operator tells it. */
export const loadBalancingEvents = {
  BackendStateRequested: defineEvent({
    class: 'command',
    v: 1,
    doc: 'The operator of a load balancer takes a backend out of it or puts it back: `drain` gives it no new connections and leaves it those that it has.',
    data: t.type({ backend: t.string, state: t.keyof({ ready: 1, drain: 1 }) }),
  }),
  BackendDown: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A load balancer has seen a backend fail as many checks as it takes, and gives it no more connections; `sessions` is how many were broken.',
    data: t.type({ backend: t.string, why: t.string, sessions: t.number }),
  }),
  BackendUp: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A load balancer has seen a backend pass as many checks as it takes, and gives it connections again.',
    data: t.type({ backend: t.string }),
  }),
  BackendStateChanged: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A load balancer has taken a backend out, or put it back, because its operator said so; `sessions` is how many connections the backend keeps.',
    data: t.type({ backend: t.string, state: t.keyof({ ready: 1, drain: 1 }), sessions: t.number }),
  }),
}
