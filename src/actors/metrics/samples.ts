import type { EventData } from '../../events/catalogue/index.ts'
import type { ActorId, Micros } from '../../events/envelope.ts'

type Reported = EventData<'UsageReported'>['containers'][number]

interface Point {
  readonly at: Micros
  readonly cpuMicros: number
  readonly memoryBytes: number
}

/** A container's two last points of one life. */
interface Pair {
  readonly before: Point | undefined
  readonly last: Point
}

/** What a container uses, over `window` before `at`. */
export interface Rate {
  readonly name: string
  readonly at: Micros
  readonly window: Micros
  readonly nanoCores: number
  readonly memoryBytes: number
}

/**
 * The last two scrapes of each kubelet: a rate needs both.
 * Source: kubernetes-sigs/metrics-server, pkg/storage/pod.go (v0.8).
 */
export class Samples {
  /** By kubelet; then by container, as its processes are called. */
  private readonly byKubelet = new Map<ActorId, Map<string, Pair>>()
  /** Containers of a Pod, by `namespace/name`: what the last scrape of its kubelet held. */
  private readonly byPod = new Map<string, Map<string, Pair>>()

  /** When each kubelet was scraped, the last two times. */
  private readonly scrapes = new Map<ActorId, { readonly before: Micros | undefined; readonly last: Micros }>()

  /** Takes what a kubelet reported; what it no longer names is forgotten. */
  take(kubelet: ActorId, containers: readonly Reported[], at: Micros): void {
    const known = this.byKubelet.get(kubelet)
    const before = this.scrapes.get(kubelet)?.last
    this.forget(kubelet)
    this.scrapes.set(kubelet, { before, last: at })
    const tasks = new Map<string, Pair>()
    for (const { task, namespace, pod, name, cpuMicros, memoryBytes } of containers) {
      const pair: Pair = { before: known?.get(task)?.last, last: { at, cpuMicros, memoryBytes } }
      tasks.set(task, pair)
      const key = `${namespace}/${pod}`
      const ofPod = this.byPod.get(key)
      if (ofPod === undefined) this.byPod.set(key, new Map([[name, pair]]))
      else ofPod.set(name, pair)
      this.podsOf(kubelet).add(key)
    }
    this.byKubelet.set(kubelet, tasks)
  }

  forget(kubelet: ActorId): void {
    this.byKubelet.delete(kubelet)
    this.scrapes.delete(kubelet)
    for (const key of this.pods.get(kubelet) ?? []) this.byPod.delete(key)
    this.pods.delete(kubelet)
  }

  clear(): void {
    this.byKubelet.clear()
    this.scrapes.clear()
    this.byPod.clear()
    this.pods.clear()
  }

  /** Undefined unless every container of the Pod was seen twice. */
  ofPod(namespace: string, pod: string): readonly Rate[] | undefined {
    const rates: Rate[] = []
    for (const [name, pair] of this.byPod.get(`${namespace}/${pod}`) ?? []) {
      const rate = rateOf(name, pair)
      if (rate === undefined) return undefined
      rates.push(rate)
    }
    return rates.length === 0 ? undefined : rates
  }

  /** All of a kubelet's containers together, be there any or not; undefined until it was scraped twice. */
  ofKubelet(kubelet: ActorId): Rate | undefined {
    const scraped = this.scrapes.get(kubelet)
    if (scraped?.before === undefined || scraped.last <= scraped.before) return undefined
    const rates: Rate[] = []
    for (const pair of this.byKubelet.get(kubelet)?.values() ?? []) {
      const rate = rateOf('', pair)
      if (rate !== undefined) rates.push(rate)
    }
    const sum = (member: 'nanoCores' | 'memoryBytes'): number => rates.reduce((total, rate) => total + rate[member], 0)
    const { before, last } = scraped
    const used = { nanoCores: sum('nanoCores'), memoryBytes: sum('memoryBytes') }
    return { name: '', at: last, window: last - before, ...used }
  }

  private readonly pods = new Map<ActorId, Set<string>>()

  private podsOf(kubelet: ActorId): Set<string> {
    const known = this.pods.get(kubelet) ?? new Set<string>()
    this.pods.set(kubelet, known)
    return known
  }
}

const rateOf = (name: string, { before, last }: Pair): Rate | undefined => {
  if (before === undefined || last.at <= before.at) return undefined
  const window = last.at - before.at
  const used = last.cpuMicros - before.cpuMicros
  return {
    name,
    at: last.at,
    window,
    nanoCores: Math.floor((used * 1_000_000_000) / window),
    memoryBytes: last.memoryBytes,
  }
}
