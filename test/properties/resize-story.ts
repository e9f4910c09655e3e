/** Pods of one node that are resized while their kubelet keeps ending, and what must hold meanwhile and afterwards. */
import fc from 'fast-check'
import type { Substitute } from '../../src/engine/kernel/actors.ts'
import type { Micros } from '../../src/events/envelope.ts'
import { millis, minutes, seconds } from '../../src/events/time.ts'
import type { NodeShape } from '../../src/actors/kubelet/config.ts'
import { kubeletId } from '../../src/actors/kubelet/process.ts'
import { containerdId } from '../../src/actors/runtime/containerd.ts'
import { findCondition } from '../../src/kubernetes/conditions.ts'
import { isTerminating } from '../../src/kubernetes/pods.ts'
import { sameResources, type PodAllocation } from '../../src/kubernetes/pod-allocation.ts'
import { amountIn, podRequests, resourcesOf } from '../../src/kubernetes/resources.ts'
import type { ResourceRequirements } from '../../src/kubernetes/types/container.ts'
import type { Pod } from '../../src/kubernetes/types/pod.ts'
import { SmallCluster } from '../scenarios/node/small-cluster.ts'

const NODE = 'node-1'
const KUBELET = kubeletId(NODE)
/** Thousandths of a core, MiB. The node has 4 cores and 16 GiB. */
const CORES = 4000

/** Something that happens, and how long after what was before it. */
export interface Happening {
  readonly after: Micros
  readonly what:
    | { readonly type: 'resize'; readonly pod: number; readonly cpu: number; readonly memory: number }
    | { readonly type: 'delete'; readonly pod: number }
    /** The kubelet ends; or, if it is away, comes back. */
    | { readonly type: 'turn' }
    /** Power goes; or, if it is gone, comes back. */
    | { readonly type: 'power' }
}

export interface Story {
  readonly seed: number
  /** First requests of each Pod, in thousandths of a core. */
  readonly pods: readonly { readonly cpu: number; readonly restarts: boolean }[]
  readonly happenings: readonly Happening[]
}

const pod = fc.nat(2)
const happening: fc.Arbitrary<Happening> = fc.record({
  // Most of what a resize takes is over in a tenth of a second; some of it waits for a look at the runtime.
  after: fc.oneof(fc.integer({ min: 0, max: millis(40) }), fc.integer({ min: 0, max: seconds(4) })),
  what: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('resize' as const),
        pod,
        cpu: fc.integer({ min: 1, max: 14 }).map((tenths) => tenths * 350),
        memory: fc.integer({ min: 1, max: 8 }).map((parts) => parts * 256),
      }),
    },
    { weight: 4, arbitrary: fc.constant({ type: 'turn' as const }) },
    { weight: 1, arbitrary: fc.constant({ type: 'power' as const }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), pod }) },
  ),
})

export const stories: fc.Arbitrary<Story> = fc.record({
  seed: fc.nat(1_000_000),
  pods: fc.array(fc.record({ cpu: fc.integer({ min: 100, max: 1300 }), restarts: fc.boolean() }), {
    minLength: 3,
    maxLength: 3,
  }),
  happenings: fc.array(happening, { maxLength: 14 }),
})

/** What a planted bug may do. */
export interface Plant {
  readonly substitute?: Substitute
  readonly node?: Partial<NodeShape>
  /** When a kubelet has ended. */
  readonly kubeletEnded?: (cluster: SmallCluster) => void
}

const nameOf = (index: number): string => `pod-${index}`
const resourcesFor = (cpu: number, memory: number): ResourceRequirements => ({
  requests: { cpu: `${cpu}m`, memory: `${memory}Mi` },
})

/** Plays a story. Gives what was wrong, and the log. */
export const play = (
  story: Story,
  plant: Plant = {},
): { readonly problems: readonly string[]; readonly log: string } => {
  const cluster = new SmallCluster({
    seed: story.seed,
    images: ['registry.example/app:1'],
    substitute: plant.substitute,
    node: plant.node,
  })
  const bounds = new Bounds(cluster)
  story.pods.forEach(({ cpu, restarts }, i) => {
    const restartPolicy = restarts ? 'RestartContainer' : 'NotRequired'
    const resizePolicy = [{ resourceName: 'cpu', restartPolicy }]
    const app = { name: 'app', image: 'registry.example/app:1', resources: resourcesFor(cpu, 256), resizePolicy }
    cluster.createPod(nameOf(i), { containers: [app], terminationGracePeriodSeconds: 1 })
  })
  bounds.run(seconds(20))
  let isAway = false
  let isDark = false
  for (const { after, what } of story.happenings) {
    bounds.run(after)
    switch (what.type) {
      case 'resize':
        resize(cluster, nameOf(what.pod), resourcesFor(what.cpu, what.memory))
        break
      case 'delete':
        cluster.deletePod(nameOf(what.pod), 1)
        break
      case 'turn':
        if (isDark) break
        if (isAway) cluster.revive(KUBELET)
        else {
          cluster.kill(KUBELET)
          plant.kubeletEnded?.(cluster)
        }
        isAway = !isAway
        break
      case 'power':
        if (isAway) break
        if (isDark) cluster.powerOn(NODE)
        else cluster.powerOff(NODE)
        isDark = !isDark
    }
  }
  if (isAway) cluster.revive(KUBELET)
  if (isDark) cluster.powerOn(NODE)
  bounds.run(minutes(6))
  const unsettledPods = cluster.list('Pod').flatMap((one) => unsettled(one, cluster))
  return { problems: [...bounds.problems, ...unsettledPods], log: JSON.stringify(cluster.events) }
}

const resize = (cluster: SmallCluster, name: string, resources: ResourceRequirements): void => {
  const body = { spec: { containers: [{ name: 'app', resources }] } }
  const about = { kind: 'Pod', namespace: 'default', name, subresource: 'resize' } as const
  cluster.ask({ verb: 'patch', patchType: 'strategic', body, ...about })
}

type Checkpointed = { readonly type: string; readonly uid: string; readonly allocation: PodAllocation }

/** The node never grants more than it has, nor do its containers have more: looked at whenever kubelet or runtime did something. */
class Bounds {
  readonly problems = new Set<string>()
  private readonly cluster: SmallCluster
  private readonly held = new Map<string, number>()
  /** By container: of which Pod. */
  private readonly running = new Map<string, string>()
  private seen = 0

  constructor(cluster: SmallCluster) {
    this.cluster = cluster
  }

  run(time: Micros): void {
    const end = this.cluster.now + time
    this.cluster.runUntil(() => {
      this.look()
      return false
    }, time)
    this.cluster.run(Math.max(0, end - this.cluster.now))
  }

  private look(): void {
    const { events } = this.cluster
    let isNews = false
    for (; this.seen < events.length; this.seen++) {
      const event = events[this.seen]
      if (event?.type === 'ContainerResourcesUpdated')
        this.held.set(event.data.container, millisOf(event.data.resources))
      else if (event?.type === 'ContainerStarted') this.running.set(event.data.container, event.data.uid)
      else if (event?.type === 'ContainerExited') {
        this.held.delete(event.data.container)
        this.running.delete(event.data.container)
      } else if (event?.type === 'HostPoweredOff') {
        this.held.clear()
        this.running.clear()
      }
      isNews ||= event?.by === KUBELET || event?.by === containerdId(NODE)
    }
    if (!isNews) return
    this.check('granted', this.granted())
    this.check('held', this.held.values())
  }

  private check(what: string, amounts: Iterable<number>): void {
    let sum = 0
    for (const amount of amounts) sum += amount
    if (sum > CORES) this.problems.add(`${what} ${sum}m of ${CORES}m`)
  }

  /** By Pods that are there, as the kubelet's disk has it. Who is to go and has ended needs no room. */
  private granted(): Iterable<number> {
    const granted = new Map<string, number>()
    for (const { type, uid, allocation } of this.cluster.kernel.machines.contentOf(
      KUBELET,
    ) as readonly Checkpointed[]) {
      if (type === 'removed') granted.delete(uid)
      else granted.set(uid, millisOf(allocation.containers['app']))
    }
    const runs = new Set(this.running.values())
    const live = this.cluster.list('Pod').filter((one) => !isTerminating(one) || runs.has(one.metadata.uid))
    const uids = new Set(live.map(({ metadata }) => metadata.uid))
    for (const uid of [...granted.keys()]) if (!uids.has(uid)) granted.delete(uid)
    return granted.values()
  }
}

const millisOf = (resources: ResourceRequirements | undefined): number => resourcesOf(resources?.requests).milliCPU

/** In the end a Pod has what it asks for, or says rightly why it has not. */
const unsettled = (one: Pod, cluster: SmallCluster): readonly string[] => {
  const { name } = one.metadata
  const { status, spec } = one
  const [container] = status?.containerStatuses ?? []
  if (status?.phase !== 'Running' || container?.ready !== true) return [`${name} is ${status?.phase ?? 'nothing'}`]
  const wanted = amountIn(podRequests({ ...one, status: undefined }).requests, 'cpu')
  const pending = findCondition(status.conditions, 'PodResizePending')
  const problems: string[] = []
  if (findCondition(status.conditions, 'PodResizeInProgress') !== undefined) problems.push(`${name} is still resized`)
  if (pending === undefined) {
    if (!sameResources(container.resources, spec.containers[0]?.resources))
      problems.push(`${name} has not what it asks`)
  } else if (pending.reason === 'Infeasible' ? wanted <= CORES : wanted + othersOf(one, cluster) <= CORES) {
    problems.push(`${name} waits without need`)
  }
  return problems
}

const othersOf = (one: Pod, cluster: SmallCluster): number =>
  cluster
    .list('Pod')
    .filter(({ metadata }) => metadata.uid !== one.metadata.uid)
    .reduce((sum, { status }) => sum + resourcesOf(status?.containerStatuses?.[0]?.allocatedResources).milliCPU, 0)
