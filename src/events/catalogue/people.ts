import * as t from 'io-ts'
import { defineEvent } from '../define.ts'

const verb = t.keyof({ get: 1, list: 1, create: 1, update: 1, patch: 1, delete: 1, deletecollection: 1 })

/** What people and scripts do: the inputs of a run besides its faults. */
export const peopleEvents = {
  KubectlInvoked: defineEvent({
    class: 'command',
    v: 1,
    doc: 'Somebody asks for objects to be applied (created, or patched to what the manifest says), or for one API call.',
    data: t.intersection([
      t.type({ invocation: t.number }),
      t.partial({
        apply: t.array(t.UnknownRecord),
        /** By server-side apply. */
        serverSide: t.literal(true),
        call: t.intersection([
          t.type({ verb, kind: t.string }),
          t.partial({
            namespace: t.string,
            name: t.string,
            subresource: t.string,
            patchType: t.keyof({ json: 1, merge: 1, strategic: 1, apply: 1 }),
            body: t.unknown,
            options: t.UnknownRecord,
          }),
        ]),
      }),
    ]),
  }),
  KubectlAnswered: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'One line of what kubectl prints: what became of an object.',
    data: t.intersection([
      t.type({ invocation: t.number, object: t.string, outcome: t.string, code: t.number }),
      t.partial({ message: t.string }),
    ]),
  }),
  KubectlFinished: defineEvent({
    class: 'fact',
    v: 1,
    doc: 'An invocation is over; the exit code is 0 when everything was accepted.',
    data: t.type({ invocation: t.number, exitCode: t.number }),
  }),
}
