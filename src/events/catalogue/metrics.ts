import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

/** What the metrics APIs need to know of each other: the API server passes questions on, metrics-server scrapes kubelets. */
export const metricsEvents = {
  MetricsRequested: defineEvent({
    class: 'message',
    v: 1,
    doc: 'An API server passes on a read of an aggregated metrics API: `group` says of which, `resource` of what, `metric` which one where the API has several.',
    data: t.intersection([
      t.type({ call: t.string, group: t.string, resource: t.string }),
      t.partial({
        namespace: t.string,
        name: t.string,
        metric: t.string,
        labelSelector: t.string,
        /** Whoever asks has the time to wait until something is known. */
        waits: t.literal(true),
      }),
    ]),
  }),
  MetricsAnswered: defineEvent({
    class: 'message',
    v: 1,
    doc: 'A metrics API answers: with `object`, or with `status` that says why not.',
    data: t.intersection([
      t.type({ call: t.string, code: t.number }),
      t.partial({ object: t.unknown, status: t.unknown }),
    ]),
  }),
  UsageRequested: defineEvent({
    class: 'message',
    v: 1,
    doc: 'Somebody asks a kubelet, and that its machine, what the running containers have used.',
    data: t.type({ scrape: t.number }),
  }),
  UsageReported: defineEvent({
    class: 'message',
    v: 1,
    doc: 'What the running containers of a machine have used: processor time since their start, memory now.',
    data: t.type({
      scrape: t.number,
      containers: t.array(
        t.type({
          namespace: t.string,
          pod: t.string,
          name: t.string,
          task: t.string,
          cpuMicros: t.number,
          memoryBytes: t.number,
        }),
      ),
    }),
  }),
}
