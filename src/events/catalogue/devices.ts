import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

/** A claim's key: `namespace/name`. */
const claims = t.readonlyArray(t.string)

/**
 * On a node: the kubelet asks a DRA driver's plugin (the dynamic resource allocation API, without its gRPC). `call` pairs an
 * answer with its question.
 */
export const deviceEvents = {
  NodePrepareResources: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A kubelet asks a driver to make the devices of claims ready for a Pod.',
    data: t.type({ call: t.number, pod: t.string, claims }),
  }),
  NodeResourcesPrepared: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A driver has made the devices of claims ready.',
    data: t.type({ call: t.number, claims }),
  }),
  NodeUnprepareResources: defineEvent({
    class: 'command',
    v: 1,
    doc: 'A kubelet asks a driver to take back what it did for claims: no Pod of the node uses them any more.',
    data: t.type({ call: t.number, claims }),
  }),
  NodeResourcesUnprepared: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A driver has taken back what it did for claims.',
    data: t.type({ call: t.number, claims }),
  }),
  DeviceCallRefused: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A driver could not do what a kubelet asked.',
    data: t.type({ call: t.number, message: t.string }),
  }),
}
