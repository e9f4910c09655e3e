import type { Service } from '../../kubernetes/types/networking.ts'
import { describeDeletion, same } from './lifecycle.ts'

/** A Service's addresses and whom it selects; whether anybody answers is told by its slices. */
export const describeService = (before: Service | undefined, after: Service | undefined): readonly string[] => {
  if (after === undefined) return describeDeletion(before, after)
  if (before === undefined) return [`created, ${after.spec.type ?? 'ClusterIP'}`]
  const lines: string[] = []
  if (!same(before.spec.selector, after.spec.selector)) lines.push(`selects ${selectorText(after.spec.selector)}`)
  const was = addresses(before)
  const is = addresses(after)
  if (was !== is) lines.push(is === '' ? 'load balancer lost' : `load balancer ${is}`)
  lines.push(...describeDeletion(before, after))
  return lines
}

const addresses = (service: Service): string =>
  (service.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '').join(', ')

const selectorText = (selector: Readonly<Record<string, string>> | undefined): string => {
  const pairs = Object.entries(selector ?? {}).map(([key, value]) => `${key}=${value}`)
  return pairs.length === 0 ? 'nothing' : pairs.join(',')
}
