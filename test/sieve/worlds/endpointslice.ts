import { endpointSliceController } from '../../../src/actors/controllers/endpointslice/endpointslice.ts'
import { readyNode, readyPod } from '../objects.ts'
import type { SmallWorld } from '../world.ts'
import { podsComeAndGo, service } from './endpoint.ts'

/** Pods come, fail to be ready, and go; one slice is enough. */
export const endpointSlice: SmallWorld = {
  name: 'endpointslice-controller',
  controllers: () => [endpointSliceController],
  given: [readyNode('node-1'), service, readyPod('web-1')],
  steps: 8,
  script: podsComeAndGo,
  outcome: (object) => {
    const { endpoints } = object as { readonly endpoints?: readonly { readonly addresses: readonly string[] }[] }
    const first = ({ addresses }: { readonly addresses: readonly string[] }): string => addresses[0] ?? ''
    const sorted = endpoints?.toSorted((a, b) => (first(a) < first(b) ? -1 : 1))
    return { ...object, endpoints: sorted, metadata: { ...object.metadata, annotations: {} } }
  },
  never: (stage) => (stage.list('EndpointSlice').length > 1 ? 'two slices' : undefined),
}
