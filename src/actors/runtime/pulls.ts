import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, Micros } from '../../events/envelope.ts'
import { millis } from '../../events/time.ts'
import type { ActorContext } from '../../engine/actor.ts'
import { imageBytes, pullTime } from '../../kubernetes/workload/images.ts'
import type { Journal } from './journal.ts'

/** A time between two, both included. */
export type Range = readonly [Micros, Micros]

/** To ask the registry whether an image that is here is still the one of that name. */
const IMAGE_CHECK: Range = [millis(80), millis(300)]
const REGISTRY_REFUSAL: Range = [millis(200), millis(1_200)]

/**
 * Fetches images from a registry that always answers. How long that takes is said by the image's name or by the Pod.
 * Abridged: a pull's time does not depend on the link or on other pulls.
 */
export class Pulls {
  private readonly journal: Journal
  private readonly after: (range: Range, job: () => void) => void
  private readonly context: ActorContext

  constructor(journal: Journal, after: (range: Range, job: () => void) => void, context: ActorContext) {
    this.journal = journal
    this.after = after
    this.context = context
  }

  begin({ call, image, registry }: EventData<'PullImage'>, to: ActorId): void {
    const { context, journal } = this
    const began = context.monotonic
    if (registry !== undefined && 'fails' in registry) {
      const message = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`
      this.after(REGISTRY_REFUSAL, () => context.emit('ImagePullFailed', { call, image, message }, { to }))
      return
    }
    const present = journal.holdings.images.get(image)
    const bytes = present ?? imageBytes(image)
    const takes = registry === undefined ? pullTime(image) : registry.takes
    const range: Range = present === undefined ? [takes, takes + Math.floor(takes / 20)] : IMAGE_CHECK
    this.after(range, () => {
      if (present === undefined) journal.note({ type: 'image', image, bytes })
      context.emit('ImagePulled', { call, image, bytes, tookMicros: context.monotonic - began }, { to })
    })
  }
}
