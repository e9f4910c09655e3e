import type { Micros } from '../../../events/envelope.ts'
import { defineController, type World } from '../../../engine/client/controller.ts'
import { keyFor, splitKey } from '../../../engine/client/keys.ts'
import { call, isNamespaceTerminating, type Sync } from '../../../engine/client/sync.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Endpoints, EndpointSubset, Service } from '../../../kubernetes/types/networking.ts'
import type { Labels, Time } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { podChanged } from '../shared/endpoint-pods.ts'
import { Membership } from '../shared/membership.ts'
import { TriggerTimes } from '../shared/trigger-times.ts'
import { isOverCapacity, truncated } from './capacity.ts'
import { desiredSubsets } from './subsets.ts'

/** Source: pkg/controller/endpoint/endpoints_controller.go, maxRetries (v1.36). */
const MAX_RETRIES = 15

const CONTROLLER = 'endpoint-controller'
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const HEADLESS = 'service.kubernetes.io/headless'
const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'
/** Endpoints that are a lock and belong to no Service. */
const LEADER = 'control-plane.alpha.kubernetes.io/leader'

interface Memory {
  readonly membership: Membership
  readonly triggerTimes: TriggerTimes
  /** The version of each Endpoints that the last update replaced: a view that still shows it is out of date. */
  readonly replaced: Map<string, string>
  /** Since when this controller has been at work. */
  since: Micros | undefined
}

/** Endpoints as they are written; a new object has no more metadata than this. */
interface Draft {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels?: Labels
    readonly annotations?: Labels
    readonly resourceVersion?: string
  }
  readonly subsets?: readonly EndpointSubset[]
}

/**
 * Keeps each Service's Endpoints, the elder form of its EndpointSlices, equal to the Pods that its selector chooses.
 * Source: pkg/controller/endpoint/endpoints_controller.go, syncService (v1.36).
 */
export const endpointController = defineController<Memory>({
  name: CONTROLLER,
  kinds: ['Service', 'Endpoints', 'Pod'],
  workers: 5,
  maxRetries: MAX_RETRIES,
  memory: () => ({
    membership: new Membership(),
    triggerTimes: new TriggerTimes(),
    replaced: new Map(),
    since: undefined,
  }),

  wakes: (change, world) => {
    const { memory } = world
    const key = keyFor(change.namespace, change.name)
    memory.since ??= world.now
    switch (change.kind) {
      case 'Service':
        memory.membership.serviceChanged(key, change.after as Service | undefined, world.view)
        return [key]
      case 'Pod':
        return podChanged(change, memory.membership)
      case 'Endpoints':
        return change.after === undefined || isLeftOver(change.after as Endpoints, memory.since) ? [key] : []
      default:
        return []
    }
  },

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const { triggerTimes, replaced } = world.memory
    const service = world.view.get('Service', namespace, name)
    if (service === undefined) {
      const answer = yield* call({ verb: 'delete', kind: 'Endpoints', namespace, name })
      if (!answer.ok && answer.code !== 404) return { retry: answer.message }
      triggerTimes.forget(key)
      replaced.delete(key)
      return
    }
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return
    const pods = podsOf(key, world)
    const triggered = triggerTimes.next(key, service, pods)
    const subsets = desiredSubsets(service, pods)
    const current = world.view.get('Endpoints', namespace, name)
    if (current === undefined) return yield* create(service, subsets, triggered, world)
    if (replaced.get(key) === current.metadata.resourceVersion) {
      return { retry: `endpoints informer cache is out of date for endpoints ${key}` }
    }
    if (!isCurrent(current, service, subsets)) return yield* update(current, service, subsets, triggered, world)
  },
})

/** What is there when the controller starts may belong to a Service that went while it was away. Source: checkLeftoverEndpoints. */
const isLeftOver = ({ metadata }: Endpoints, since: Micros): boolean =>
  (parseTime(metadata.creationTimestamp) ?? 0) < since && metadata.annotations?.[LEADER] === undefined

const podsOf = (key: string, { view, memory }: World<Memory>): readonly Pod[] => {
  const pods: Pod[] = []
  for (const one of memory.membership.podsOf(key)) {
    const { namespace, name } = splitKey(one)
    const pod = view.get('Pod', namespace, name)
    if (pod !== undefined) pods.push(pod)
  }
  return pods
}

const isCurrent = (
  { metadata, subsets = [] }: Endpoints,
  service: Service,
  wanted: readonly EndpointSubset[],
): boolean =>
  sameJson(subsets, wanted) &&
  hasLabelsOf(service, metadata.labels ?? {}) &&
  !isOverCapacity(subsets) &&
  metadata.annotations?.[OVER_CAPACITY] === undefined

/** Source: endpoints_controller.go, labelsCorrectForEndpoints. */
const hasLabelsOf = (service: Service, labels: Labels): boolean => {
  const { [MANAGED_BY]: manager, [HEADLESS]: _headless, ...own } = labels
  const { [MANAGED_BY]: _manager, [HEADLESS]: _also, ...wanted } = service.metadata.labels ?? {}
  return manager === CONTROLLER && sameJson(own, wanted)
}

function* create(
  service: Service,
  subsets: readonly EndpointSubset[],
  triggered: Time | undefined,
  world: World<Memory>,
): Sync {
  const { namespace, name } = service.metadata
  const body = draftOf(undefined, service, subsets, triggered)
  const answer = yield* call({ verb: 'create', kind: 'Endpoints', namespace, name, body })
  if (answer.ok || isNamespaceTerminating(answer)) return
  const message = `Failed to create endpoint for service ${namespace}/${name}: ${answer.message}`
  world.event('Endpoints', subjectOf(body, namespace), 'Warning', 'FailedToCreateEndpoint', message)
  return { retry: answer.message }
}

function* update(
  current: Endpoints,
  service: Service,
  subsets: readonly EndpointSubset[],
  triggered: Time | undefined,
  world: World<Memory>,
): Sync {
  const { namespace, name, resourceVersion } = current.metadata
  const body = draftOf(current, service, subsets, triggered)
  const answer = yield* call({ verb: 'update', kind: 'Endpoints', namespace, name, body })
  if (answer.ok) {
    const isNew = answer.object !== undefined && answer.object.metadata.resourceVersion !== resourceVersion
    if (isNew) world.memory.replaced.set(keyFor(namespace, name), resourceVersion)
    return
  }
  const message = `Failed to update endpoint ${namespace}/${name}: ${answer.message}`
  world.event('Endpoints', current, 'Warning', 'FailedToUpdateEndpoint', message)
  return { retry: answer.message }
}

const draftOf = (
  current: Endpoints | undefined,
  service: Service,
  wanted: readonly EndpointSubset[],
  triggered: Time | undefined,
): Draft => {
  const { [TRIGGER_TIME]: _time, [OVER_CAPACITY]: _capacity, ...others } = current?.metadata.annotations ?? {}
  const annotations = {
    ...others,
    ...(triggered === undefined ? {} : { [TRIGGER_TIME]: triggered }),
    ...(isOverCapacity(wanted) ? { [OVER_CAPACITY]: 'truncated' } : {}),
  }
  const { [HEADLESS]: _headless, ...own } = service.metadata.labels ?? {}
  const labels = { ...own, ...(isHeadless(service) ? { [HEADLESS]: '' } : {}), [MANAGED_BY]: CONTROLLER }
  const { annotations: _annotations, ...metadata } = current?.metadata ?? { name: service.metadata.name }
  const subsets = truncated(wanted)
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...metadata, labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    ...(subsets.length === 0 ? {} : { subsets }),
  }
}

const isHeadless = ({ spec: { clusterIP = '' } }: Service): boolean => clusterIP === '' || clusterIP === 'None'

/** Endpoints that could not be created, to tell about. */
const subjectOf = ({ metadata: { name } }: Draft, namespace: string | undefined): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name, namespace, uid: '', resourceVersion: '', creationTimestamp: '' },
})
