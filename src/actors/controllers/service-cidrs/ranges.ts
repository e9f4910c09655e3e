import type { IPAddress, ServiceCIDR } from '../../../kubernetes/types/ingress.ts'
import { parseCIDR, parseIP, rangeContains, type IPRange } from '../../../kubernetes/net.ts'

/** Which ranges hold which addresses. Source: pkg/api/servicecidr/servicecidr.go (v1.36). */

export const rangesOf = ({ spec }: ServiceCIDR): readonly IPRange[] =>
  (spec.cidrs ?? []).flatMap((cidr) => parseCIDR(cidr) ?? [])

export const containsAddress = (ranges: readonly IPRange[], text: string): boolean => {
  const address = parseIP(text)
  return address !== undefined && ranges.some((range) => rangeContains(range, address))
}

/** Whether all of `inner` lies within `outer`; a range lies within itself. */
export const containsRange = (outer: IPRange, inner: IPRange): boolean =>
  outer.prefix <= inner.prefix && rangeContains(outer, inner.address)

export const overlap = (a: ServiceCIDR, b: ServiceCIDR): boolean =>
  rangesOf(a).some((one) => rangesOf(b).some((other) => containsRange(one, other) || containsRange(other, one)))

/** Whether an API server has given an address to a Service; others are their makers' business. */
export const isOfService = ({ metadata }: IPAddress): boolean =>
  metadata.labels?.['ipaddress.kubernetes.io/managed-by'] === 'ipallocator.k8s.io'
