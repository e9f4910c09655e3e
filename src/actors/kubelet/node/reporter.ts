import type { ActorContext } from '../../../engine/actor.ts'
import type { ApiClient } from '../../../engine/client/api-client.ts'
import { exponential, jittered } from '../../../engine/client/backoff.ts'
import type { Micros } from '../../../events/envelope.ts'
import { millis, minutes, seconds } from '../../../events/time.ts'
import { isConditionTrue } from '../../../kubernetes/conditions.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { NodeShape } from '../config.ts'
import { heartbeatCalls, LEASE_TIMER, NodeLease } from './lease.ts'
import { initialNode, nodePatch, staleLabels, type NodeHealth } from './object.ts'

/** Source: pkg/kubelet/apis/config/v1beta1/defaults.go, NodeStatusUpdateFrequency and NodeStatusReportFrequency (v1.36). */
const HEARTBEAT: Micros = seconds(10)
const REPORT: Micros = minutes(5)
/** In thousandths. Source: pkg/kubelet/kubelet.go, wait.JitterUntil of syncNodeStatus with 0.04. */
const HEARTBEAT_JITTER = 40
/** Source: kubelet_node_status.go, registerWithAPIServer: 100 ms, doubled up to 7 s. */
const REGISTER_BACKOFF: Micros = millis(100)
const REGISTER_BACKOFF_MAX: Micros = seconds(7)
const STATUS_TRIES = 5

const HEARTBEAT_TIMER = 'heartbeat'
const REGISTER_TIMER = 'register'

/** What the reporter asks, and whom it tells. */
export interface ReporterHost {
  health(): NodeHealth
  /** The Node as the kubelet's view shows it. */
  node(): Node | undefined
  registered(): void
  /** With every heartbeat that is not left out. */
  heartbeat(): void
  event(reason: string, message: string): void
}

/**
 * Makes the machine a Node of the API and keeps it one: registration, Lease, status.
 *
 * Lease and status have one heartbeat here, where upstream has two of the same period. The status is compared with the
 * API server's each time and sent when it says something new, else every five minutes.
 * Source: pkg/kubelet/kubelet_node_status.go (v1.36).
 */
export class NodeReporter {
  /** As last seen. */
  node: Node | undefined
  private readonly shape: NodeShape
  private readonly client: ApiClient
  private readonly host: ReporterHost
  private readonly context: ActorContext
  private readonly lease: NodeLease
  private readonly heartbeats = heartbeatCalls()
  private failures = 0
  private reportedAt: Micros = 0
  private busy = false
  private hasStorage = false
  /** This version of the Node says what there is to say while these are the problems. */
  private settled: { readonly node: Node; readonly problems: string } | undefined

  constructor(shape: NodeShape, client: ApiClient, host: ReporterHost, context: ActorContext) {
    this.shape = shape
    this.client = client
    this.host = host
    this.context = context
    this.lease = new NodeLease(shape.name, client, () => this.node, context)
  }

  register(): void {
    const { shape, context } = this
    if (this.failures === 0) this.announce()
    const body = initialNode(shape, context.boot, this.health(), context.now)
    this.client.call(context, { verb: 'create', kind: 'Node', name: shape.name, body }, (answer) => {
      if (answer.ok && answer.object !== undefined) this.begin(answer.object)
      else if (!answer.ok && answer.code === 409) this.adopt()
      else this.retryRegister()
    })
  }

  /** True when the event was the reporter's alarm. */
  alarm(name: string): boolean {
    switch (name) {
      case REGISTER_TIMER:
        this.register()
        return true
      case LEASE_TIMER:
        this.lease.due()
        return true
      case HEARTBEAT_TIMER:
        this.beat()
        return true
      default:
        return false
    }
  }

  private announce(): void {
    this.host.event('Starting', 'Starting kubelet.')
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) this.tell(reason)
  }

  private tell(reason: string): void {
    this.host.event(reason, `Node ${this.shape.name} status is now: ${reason}`)
  }

  private retryRegister(): void {
    const delay = exponential(REGISTER_BACKOFF, REGISTER_BACKOFF_MAX, this.failures++)
    this.context.setTimer(REGISTER_TIMER, '', delay)
  }

  /** The Node exists: it is ours from before. Its labels are put right, its status follows. */
  private adopt(): void {
    const { name } = this.shape
    this.client.call(this.context, { verb: 'get', kind: 'Node', name }, (answer) => {
      const node = answer.ok ? answer.object : undefined
      const labels = node === undefined ? undefined : staleLabels(this.shape, node)
      if (node === undefined) this.retryRegister()
      else if (labels === undefined) this.begin(node)
      else {
        const body = { metadata: { labels } }
        this.client.call(
          this.context,
          { verb: 'patch', kind: 'Node', name, patchType: 'strategic', body },
          (patched) => {
            if (patched.ok) this.begin(patched.object ?? node)
            else this.retryRegister()
          },
        )
      }
    })
  }

  private begin(node: Node): void {
    this.node = node
    this.failures = 0
    this.host.registered()
    this.lease.renew()
    this.createStorage(node)
    this.planBeat()
  }

  /** The node is not ready before its CSINode is. Source: pkg/volume/csi/nodeinfomanager; kubelet.go, runtimeState.storageErrors. */
  private createStorage(node: Node): void {
    const { name, uid } = node.metadata
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }]
    const body = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSINode',
      metadata: { name, ownerReferences },
      spec: { drivers: [] },
    }
    this.client.call(this.context, { verb: 'create', kind: 'CSINode', name, body }, (answer) => {
      this.hasStorage = answer.ok || answer.code !== 0
      if (this.hasStorage) this.sync(1)
    })
  }

  private planBeat(): void {
    this.context.setTimer(HEARTBEAT_TIMER, '', jittered(HEARTBEAT, HEARTBEAT_JITTER, this.context.random))
  }

  private beat(): void {
    this.planBeat()
    if (!this.lease.fold()) {
      this.host.heartbeat()
      this.lease.renew()
    }
    if (!this.hasStorage && this.node !== undefined) this.createStorage(this.node)
    if (!this.busy) this.readAndSync()
  }

  /**
   * Whoever has changed the Node meanwhile is noticed here: the Node is read from the kubelet's own informer, and from the
   * API server where that does not show it. Source: pkg/kubelet/kubelet_node_status.go, tryUpdateNodeStatus (v1.36).
   */
  private readAndSync(): void {
    const seen = this.host.node()
    if (seen !== undefined) {
      this.see(seen)
      this.sync(1)
      return
    }
    const { name } = this.shape
    this.busy = true
    this.client.call(
      this.context,
      { verb: 'get', kind: 'Node', name },
      (answer) => {
        this.busy = false
        // A kubelet whose Node was deleted does not register again; it goes on asking.
        if (!answer.ok || answer.object === undefined) return
        this.see(answer.object)
        this.sync(1)
      },
      this.heartbeats,
    )
  }

  private see(node: Node): void {
    const before = this.node?.spec.unschedulable === true
    this.node = node
    const after = node.spec.unschedulable === true
    if (before !== after) this.tell(after ? 'NodeNotSchedulable' : 'NodeSchedulable')
  }

  private sync(attempt: number): void {
    const { node, shape, context } = this
    if (node === undefined || this.busy) return
    const isDue = context.monotonic - this.reportedAt >= REPORT
    const health = this.health()
    const problems = health.problems.join()
    if (!isDue && this.settled?.node === node && this.settled.problems === problems) return
    const patch = nodePatch(shape, context.boot, node, health, context.now)
    this.settled = patch.isNews ? undefined : { node, problems }
    if (!patch.isNews && !isDue) return
    const wasReady = isConditionTrue(node.status?.conditions, 'Ready')
    const isReady = health.problems.length === 0
    if (attempt === 1 && wasReady !== isReady) this.tell(isReady ? 'NodeReady' : 'NodeNotReady')
    this.busy = true
    const { body } = patch
    this.client.call(
      context,
      { verb: 'patch', kind: 'Node', name: shape.name, subresource: 'status', patchType: 'strategic', body },
      (answer) => {
        this.busy = false
        if (answer.ok) {
          this.reportedAt = context.monotonic
          this.node = answer.object ?? node
        } else if (attempt < STATUS_TRIES && answer.code !== 404) this.sync(attempt + 1)
      },
      this.heartbeats,
    )
  }

  private health(): NodeHealth {
    const { problems } = this.host.health()
    return this.hasStorage ? { problems } : { problems: [...problems, 'CSINode is not yet initialized'] }
  }
}
