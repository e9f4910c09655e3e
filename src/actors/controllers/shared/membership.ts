import { keyFor } from '../../../engine/client/keys.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { matchesMap } from '../../../kubernetes/selectors.ts'
import type { Labels } from '../../../kubernetes/types/meta.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { View } from '../../../kubernetes/view.ts'

interface Entry {
  readonly selector: Labels
  /** Under which label of its selector the Service is found. */
  readonly label: string
  readonly pods: Set<string>
}

const NOBODY: ReadonlySet<string> = new Set()

/**
 * Which Pods each Service selects, kept up to date by what the view shows, so that neither a Pod's change costs a look at
 * all Services nor a Service's sync a look at all Pods.
 */
export class Membership {
  private readonly services = new Map<string, Entry>()
  /** Services by namespace and the first label of their selector. */
  private readonly byLabel = new Map<string, Set<string>>()

  /** Keys of the Pods that a Service selects, in the order in which they came to it. */
  podsOf(service: string): Iterable<string> {
    return this.services.get(service)?.pods ?? NOBODY
  }

  serviceChanged(key: string, service: Service | undefined, view: View): void {
    const before = this.services.get(key)
    const selector = service?.spec.selector
    if (before !== undefined && sameJson(before.selector, selector)) return
    if (before !== undefined) this.forget(key, before)
    const [first] = Object.entries(selector ?? {})
    if (service === undefined || selector === undefined || first === undefined) return
    const { namespace } = service.metadata
    const pods = new Set<string>()
    for (const pod of view.list('Pod', namespace)) {
      if (matchesMap(selector, pod.metadata.labels)) pods.add(keyFor(namespace, pod.metadata.name))
    }
    const label = labelKey(namespace, first)
    this.services.set(key, { selector, label, pods })
    const same = this.byLabel.get(label)
    if (same === undefined) this.byLabel.set(label, new Set([key]))
    else same.add(key)
  }

  /** Takes in a Pod's labels; gives the Services that selected it and those that do now. */
  podChanged(
    key: string,
    before: Pod | undefined,
    after: Pod | undefined,
  ): { readonly former: ReadonlySet<string>; readonly current: ReadonlySet<string> } {
    const current = this.selecting(after)
    const isSame =
      before !== undefined && after !== undefined && sameJson(before.metadata.labels, after.metadata.labels)
    if (isSame) return { former: current, current }
    const former = this.selecting(before)
    for (const service of former) if (!current.has(service)) this.services.get(service)?.pods.delete(key)
    for (const service of current) this.services.get(service)?.pods.add(key)
    return { former, current }
  }

  private selecting(pod: Pod | undefined): ReadonlySet<string> {
    const { labels, namespace } = pod?.metadata ?? {}
    if (labels === undefined) return NOBODY
    let found: Set<string> | undefined
    for (const label of Object.entries(labels)) {
      for (const service of this.byLabel.get(labelKey(namespace, label)) ?? NOBODY) {
        if (matchesMap(this.services.get(service)?.selector, labels)) (found ??= new Set()).add(service)
      }
    }
    return found ?? NOBODY
  }

  private forget(key: string, { label }: Entry): void {
    this.services.delete(key)
    const same = this.byLabel.get(label)
    same?.delete(key)
    if (same?.size === 0) this.byLabel.delete(label)
  }
}

const labelKey = (namespace: string | undefined, [key, value]: readonly [string, string]): string =>
  `${namespace ?? ''}/${key}=${value}`
