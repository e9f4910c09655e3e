/**
 * Goal: a delete whose preconditions do not hold names the kind as upstream does, also that of a custom resource.
 * Method: the rows of a built-in and of a custom kind, an object of another uid, the text of the refusal.
 */
import { expect, test } from 'vitest'
import { preconditionsBroken } from '../../../src/actors/apiserver/registry/delete-options.ts'
import { kindRow } from '../../../src/kubernetes/registry.ts'
import { meta } from './admission-world.ts'

test.each([
  [kindRow('Pod'), 'Pod "p"'],
  [kindRow('Deployment'), 'Deployment.apps "p"'],
  [{ ...kindRow('boats.example.com'), objectKind: 'Boat' }, 'Boat.example.com "p"'],
])('%#', (row, named) => {
  expect(preconditionsBroken({ uid: 'other' }, row, meta('p'))?.message).toContain(
    `Operation cannot be fulfilled on ${named}: the UID in the precondition (other) does not match`,
  )
  expect(preconditionsBroken({ uid: 'uid-p' }, row, meta('p'))).toBeUndefined()
})
