/** What a kubelet knows of a container that somebody connects to, read from the cluster. */
import type { Cluster } from '../../cluster.ts'
import type { Micros } from '../../events/envelope.ts'
import { allContainers } from '../../kubernetes/pods.ts'
import { badRequest, internalError, notFound, type Status } from '../../kubernetes/status.ts'
import type { Container, ContainerStatus } from '../../kubernetes/types/container.ts'
import type { Service } from '../../kubernetes/types/networking.ts'
import type { Pod } from '../../kubernetes/types/pod.ts'
import { environmentOf, filesOf, type ContainerPlace } from '../../kubernetes/workload/container-files.ts'
import type { LogLine } from '../../kubernetes/workload/log-lines.ts'
import { splitLines } from '../../kubernetes/workload/shell/text.ts'
import type { ShellWorld } from '../../kubernetes/workload/shell/world.ts'
import { foldAll, foldEvent } from '../../engine/projection.ts'
import {
  containerLivesProjection,
  lifeKey,
  type ContainerLife,
  type ContainerLives,
} from '../../projections/container-lives.ts'
import { wallTime } from '../wall-time.ts'

/** As much of what a container said is kept. */
const HEARD_MAX = 5_000

/** What the API server answers to a connection. */
export interface Location {
  readonly nodeName: string
  readonly podName: string
  readonly podUid: string
  readonly container: string
}

export interface ConnectedContainer {
  readonly pod: Pod
  readonly container: Container
  readonly status: ContainerStatus | undefined
}

export class PodAccess {
  readonly cluster: Cluster
  private readonly lives: ContainerLives
  private readonly subscription: { unsubscribe(): void }
  /** What was written to a container's own file system, by the runtime's name for it. */
  private readonly written = new Map<string, Map<string, string>>()
  /** What commands wrote at which somebody sat, by the runtime's name for their containers. */
  private readonly heard = new Map<string, LogLine[]>()

  constructor(cluster: Cluster) {
    this.cluster = cluster
    this.lives = foldAll(containerLivesProjection, cluster.log.range(1))
    this.subscription = cluster.events$.subscribe((event) => {
      foldEvent(containerLivesProjection, this.lives, event)
      if (event.type === 'ContainerExited') this.written.delete(event.data.container)
    })
  }

  close(): void {
    this.subscription.unsubscribe()
  }

  /** A kubelet that cannot be reached answers nobody. */
  find(namespace: string, { nodeName, podName, podUid, container: name }: Location): ConnectedContainer | Status {
    const { cluster } = this
    const unreachable = this.unreachable(nodeName)
    if (unreachable !== undefined) return unreachable
    const pod = cluster.get('Pod', namespace, podName)
    if (pod === undefined || pod.metadata.uid !== podUid) {
      return notFound({ group: '', resource: 'pods' }, podName)
    }
    const container = name === '' ? pod.spec.containers[0] : allContainers(pod).find((one) => one.name === name)
    if (container === undefined) return badRequest(`container ${name} is not valid for pod ${podName}`)
    const { status = {} } = pod
    const statuses = [status.containerStatuses, status.initContainerStatuses, status.ephemeralContainerStatuses]
    const found = statuses.flatMap((some) => some ?? []).find((one) => one.name === container.name)
    return { pod, container, status: found }
  }

  /** Whether nobody answers for the kubelet of a node. */
  isGone(node: string): boolean {
    return this.cluster.faults.some(
      ({ fault }) =>
        (fault.kind === 'crash' && fault.host === node) ||
        ((fault.kind === 'kill' || fault.kind === 'pause') && fault.process === `kubelet/${node}`),
    )
  }

  private unreachable(node: string): Status | undefined {
    const { cluster } = this
    if (!this.isGone(node)) return undefined
    const addresses = cluster.get('Node', undefined, node)?.status?.addresses ?? []
    const address = addresses.find(({ type }) => type === 'InternalIP')?.address ?? node
    return internalError(`error dialing backend: dial tcp ${address}:10250: connect: connection refused`)
  }

  livesOf({ pod, container }: Pick<ConnectedContainer, 'pod' | 'container'>): readonly ContainerLife[] {
    return this.lives.byContainer.get(lifeKey(pod.metadata.uid, container.name)) ?? []
  }

  /** The life that goes on now. */
  running(connected: Pick<ConnectedContainer, 'pod' | 'container'>): ContainerLife | undefined {
    const life = this.livesOf(connected).at(-1)
    return life?.ended === undefined ? life : undefined
  }

  requestsOf({ metadata }: Pod): readonly Micros[] {
    return this.lives.requests.get(`${metadata.namespace ?? ''}/${metadata.name}`) ?? []
  }

  /** What a process inside sees. */
  world(connected: ConnectedContainer, life: ContainerLife): ShellWorld {
    let own = this.written.get(life.id)
    if (own === undefined) this.written.set(life.id, (own = new Map<string, string>()))
    return this.worldOver(own, connected)
  }

  /** What a process sees in a container to which nobody has written. */
  freshWorld(connected: ConnectedContainer): ShellWorld {
    return this.worldOver(new Map(), connected)
  }

  /** What was written while somebody sat at it goes to its container's log. */
  hear({ id }: ContainerLife, text: string): void {
    const said = this.heard.get(id) ?? []
    this.heard.set(id, said)
    said.push({ at: this.cluster.now, text })
    if (said.length > HEARD_MAX) said.shift()
  }

  /** In lines, the last of which may not have ended. */
  heardOf({ id }: ContainerLife): readonly LogLine[] {
    const lines: LogLine[] = []
    let open: LogLine | undefined
    for (const { at, text } of this.heard.get(id) ?? []) {
      const split = splitLines((open?.text ?? '') + text)
      for (const line of split.lines) {
        lines.push({ at: open?.at ?? at, text: line })
        open = undefined
      }
      open = split.rest === '' ? undefined : { at: open?.at ?? at, text: split.rest }
    }
    return open === undefined ? lines : [...lines, open]
  }

  private worldOver(own: Map<string, string>, connected: ConnectedContainer): ShellWorld {
    const { pod, container } = connected
    const place = this.placeOf(connected)
    const { files, directories, readOnly } = filesOf(place)
    const runAs = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0
    const command = [...(container.command ?? []), ...(container.args ?? [])].join(' ')
    return {
      variables: environmentOf(place),
      files: new LayeredFiles(files, own),
      directories,
      readOnly,
      workingDirectory: container.workingDir ?? '/',
      hostname: pod.spec.hostname ?? pod.metadata.name,
      user: runAs,
      processes: [command === '' ? (container.image ?? '') : command],
      now: () => wallTime(this.cluster),
    }
  }

  private placeOf({ pod, container }: ConnectedContainer): ContainerPlace {
    const { cluster } = this
    const { namespace = '' } = pod.metadata
    const clusterIP = (space: string, name: string): string | undefined =>
      cluster.get('Service', space, name)?.spec.clusterIP
    return {
      pod,
      container,
      config: {
        configMap: (name) => cluster.get('ConfigMap', namespace, name),
        secret: (name) => cluster.get('Secret', namespace, name),
      },
      addresses: {
        apiServer: clusterIP('default', 'kubernetes') ?? '10.96.0.1',
        dns: clusterIP('kube-system', 'kube-dns') ?? '10.96.0.10',
      },
      services: this.servicesBefore(startOf(pod, container), namespace),
    }
  }

  /** A container is told of the Services that are there when it starts, and of no later ones. */
  private servicesBefore(start: string | undefined, namespace: string): readonly Service[] {
    return this.cluster
      .list('Service', namespace)
      .filter(({ metadata }) => start === undefined || metadata.creationTimestamp <= start)
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  }
}

const startOf = ({ status = {} }: Pod, { name }: Container): string | undefined => {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status
  const all = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses]
  return all.find((one) => one.name === name)?.state?.running?.startedAt
}

/** What is mounted, and over it what was written since the container started. */
class LayeredFiles extends Map<string, string> {
  private readonly own: Map<string, string>

  constructor(mounted: ReadonlyMap<string, string>, own: Map<string, string>) {
    super()
    this.own = own
    for (const [path, text] of [...mounted, ...own]) super.set(path, text)
  }

  override set(path: string, text: string): this {
    // The constructor of Map sets before there is anything to keep.
    this.own?.set(path, text)
    return super.set(path, text)
  }

  override delete(path: string): boolean {
    this.own.delete(path)
    return super.delete(path)
  }
}
