import type { Micros } from '../../../events/envelope.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { compareQuantities } from '../../../kubernetes/quantity.ts'
import { addLists, maskList } from '../../../kubernetes/quota/lists.ts'
import { isInScopes } from '../../../kubernetes/quota/scopes.ts'
import { countedNames, usageOf } from '../../../kubernetes/quota/usage.ts'
import { kindRow } from '../../../kubernetes/registry.ts'
import type { ResourceQuota } from '../../../kubernetes/types/core.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'
import type { View } from '../../../kubernetes/view.ts'

/**
 * What is used of what a quota limits. Of names that nobody can count the last known amount stays.
 * Source: apiserver/pkg/quota/v1/resources.go, CalculateUsage; resource_quota_controller.go, syncResourceQuota (v1.36).
 */
export const measured = (quota: ResourceQuota, kinds: readonly Kind[], view: View, now: Micros): ResourceList => {
  const names = Object.keys(quota.spec.hard ?? {})
  let used: ResourceList = {}
  for (const kind of kinds) {
    const row = kindRow(kind)
    const counted = countedNames(names, row)
    if (counted.length === 0) continue
    used = addLists(used, Object.fromEntries(counted.map((name) => [name, '0'])))
    for (const object of view.indexed(kind, 'namespace', quota.metadata.namespace ?? '')) {
      if (isInScopes(quota, object)) used = addLists(used, maskList(usageOf(object, row, now), counted))
    }
  }
  return maskList({ ...quota.status?.used, ...used }, names)
}

/** Whether two lists name the same amounts, however they are written. */
export const sameAmounts = (a: ResourceList, b: ResourceList): boolean => {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const other = b[name]
      return other !== undefined && compareQuantities(a[name] ?? '0', other) === 0
    })
  )
}
