import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

const filtered = t.intersection([
  t.type({ plugin: t.string, reasons: t.readonlyArray(t.string), nodes: t.number }),
  t.partial({ named: t.readonlyArray(t.string) }),
])
const scored = t.intersection([
  t.type({ node: t.string, total: t.number, scores: t.readonlyArray(t.number) }),
  t.partial({ raw: t.readonlyArray(t.number) }),
])
const candidate = t.type({ node: t.string, victims: t.readonlyArray(t.string), pdbViolations: t.number })

/** What kube-scheduler decides, and why. */
export const schedulingEvents = {
  SchedulingAttempted: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'The scheduler has tried to find a node for a Pod: what each plugin left out and how it scored the rest.',
    data: t.intersection([
      t.type({
        namespace: t.string,
        pod: t.string,
        uid: t.string,
        profile: t.string,
        attempt: t.number,
        outcome: t.keyof({ scheduled: 1, unschedulable: 1, error: 1 }),
        evaluatedNodes: t.number,
        feasibleNodes: t.number,
        filtered: t.readonlyArray(filtered),
      }),
      t.partial({
        node: t.string,
        message: t.string,
        scores: t.type({
          plugins: t.readonlyArray(t.type({ name: t.string, weight: t.number })),
          scored: t.number,
          nodes: t.readonlyArray(scored),
        }),
        hint: t.string,
        nominatedNode: t.string,
        victims: t.readonlyArray(t.string),
        candidates: t.type({ found: t.number, nodes: t.readonlyArray(candidate) }),
      }),
    ]),
  }),
}
