import type { Micros } from '../../events/envelope.ts'
import type { EventData } from '../../events/catalogue/index.ts'

/** A Pod's sandbox: its namespaces, held open by a pause container. */
export interface Sandbox {
  readonly sandbox: string
  readonly uid: string
  readonly namespace: string
  readonly pod: string
  readonly ip: string
  readonly attempt: number
  readonly ready: boolean
}

export interface Container {
  readonly container: string
  readonly sandbox: string
  readonly uid: string
  readonly name: string
  readonly image: string
  readonly restartCount: number
  readonly startedMicros: Micros
  /** Requests and limits, where it was told other ones than those that its Pod came with. */
  readonly resources?: ContainerResources
  /** Absent while it runs. */
  readonly end?: ContainerEnd
}

export type ContainerResources = EventData<'UpdateContainerResources'>['resources']

export interface ContainerEnd {
  readonly exitCode: number
  readonly reason: string
  readonly finishedMicros: Micros
}

/** What containerd has written down, one step at a time. */
export type HoldingsRecord =
  | { readonly type: 'booted'; readonly boot: number; readonly now: Micros }
  | { readonly type: 'image'; readonly image: string; readonly bytes: number }
  | { readonly type: 'sandbox'; readonly sandbox: Sandbox }
  | { readonly type: 'sandbox stopped'; readonly sandbox: string }
  | { readonly type: 'container'; readonly container: Container }
  | { readonly type: 'resources'; readonly container: string; readonly resources: ContainerResources }
  | { readonly type: 'ended'; readonly container: string; readonly end: ContainerEnd }
  | { readonly type: 'container removed'; readonly container: string }
  | { readonly type: 'pod removed'; readonly uid: string }
  | { readonly type: 'snapshot'; readonly holdings: HoldingsSnapshot }

export interface HoldingsSnapshot {
  readonly boot: number
  readonly images: readonly (readonly [string, number])[]
  readonly sandboxes: readonly Sandbox[]
  readonly containers: readonly Container[]
}

/** How containers end that nobody saw end: the machine went down under them. Source: containerd, internal/cri/server/restart.go. */
const UNSEEN_END = { exitCode: 255, reason: 'Unknown' } as const

/** What containerd holds: a fold of its records, moved in place. */
export class Holdings {
  boot = 0
  readonly images = new Map<string, number>()
  readonly sandboxes = new Map<string, Sandbox>()
  readonly containers = new Map<string, Container>()
  /** Ids of the containers of each Pod. */
  private readonly byPod = new Map<string, Set<string>>()

  /** In order of their start. */
  containersOf(uid: string): readonly Container[] {
    const found: Container[] = []
    for (const id of this.byPod.get(uid) ?? []) {
      const container = this.containers.get(id)
      if (container !== undefined) found.push(container)
    }
    return found
  }

  apply(record: HoldingsRecord): void {
    switch (record.type) {
      case 'booted':
        if (this.boot !== 0 && this.boot !== record.boot) this.loseProcesses(record.now)
        this.boot = record.boot
        return
      case 'image':
        this.images.set(record.image, record.bytes)
        return
      case 'sandbox':
        this.sandboxes.set(record.sandbox.sandbox, record.sandbox)
        return
      case 'sandbox stopped': {
        const sandbox = this.sandboxes.get(record.sandbox)
        if (sandbox !== undefined) this.sandboxes.set(record.sandbox, { ...sandbox, ready: false })
        return
      }
      case 'container':
        this.put(record.container)
        return
      case 'resources': {
        const container = this.containers.get(record.container)
        if (container !== undefined)
          this.containers.set(record.container, { ...container, resources: record.resources })
        return
      }
      case 'ended': {
        const container = this.containers.get(record.container)
        if (container !== undefined) this.containers.set(record.container, { ...container, end: record.end })
        return
      }
      case 'container removed': {
        const container = this.containers.get(record.container)
        this.containers.delete(record.container)
        if (container !== undefined) this.byPod.get(container.uid)?.delete(record.container)
        return
      }
      case 'pod removed':
        for (const [id, sandbox] of this.sandboxes) if (sandbox.uid === record.uid) this.sandboxes.delete(id)
        for (const { container } of this.containersOf(record.uid)) this.containers.delete(container)
        this.byPod.delete(record.uid)
        return
      case 'snapshot':
        this.restore(record.holdings)
    }
  }

  snapshot(): HoldingsSnapshot {
    return {
      boot: this.boot,
      images: [...this.images],
      sandboxes: [...this.sandboxes.values()],
      containers: [...this.containers.values()],
    }
  }

  get size(): number {
    return this.images.size + this.sandboxes.size + this.containers.size
  }

  private restore({ boot, images, sandboxes, containers }: HoldingsSnapshot): void {
    this.boot = boot
    this.images.clear()
    this.sandboxes.clear()
    this.containers.clear()
    this.byPod.clear()
    for (const [image, bytes] of images) this.images.set(image, bytes)
    for (const sandbox of sandboxes) this.sandboxes.set(sandbox.sandbox, sandbox)
    for (const container of containers) this.put(container)
  }

  private put(container: Container): void {
    this.containers.set(container.container, container)
    const ids = this.byPod.get(container.uid)
    if (ids === undefined) this.byPod.set(container.uid, new Set([container.container]))
    else ids.add(container.container)
  }

  /** The machine has booted since: no process of before lives. */
  private loseProcesses(now: Micros): void {
    for (const [id, sandbox] of this.sandboxes) this.sandboxes.set(id, { ...sandbox, ready: false })
    for (const [id, container] of this.containers) {
      if (container.end !== undefined) continue
      this.containers.set(id, { ...container, end: { ...UNSEEN_END, finishedMicros: now } })
    }
  }
}
