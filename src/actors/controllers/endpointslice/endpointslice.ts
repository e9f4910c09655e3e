import { seconds } from '../../../events/time.ts'
import { defineController, type Wake, type World } from '../../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../../engine/client/keys.ts'
import { call, isNamespaceTerminating, type Sync } from '../../../engine/client/sync.ts'
import type { EndpointSlice, Service } from '../../../kubernetes/types/networking.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { podChanged } from '../shared/endpoint-pods.ts'
import { Membership } from '../shared/membership.ts'
import { TriggerTimes } from '../shared/trigger-times.ts'
import { desiredEndpoints } from './endpoints.ts'
import { distributedHints, type Hintable, type Hinted } from './hints.ts'
import { planSlices, type SliceDraft, type SlicePlan } from './slices.ts'
import { SliceTracker } from './tracker.ts'
import { nodeCounts, sliceChanged, SliceIndex } from './wakes.ts'
import { wantsZoneHints, ZoneHints, type Notice } from './zone-hints.ts'

/** Source: pkg/controller/endpointslice/endpointslice_controller.go, defaultSyncBackOff, maxSyncBackOff and maxRetries. */
const SYNC_BACKOFF = seconds(1)
const SYNC_BACKOFF_MAX = seconds(1000)
const MAX_RETRIES = 15

const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

export interface Memory {
  readonly membership: Membership
  readonly slices: SliceIndex
  readonly tracker: SliceTracker
  readonly triggerTimes: TriggerTimes
  readonly zoneHints: ZoneHints
}

/**
 * Keeps each Service's EndpointSlices equal to the Pods that its selector chooses.
 * Source: pkg/controller/endpointslice/endpointslice_controller.go, syncService (v1.36).
 */
export const endpointSliceController = defineController<Memory>({
  name: 'endpointslice-controller',
  kinds: ['Service', 'EndpointSlice', 'Pod', 'Node'],
  workers: 5,
  maxRetries: MAX_RETRIES,
  memory: () => ({
    membership: new Membership(),
    slices: new SliceIndex(),
    tracker: new SliceTracker(),
    triggerTimes: new TriggerTimes(),
    zoneHints: new ZoneHints(),
  }),
  queue: { base: SYNC_BACKOFF, max: SYNC_BACKOFF_MAX },

  wakes: (change, world): Iterable<Wake> => {
    const { membership } = world.memory
    switch (change.kind) {
      case 'Service': {
        const key = keyFor(change.namespace, change.name)
        membership.serviceChanged(key, change.after as Service | undefined, world.view)
        return [key]
      }
      case 'Pod':
        return podChanged(change, membership)
      case 'EndpointSlice':
        return sliceChanged(change, world.memory)
      case 'Node':
        return nodeCounts(change) ? world.memory.zoneHints.overloaded(world.view.list('Node')) : []
      default:
        return []
    }
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const { tracker, triggerTimes } = world.memory
    const service = world.view.get('Service', namespace, name)
    if (service === undefined) {
      triggerTimes.forget(key)
      tracker.forget(key)
      return
    }
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return
    const existing = slicesOf(key, world)
    if (tracker.areStale(key, existing)) return { retry: 'EndpointSlice informer cache is out of date' }
    const pods = podsOf(key, world)
    const triggered = triggerTimes.next(key, service, pods)
    const { groups, failures } = desiredEndpoints(service, pods, (node) => world.view.get('Node', undefined, node))
    const notices: Notice[] = []
    const plan = planSlices(service, existing, groups, (slices) => addHints(key, service, slices, notices, world))
    const failure = yield* write(key, service, plan, triggered, world)
    for (const { type, reason, message } of notices) world.event('Service', service, type, reason, message)
    const all = failure === undefined ? failures : [...failures, failure]
    if (all.length === 0) return
    const why = all.length === 1 ? (all[0] ?? '') : `[${all.join(', ')}]`
    const message = `Error updating Endpoint Slices for Service ${namespace}/${name}: ${why}`
    world.event('Service', service, 'Warning', 'FailedToUpdateEndpointSlices', message)
    return { retry: why }
  },
})

/** The annotation counts before `spec.trafficDistribution`. Source: reconciler.go, reconcileByAddressType. */
const addHints = (
  key: string,
  service: Service,
  slices: Hintable,
  notices: Notice[],
  { view, memory: { zoneHints } }: World<Memory>,
): Hinted => {
  const byZones = wantsZoneHints(service) ? zoneHints.add(key, slices, view.list('Node')) : undefined
  const notice = byZones === undefined ? zoneHints.remove(key) : byZones.notice
  if (notice !== undefined) notices.push(notice)
  return byZones ?? distributedHints(service, slices)
}

/** Slices that are being deleted no longer count. */
const slicesOf = (key: string, { view, memory }: World<Memory>): readonly EndpointSlice[] => {
  const slices: EndpointSlice[] = []
  for (const one of memory.slices.of(key)) {
    const { namespace, name } = splitKey(one)
    const slice = view.get('EndpointSlice', namespace, name)
    if (slice !== undefined && slice.metadata.deletionTimestamp === undefined) slices.push(slice)
  }
  return slices
}

const podsOf = (key: string, { view, memory }: World<Memory>): readonly Pod[] => {
  const pods: Pod[] = []
  for (const one of memory.membership.podsOf(key)) {
    const { namespace, name } = splitKey(one)
    const pod = view.get('Pod', namespace, name)
    if (pod !== undefined) pods.push(pod)
  }
  return pods
}

/** Writes a plan; gives the first thing that went wrong, which ends it. Source: reconciler.go, finalize. */
function* write(
  key: string,
  service: Service,
  plan: SlicePlan,
  triggered: string | undefined,
  { memory: { tracker } }: World<Memory>,
): Sync<string | undefined> {
  const { namespace, name, deletionTimestamp } = service.metadata
  const who = `EndpointSlice for Service ${namespace}/${name}`
  // A Service on its way out takes its slices along: new ones would only be in the garbage collector's way.
  for (const draft of deletionTimestamp === undefined ? plan.create : []) {
    const answer = yield* call({ verb: 'create', kind: 'EndpointSlice', namespace, body: stamped(draft, triggered) })
    if (!answer.ok) return isNamespaceTerminating(answer) ? undefined : `failed to create ${who}: ${answer.message}`
    if (answer.object !== undefined) tracker.wrote(key, answer.object)
  }
  for (const draft of plan.update) {
    const { name: slice } = draft.metadata
    const body = stamped(draft, triggered)
    const answer = yield* call({ verb: 'update', kind: 'EndpointSlice', namespace, name: slice, body })
    if (!answer.ok) return `failed to update ${slice} ${who}: ${answer.message}`
    if (answer.object !== undefined) tracker.wrote(key, answer.object)
  }
  for (const slice of plan.remove) {
    const answer = yield* call({ verb: 'delete', kind: 'EndpointSlice', namespace, name: slice.metadata.name })
    if (answer.ok) tracker.deleted(key, slice)
    else if (answer.code !== 404) return `failed to delete ${slice.metadata.name} ${who}: ${answer.message}`
  }
  return undefined
}

/** Source: endpointslice/utils.go, addTriggerTimeAnnotation: without a time the annotation goes. */
const stamped = (draft: SliceDraft, triggered: string | undefined): SliceDraft => {
  const { [TRIGGER_TIME]: _before, ...others } = draft.metadata.annotations ?? {}
  const annotations = triggered === undefined ? others : { ...others, [TRIGGER_TIME]: triggered }
  const { annotations: _all, ...metadata } = draft.metadata
  return { ...draft, metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations } }
}
