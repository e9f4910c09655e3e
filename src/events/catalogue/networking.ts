import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

const endpoint = t.type({ ip: t.string, port: t.number })

/** Where the machine's packet filter sends what is addressed to one Service port. */
export const forwardingRule = t.intersection([
  t.type({
    /** `10.96.0.10:53`, or `*:30080` for a node port. */
    address: t.string,
    /** `namespace/name:port`, for people. */
    service: t.string,
    endpoints: t.array(endpoint),
  }),
  /** Session affinity by client address. */
  t.partial({ affinitySeconds: t.number }),
])

/** Names, Services and requests: the traffic of workloads. */
export const networkingEvents = {
  ProgramRules: defineEvent({
    class: 'command',
    v: 1,
    doc: 'kube-proxy writes forwarding rules into its machine’s packet filter.',
    data: t.type({
      /** Replaces all rules; else only those named here. */
      all: t.boolean,
      set: t.array(forwardingRule),
      removed: t.array(t.string),
    }),
  }),
  KubeProxySynced: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'The rules of a node changed in effect: how many were written and removed.',
    data: t.type({ written: t.number, removed: t.number, tookMicros: t.number }),
  }),
  DnsQueried: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A machine asks cluster DNS for a name, as a process in `namespace` would.',
    data: t.type({ query: t.string, name: t.string, namespace: t.string }),
  }),
  DnsAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'Cluster DNS answers with addresses, or that there is no such name.',
    data: t.intersection([
      t.type({
        query: t.string,
        code: t.keyof({ NOERROR: 1, NXDOMAIN: 1, SERVFAIL: 1 }),
        addresses: t.array(t.string),
      }),
      /** An ExternalName Service: the name to ask for instead. */
      t.partial({ canonical: t.string }),
    ]),
  }),
  CallRequested: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A process asks its machine to reach a name (or address) and port and to wait for an answer.',
    data: t.type({ call: t.number, host: t.string, port: t.number, namespace: t.string, timeoutMicros: t.number }),
  }),
  CallAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'How a call ended. `pod` is who served it, `reason` why nobody did.',
    data: t.intersection([t.type({ call: t.number }), t.partial({ pod: t.string, reason: t.string })]),
  }),
  RequestForwarded: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A request travels to the machine of the Pod that shall answer it.',
    data: t.type({ request: t.string, ip: t.string, port: t.number }),
  }),
  RequestAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A Pod, or for lack of one its machine, answers a request.',
    data: t.intersection([t.type({ request: t.string }), t.partial({ pod: t.string, reason: t.string })]),
  }),
  RequestServed: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A client got what it asked a Service for.',
    data: t.type({ client: t.string, service: t.string, pod: t.string, tookMicros: t.number }),
  }),
  RequestFailed: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'A client did not get what it asked a Service for.',
    data: t.type({ client: t.string, service: t.string, reason: t.string, tookMicros: t.number }),
  }),
}
