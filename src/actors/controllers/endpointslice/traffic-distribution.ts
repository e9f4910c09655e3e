import { sameJson } from '../../../kubernetes/hash.ts'
import { isEndpointReady } from '../../../kubernetes/endpoint-slices.ts'
import type { Endpoint, EndpointHints, Service } from '../../../kubernetes/types/networking.ts'

/** What proxies should be told of whom an endpoint is for; undefined where nothing. */
export type HintFor = (endpoint: Endpoint) => EndpointHints | undefined

export const NO_HINTS: HintFor = () => undefined

/** Each ready endpoint is for its own zone, or for its own node and zone. Source: trafficdist.go, preferCloseHeuristic (v1.36). */
const closeBy =
  (isForNodes: boolean): HintFor =>
  ({ nodeName, zone }) => {
    const hints: EndpointHints = {
      ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
      ...(isForNodes && nodeName !== undefined ? { forNodes: [{ name: nodeName }] } : {}),
    }
    return Object.keys(hints).length === 0 ? undefined : hints
  }

/** Source: staging/src/k8s.io/endpointslice/reconciler.go, validTrafficDistribution (v1.36). */
export const hintsOf = ({ spec }: Service): HintFor => {
  switch (spec.trafficDistribution) {
    case 'PreferClose':
    case 'PreferSameZone':
      return closeBy(false)
    case 'PreferSameNode':
      return closeBy(true)
    default:
      return NO_HINTS
  }
}

/** Whether endpoints that are otherwise as they should be have to be written for their hints. Source: trafficdist.go, needsUpdate. */
export const lacksHints = (endpoints: readonly Endpoint[], hintFor: HintFor): boolean =>
  endpoints.some((endpoint) =>
    isLeftAlone(endpoint, hintFor) ? false : !sameJson(endpoint.hints ?? null, hintFor(endpoint) ?? null),
  )

/** Source: trafficdist.go, update. */
export const hinted = (endpoint: Endpoint, hintFor: HintFor): Endpoint => {
  if (isLeftAlone(endpoint, hintFor)) return endpoint
  const { hints: _before, ...bare } = endpoint
  const hints = hintFor(endpoint)
  return hints === undefined ? bare : { ...bare, hints }
}

/** Where hints are given, what is not ready keeps what it has. */
const isLeftAlone = (endpoint: Endpoint, hintFor: HintFor): boolean =>
  hintFor !== NO_HINTS && !isEndpointReady(endpoint)
