/** Defaults of LimitRanges. Source: pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem (v1.36). */
import type { LimitRange, LimitRangeItem } from '../types/core.ts'
import type { Draft } from '../draft.ts'
import { withMembers } from '../with-members.ts'

export function defaultLimitRange(range: Draft<LimitRange>): Draft<LimitRange> {
  const limits = range.spec?.limits
  return limits === undefined
    ? range
    : withMembers(range, { spec: withMembers(range.spec ?? {}, { limits: limits.map(defaultItem) }) })
}

/** A container's default limit is the most, its default request that limit, else the least. */
function defaultItem(item: Draft<LimitRangeItem>): Draft<LimitRangeItem> {
  if (item.type !== 'Container') return item
  const limits = { ...item.max, ...item.default }
  const requests = { ...item.min, ...limits, ...item.defaultRequest }
  return withMembers(item, {
    ...(Object.keys(limits).length === 0 ? {} : { default: limits }),
    ...(Object.keys(requests).length === 0 ? {} : { defaultRequest: requests }),
  })
}
