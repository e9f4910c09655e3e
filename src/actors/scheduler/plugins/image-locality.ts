import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ClusterCache } from '../framework/cluster-cache.ts'
import { StateKey, type CycleState } from '../framework/cycle-state.ts'
import type { ImageState } from '../framework/image-states.ts'
import { MAX_NODE_SCORE, type PluginHandle, type SchedulerPlugin } from '../framework/plugin.ts'
import type { PodInfo } from '../framework/pod-info.ts'

const NAME = 'ImageLocality'
const MIB = 1024 * 1024
/** Less than this is as good as nothing, in bytes. Source: plugins/imagelocality/image_locality.go, minThreshold. */
const MIN_BYTES = 23 * MIB
/** More than this per container makes no difference, in bytes. Source: image_locality.go, maxContainerThreshold. */
const MAX_BYTES_PER_CONTAINER = 1000 * MIB

interface WantedImages {
  /** Those that some node has; an image wanted twice counts twice. */
  readonly present: readonly ImageState[]
  /** Containers: image volumes are not counted, though they are wanted. */
  readonly count: number
}

const wanted = new StateKey<WantedImages>(NAME)

/** Prefers nodes that have the Pod's images. Source: plugins/imagelocality/image_locality.go (v1.36). */
export const imageLocality = (_args: unknown, { cache }: PluginHandle): SchedulerPlugin => ({
  name: NAME,
  uniformScore: (state, pod) => (imagesWanted(state, pod, cache).present.length === 0 ? 0 : undefined),
  score: (state, pod, { name }) => {
    const { present, count } = imagesWanted(state, pod, cache)
    let sum = 0
    for (const { size, nodes } of present) {
      // An image that only few nodes have counts less, so that not all replicas end on them.
      if (nodes.has(name)) sum += Math.trunc(size * (nodes.size / cache.nodeCount))
    }
    return priority(sum, count)
  },
  sign: (pod) => JSON.stringify(imagesOf(pod)),
})

function imagesWanted(state: CycleState, { pod }: PodInfo, cache: ClusterCache): WantedImages {
  const known = state.read(wanted)
  if (known !== undefined) return known
  const present = imagesOf(pod)
    .map((name) => cache.images.get(name))
    .filter((image) => image !== undefined)
  const images = { present, count: pod.spec.containers.length + (pod.spec.initContainers?.length ?? 0) }
  state.write(wanted, images)
  return images
}

function priority(sum: number, containers: number): number {
  const most = MAX_BYTES_PER_CONTAINER * containers
  const bounded = Math.min(Math.max(sum, MIN_BYTES), most)
  return Math.trunc((MAX_NODE_SCORE * (bounded - MIN_BYTES)) / (most - MIN_BYTES))
}

function imagesOf(pod: Pod): readonly string[] {
  const names: string[] = []
  for (const { image } of pod.spec.initContainers ?? []) names.push(withTag(image ?? ''))
  for (const { image } of pod.spec.containers) names.push(withTag(image ?? ''))
  for (const { image } of pod.spec.volumes ?? []) if (image !== undefined) names.push(withTag(image.reference ?? ''))
  return names
}

/** Source: image_locality.go, normalizedImageName: as the container runtime reports it. */
const withTag = (name: string): string => (name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name)
