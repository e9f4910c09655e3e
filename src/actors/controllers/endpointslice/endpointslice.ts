import { seconds } from '../../../events/time.ts'
import {
  call,
  defineController,
  keyFor,
  keyOf,
  splitKey,
  type Sync,
  type Wake,
  type World,
} from '../../../engine/client/controller.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import type { EndpointSlice, Service } from '../../../kubernetes/types/networking.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Change } from '../../../kubernetes/view.ts'
import { desiredEndpoints } from './endpoints.ts'
import { CONTROLLER, MANAGED_BY, planSlices, SERVICE_NAME, TRIGGER_TIME } from './slices.ts'

/**
 * Keeps each Service's EndpointSlices equal to the Pods that its selector chooses.
 * Source: pkg/controller/endpointslice/endpointslice_controller.go, syncService (v1.36).
 */
export const endpointSliceController = defineController({
  name: 'endpointslice-controller',
  kinds: ['Service', 'EndpointSlice', 'Pod', 'Node'],
  workers: 5,
  memory: () => undefined,
  queue: { base: seconds(1), max: seconds(1000) },

  wakes: (change, world) => {
    switch (change.kind) {
      case 'Service':
        return [keyFor(change.namespace, change.name)]
      case 'Pod':
        return podChanged(change, world)
      case 'EndpointSlice':
        return sliceChanged(change)
      default:
        return []
    }
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const service = world.view.get('Service', namespace, name)
    if (service?.spec.selector === undefined || service.spec.type === 'ExternalName') return
    if (service.metadata.deletionTimestamp !== undefined) return
    const existing = slicesOf(service, world)
    const desired = desiredEndpoints(service, podsOf(service, world), (node) => world.view.get('Node', undefined, node))
    const plan = planSlices(service, existing, desired)
    const annotations = { [TRIGGER_TIME]: rfc3339(world.now) }
    for (const slice of plan.create) {
      const body = { ...slice, metadata: { ...slice.metadata, annotations } }
      const answer = yield* call({ verb: 'create', kind: 'EndpointSlice', namespace, body })
      if (!answer.ok && !isLeaving(answer.code, answer.message)) return failed(service, answer.message, world)
    }
    for (const slice of plan.update) {
      const body = { ...slice, metadata: { ...slice.metadata, annotations } }
      const { name: sliceName } = slice.metadata
      const answer = yield* call({ verb: 'update', kind: 'EndpointSlice', namespace, name: sliceName, body })
      if (!answer.ok && answer.code !== 404) return failed(service, answer.message, world)
    }
    for (const slice of plan.remove) {
      const answer = yield* call({ verb: 'delete', kind: 'EndpointSlice', namespace, name: slice.metadata.name })
      if (!answer.ok && answer.code !== 404) return failed(service, answer.message, world)
    }
  },
})

const failed = (service: Service, why: string, world: World): { readonly retry: string } => {
  const { namespace, name } = service.metadata
  const message = `Error updating Endpoint Slices for Service ${namespace}/${name}: ${why}`
  world.event('Service', service, 'Warning', 'FailedToUpdateEndpointSlices', message)
  return { retry: why }
}

const isLeaving = (code: number, message: string): boolean =>
  code === 403 && message.includes('because it is being terminated')

const slicesOf = (service: Service, world: World): readonly EndpointSlice[] =>
  world.view
    .list('EndpointSlice', service.metadata.namespace)
    .filter(
      ({ metadata: { labels, deletionTimestamp } }) =>
        labels?.[SERVICE_NAME] === service.metadata.name &&
        labels[MANAGED_BY] === CONTROLLER &&
        deletionTimestamp === undefined,
    )

const selects = (service: Service, pod: Pod): boolean => {
  const { selector } = service.spec
  if (selector === undefined) return false
  for (const [label, value] of Object.entries(selector)) if (pod.metadata.labels?.[label] !== value) return false
  return true
}

const podsOf = (service: Service, world: World): readonly Pod[] =>
  world.view.list('Pod', service.metadata.namespace).filter((pod) => selects(service, pod))

/** A Pod concerns the Services that select it, or selected it until now, and only if something that slices show changed. */
function* podChanged(change: Change, world: World): Generator<Wake> {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  if (before !== undefined && after !== undefined && !endpointChanged(before, after)) return
  for (const service of world.view.list('Service', change.namespace)) {
    const concerned =
      (before !== undefined && selects(service, before)) || (after !== undefined && selects(service, after))
    if (concerned) yield keyOf(service)
  }
}

const endpointChanged = (before: Pod, after: Pod): boolean =>
  before.status?.podIP !== after.status?.podIP ||
  before.status?.phase !== after.status?.phase ||
  before.spec.nodeName !== after.spec.nodeName ||
  before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp ||
  readiness(before) !== readiness(after) ||
  !sameJson(before.metadata.labels, after.metadata.labels)

const readiness = (pod: Pod): string | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === 'Ready')?.status

/** A slice that somebody else changed or deleted is put right. */
function* sliceChanged(change: Change): Generator<Wake> {
  const { metadata } = (change.after ?? change.before) as EndpointSlice
  const service = metadata.labels?.[SERVICE_NAME]
  if (service !== undefined && metadata.labels?.[MANAGED_BY] === CONTROLLER) yield keyFor(change.namespace, service)
}
