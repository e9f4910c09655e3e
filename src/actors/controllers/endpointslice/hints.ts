import type { EndpointSlice, Service } from '../../../kubernetes/types/networking.ts'
import type { SliceDraft } from './slices.ts'
import { hinted, hintsOf, lacksHints, NO_HINTS, type HintFor } from './traffic-distribution.ts'

/** A Service's slices: what is to be written, and what stands as it should but for its hints. */
export interface Hintable {
  readonly create: readonly SliceDraft[]
  readonly update: readonly SliceDraft[]
  readonly unchanged: readonly EndpointSlice[]
}

/** What is to be written, with its hints; a slice that only lacks those is written too. */
export type Hinted = Pick<Hintable, 'create' | 'update'>

/** As the Service's `spec.trafficDistribution` asks for them. Source: trafficdist.go, ReconcileHints (v1.36). */
export const distributedHints = (service: Service, slices: Hintable): Hinted => withHints(slices, hintsOf(service))

/** Source: topologycache/utils.go, RemoveHintsFromSlices (v1.36). */
export const withoutAnyHints = (slices: Hintable): Hinted => withHints(slices, NO_HINTS)

/** A slice that stands, to be written again. */
export const draftOf = (slice: EndpointSlice): SliceDraft => ({
  ...slice,
  metadata: { ...slice.metadata },
  ports: slice.ports,
})

const withHints = ({ create, update, unchanged }: Hintable, hintFor: HintFor): Hinted => {
  const lacking = unchanged.filter(({ endpoints }) => lacksHints(endpoints ?? [], hintFor)).map(draftOf)
  const tell = (draft: SliceDraft): SliceDraft => ({
    ...draft,
    endpoints: draft.endpoints?.map((endpoint) => hinted(endpoint, hintFor)) ?? null,
  })
  return { create: create.map(tell), update: [...update, ...lacking].map(tell) }
}
