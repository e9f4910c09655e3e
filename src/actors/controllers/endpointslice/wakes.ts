import { seconds } from '../../../events/time.ts'
import type { Wake } from '../../../engine/client/controller.ts'
import { keyFor } from '../../../engine/client/keys.ts'
import type { EndpointSlice } from '../../../kubernetes/types/networking.ts'
import type { Change } from '../../../kubernetes/view.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import { CONTROLLER, MANAGED_BY, SERVICE_NAME } from './slices.ts'
import type { SliceTracker } from './tracker.ts'
import { isNodeReady, ZONE } from './zone-cpu.ts'

/** Source: endpointslice_controller.go, endpointSliceChangeMinSyncDelay. */
const SLICE_DELAY = seconds(1)

/** Which slices this controller keeps for each Service, by key. */
export class SliceIndex {
  private readonly byService = new Map<string, Set<string>>()

  of(service: string): Iterable<string> {
    return this.byService.get(service) ?? NONE
  }

  move(slice: string, from: string | undefined, to: string | undefined): void {
    if (from === to) return
    if (from !== undefined) {
      const left = this.byService.get(from)
      left?.delete(slice)
      if (left?.size === 0) this.byService.delete(from)
    }
    if (to === undefined) return
    const slices = this.byService.get(to)
    if (slices === undefined) this.byService.set(to, new Set([slice]))
    else slices.add(slice)
  }
}

const NONE: ReadonlySet<string> = new Set()

/** A slice that somebody else changed or deleted is put right, a little later. Source: onEndpointSliceAdd, -Update, -Delete. */
export function* sliceChanged(
  change: Change,
  { slices, tracker }: { readonly slices: SliceIndex; readonly tracker: SliceTracker },
): Generator<Wake> {
  const before = change.before as EndpointSlice | undefined
  const after = change.after as EndpointSlice | undefined
  const was = serviceOf(before)
  const is = serviceOf(after)
  slices.move(keyFor(change.namespace, change.name), was, is)
  if (before !== undefined && before.metadata.uid !== after?.metadata.uid) {
    if (was !== undefined && tracker.isLost(was, before)) yield { key: was, after: SLICE_DELAY }
  } else if (was !== undefined && was !== is) yield { key: was, after: SLICE_DELAY }
  if (after === undefined || is === undefined) return
  if ((before !== undefined && was !== is) || tracker.isNews(is, after)) yield { key: is, after: SLICE_DELAY }
}

/** The Service that a slice is kept for, if this controller keeps it. */
const serviceOf = (slice: EndpointSlice | undefined): string | undefined => {
  const { labels, namespace } = slice?.metadata ?? {}
  const service = labels?.[SERVICE_NAME]
  return service !== undefined && labels?.[MANAGED_BY] === CONTROLLER ? keyFor(namespace, service) : undefined
}

/** Whether a Node's change may change what zones should have. Source: endpointslice_controller.go, addNode, updateNode, deleteNode. */
export const nodeCounts = (change: Change): boolean => {
  const [before, after] = [change.before as Node | undefined, change.after as Node | undefined]
  if (before === undefined || after === undefined) return true
  return isNodeReady(before) !== isNodeReady(after) || before.metadata.labels?.[ZONE] !== after.metadata.labels?.[ZONE]
}
