import type { ActorContext } from '../../../engine/actor.ts'
import type { Micros } from '../../../events/envelope.ts'
import type { Container } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import { formatDuration } from '../../../kubernetes/workload/duration.ts'
import { isImageName, withTag } from '../../../kubernetes/workload/images.ts'
import { registryAnswerFor } from '../../../kubernetes/workload/model.ts'
import { Backoff } from '../backoff.ts'
import type { RuntimeClient } from '../runtime/client.ts'

/** An image is there, or a container waits for it: `reason` is what its status says. */
export type ImageResult =
  { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly message: string }

/** How the kubelet tells of a container. */
export type ContainerEvent = (type: 'Normal' | 'Warning', reason: string, message: string) => void

interface Pull {
  readonly image: string
  readonly pod: Pod
  readonly container: Container
  readonly askedAt: Micros
  readonly event: ContainerEvent
  readonly done: (result: ImageResult) => void
}

/**
 * Makes sure that an image is on the node before a container starts. Pulls run one after the other; a failed one is not
 * tried again before its back-off is over. Source: pkg/kubelet/images/image_manager.go, puller.go (v1.36; serializeImagePulls).
 */
export class ImagePuller {
  private readonly runtime: RuntimeClient
  private readonly context: ActorContext
  private readonly backoff = new Backoff()
  private readonly lastError = new Map<string, string>()
  private readonly queue: Pull[] = []
  private busy = false

  constructor(runtime: RuntimeClient, context: ActorContext) {
    this.runtime = runtime
    this.context = context
  }

  ensure(pod: Pod, container: Container, event: ContainerEvent, done: (result: ImageResult) => void): void {
    const { image: name = '' } = container
    if (!isImageName(name)) {
      const message = `Failed to apply default image tag "${name}": couldn't parse image name "${name}": invalid reference format`
      event('Warning', 'InspectFailed', message)
      return done({ ok: false, reason: 'InvalidImageName', message })
    }
    const image = withTag(name)
    const policy = container.imagePullPolicy ?? (image.endsWith(':latest') ? 'Always' : 'IfNotPresent')
    const isPresent = this.runtime.images.has(image)
    if (isPresent && policy !== 'Always') {
      event('Normal', 'Pulled', `Container image "${name}" already present on machine and can be accessed by the pod`)
      return done({ ok: true })
    }
    if (policy === 'Never') {
      const message = `Container image "${name}" is not present with pull policy of Never`
      event('Warning', 'ErrImageNeverPull', message)
      return done({ ok: false, reason: 'ErrImageNeverPull', message })
    }
    const key = keyOf(pod, name)
    if (this.backoff.untilSinceUpdate(key, this.context.monotonic) !== undefined) {
      event('Normal', 'BackOff', `Back-off pulling image "${name}"`)
      const cause = this.lastError.get(key) ?? ''
      const message = `Back-off pulling image "${name}": ErrImagePull: ${cause}`
      return done({ ok: false, reason: 'ImagePullBackOff', message })
    }
    event('Normal', 'Pulling', `Pulling image "${name}"`)
    this.queue.push({ image, pod, container, askedAt: this.context.monotonic, event, done })
    this.pump()
  }

  /** A Pod is gone. */
  forget(uid: string): void {
    this.backoff.forget(`${uid}_`)
    for (const key of this.lastError.keys()) if (key.startsWith(`${uid}_`)) this.lastError.delete(key)
  }

  private pump(): void {
    if (this.busy) return
    const pull = this.queue.shift()
    if (pull === undefined) return
    this.busy = true
    const { image, pod, container, event, done, askedAt } = pull
    const name = container.image ?? ''
    const key = keyOf(pod, name)
    const registry = registryAnswerFor(pod, container.name)
    const beganAt = this.context.monotonic
    this.runtime.pullImage(image, registry, (result) => {
      this.busy = false
      if (result.ok) {
        const { monotonic } = this.context
        const took = formatDuration(wholeMillis(monotonic - beganAt))
        const waited = formatDuration(wholeMillis(monotonic - askedAt))
        const size = `Image size: ${result.data.bytes} bytes.`
        event(
          'Normal',
          'Pulled',
          `Successfully pulled image "${name}" in ${took} (${waited} including waiting). ${size}`,
        )
        done({ ok: true })
      } else {
        const message = `rpc error: code = NotFound desc = ${result.message}`
        event('Warning', 'Failed', `Failed to pull image "${name}": ${message}`)
        this.backoff.next(key, this.context.monotonic, this.context.monotonic)
        this.lastError.set(key, message)
        done({ ok: false, reason: 'ErrImagePull', message })
      }
      this.pump()
    })
  }
}

const keyOf = (pod: Pod, image: string): string => `${pod.metadata.uid}_${image}`

const wholeMillis = (duration: Micros): Micros => Math.floor(duration / 1_000) * 1_000
