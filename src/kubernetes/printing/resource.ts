/** Dynamic resource allocation as rows. Source: pkg/printers/internalversion/printers.go (v1.36). */
import type { Draft } from '../draft.ts'
import type { ResourceClaim, ResourceSlice } from '../types/resource.ts'
import { age } from './age.ts'
import { nameOf } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME } from './table.ts'

export const resourceClaims = printer<ResourceClaim>([NAME, column('State'), AGE], (claim, now) => [
  nameOf(claim),
  claimState(claim),
  age(claim, now),
])

function claimState({ metadata, status }: Draft<ResourceClaim>): string {
  const deleted = metadata?.deletionTimestamp !== undefined
  if (status?.allocation === undefined) return deleted ? 'deleted' : 'pending'
  const states = [...(deleted ? ['deleted'] : []), 'allocated']
  return (status.reservedFor ?? []).length === 0 ? states.join(',') : [...states, 'reserved'].join(',')
}

export const resourceSlices = printer<ResourceSlice>(
  [NAME, column('Node'), column('Driver'), column('Pool'), AGE],
  ({ metadata, spec }, now) => [
    nameOf({ metadata }),
    spec?.nodeName ?? '',
    spec?.driver ?? '',
    spec?.pool?.name ?? '',
    age({ metadata }, now),
  ],
)
