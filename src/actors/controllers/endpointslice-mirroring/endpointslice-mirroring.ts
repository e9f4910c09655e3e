import { defineController, type World } from '../../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../../engine/client/keys.ts'
import { call, isNamespaceTerminating, type Sync } from '../../../engine/client/sync.ts'
import type { Endpoints, EndpointSlice } from '../../../kubernetes/types/networking.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { CONTROLLER, MANAGED_BY, MAX_PER_SUBSET, planMirror, SERVICE_NAME, type MirrorPlan } from './mirror.ts'

/** Source: pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go, maxRetries (v1.36). */
const MAX_RETRIES = 15

const SKIP = 'endpointslice.kubernetes.io/skip-mirror'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'

/** Keys of the mirrored slices of each Service. */
type Memory = Map<string, Set<string>>

/**
 * Makes slices of the Endpoints that somebody writes for a Service without a selector, so that proxies need know slices only.
 * Source: pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go, syncEndpoints (v1.36).
 */
export const endpointSliceMirroringController = defineController<Memory>({
  name: 'endpointslice-mirroring-controller',
  account: 'endpointslicemirroring-controller',
  kinds: ['Endpoints', 'EndpointSlice', 'Service'],
  workers: 5,
  maxRetries: MAX_RETRIES,
  memory: () => new Map(),

  wakes: (change, { view, memory }) => {
    const key = keyFor(change.namespace, change.name)
    switch (change.kind) {
      case 'EndpointSlice':
        return sliceChanged(change, key, memory)
      case 'Endpoints':
      case 'Service':
        // Those of Services with selectors are made by another controller, which makes the slices too.
        return memory.has(key) || isWritten(key, view) ? [key] : []
      default:
        return []
    }
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const source = isWritten(key, world.view) ? world.view.get('Endpoints', namespace, name) : undefined
    const existing = slicesOf(key, world)
    if (source === undefined) return yield* write(namespace, { create: [], update: [], remove: existing, skipped: 0 })
    const plan = planMirror(source, existing)
    if (plan.skipped > 0) {
      const most = `A max of ${MAX_PER_SUBSET} addresses can be mirrored to EndpointSlices per Endpoints subset.`
      const message = `${most} ${plan.skipped} addresses were skipped`
      world.event('Endpoints', source, 'Warning', 'TooManyAddressesToMirror', message)
    }
    return yield* write(namespace, plan)
  },
})

/** Whether there are Endpoints to be mirrored: written by hand, for a Service that selects nothing. */
const isWritten = (key: string, view: World['view']): boolean => {
  const { namespace, name } = splitKey(key)
  const service = view.get('Service', namespace, name)
  if (service === undefined || service.spec.selector !== undefined) return false
  const endpoints = view.get('Endpoints', namespace, name)
  return endpoints !== undefined && isMirrored(endpoints)
}

const isMirrored = ({ metadata }: Endpoints): boolean =>
  metadata.labels?.[SKIP] !== 'true' && metadata.annotations?.[LEADER] === undefined

/** A slice of ours that comes, changes or goes is compared with its Endpoints again. */
const sliceChanged = ({ before, after }: Change, slice: string, memory: Memory): readonly string[] => {
  const { labels, namespace } = (after ?? before)?.metadata ?? {}
  const service = labels?.[SERVICE_NAME]
  if (service === undefined || labels?.[MANAGED_BY] !== CONTROLLER) return []
  const key = keyFor(namespace, service)
  const slices = memory.get(key)
  if (after === undefined) {
    slices?.delete(slice)
    if (slices?.size === 0) memory.delete(key)
  } else if (slices === undefined) memory.set(key, new Set([slice]))
  else slices.add(slice)
  return [key]
}

const slicesOf = (key: string, { view, memory }: World<Memory>): readonly EndpointSlice[] => {
  const slices: EndpointSlice[] = []
  for (const one of memory.get(key) ?? []) {
    const { namespace, name } = splitKey(one)
    const slice = view.get('EndpointSlice', namespace, name)
    if (slice !== undefined && slice.metadata.deletionTimestamp === undefined) slices.push(slice)
  }
  return slices
}

function* write(namespace: string | undefined, { create, update, remove }: MirrorPlan): Sync {
  for (const body of create) {
    const answer = yield* call({ verb: 'create', kind: 'EndpointSlice', namespace, body })
    if (!answer.ok) return isNamespaceTerminating(answer) ? undefined : { retry: answer.message }
  }
  for (const body of update) {
    const answer = yield* call({ verb: 'update', kind: 'EndpointSlice', namespace, name: body.metadata.name, body })
    if (!answer.ok) return { retry: answer.message }
  }
  for (const { metadata } of remove) {
    const answer = yield* call({ verb: 'delete', kind: 'EndpointSlice', namespace, name: metadata.name })
    if (!answer.ok && answer.code !== 404) return { retry: answer.message }
  }
}
