import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

/** Between cloud-controller-manager and the cloud. `call` pairs an answer with its question. */
export const cloudEvents = {
  CloudRequested: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A controller asks the cloud about an instance, or for a load balancer to be made, changed or removed. `name` is that of the instance or the balancer.',
    data: t.intersection([
      t.type({
        call: t.number,
        op: t.keyof({ instance: 1, ensureLoadBalancer: 1, updateLoadBalancer: 1, deleteLoadBalancer: 1 }),
        name: t.string,
      }),
      t.partial({
        /** Nodes behind a balancer. */
        nodes: t.readonlyArray(t.string),
        ports: t.readonlyArray(t.number),
      }),
    ]),
  }),
  CloudAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'The cloud answers: with `problem` it could not. An instance that is not named does not exist.',
    data: t.intersection([
      t.type({ call: t.number }),
      t.partial({
        problem: t.string,
        /** Of a balancer. */
        address: t.string,
        instance: t.type({
          id: t.string,
          type: t.string,
          zone: t.string,
          region: t.string,
          running: t.boolean,
        }),
      }),
    ]),
  }),
}
