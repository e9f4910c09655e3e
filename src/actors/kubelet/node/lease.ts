import type { ActorContext } from '../../../engine/actor.ts'
import type { ApiAnswer, ApiClient, CallOptions } from '../../../engine/client/api-client.ts'
import { exponential } from '../../../engine/client/backoff.ts'
import { FoldedRenewals } from '../../../engine/client/folded-renewals.ts'
import { TokenBucket } from '../../../engine/client/token-bucket.ts'
import type { Micros } from '../../../events/envelope.ts'
import { millis, seconds } from '../../../events/time.ts'
import { microTime } from '../../../kubernetes/time.ts'
import type { Lease, Node } from '../../../kubernetes/types/node.ts'

/** Source: pkg/kubelet/apis/config/v1beta1/defaults.go, NodeLeaseDurationSeconds (v1.36). */
export const LEASE_SECONDS = 40
const NAMESPACE = 'kube-node-lease'
/** Source: component-helpers/apimachinery/lease/controller.go: maxUpdateRetries, minBackoff, maxBackoff. */
const MAX_TRIES = 5
const ENSURE_BACKOFF: Micros = millis(100)
const ENSURE_BACKOFF_MAX: Micros = seconds(7)
/** A heartbeat's request must not outlive the next heartbeat. Source: cmd/kubelet/app/server.go, heartbeatClientConfig. */
const HEARTBEAT_TIMEOUT: Micros = seconds(10)

/** How heartbeats are sent: past the kubelet's own limit of requests. Source: cmd/kubelet/app/server.go, heartbeatClientConfig.QPS = -1. */
export const heartbeatCalls = (): CallOptions => ({
  timeout: HEARTBEAT_TIMEOUT,
  limiter: new TokenBucket(UNLIMITED, UNLIMITED),
})

/** Requests a second that nobody sends. */
const UNLIMITED = 1_000_000

export const LEASE_TIMER = 'lease'

/** Renews the node's Lease: its sign of life. Source: component-helpers/apimachinery/lease/controller.go (v1.36). */
export class NodeLease {
  private readonly name: string
  private readonly client: ApiClient
  private readonly node: () => Node | undefined
  private readonly context: ActorContext
  private readonly options = heartbeatCalls()
  /** As last answered; undefined makes the next renewal read it first. */
  private lease: Lease | undefined
  private busy = false
  private failures = 0
  private readonly folded = new FoldedRenewals()

  constructor(name: string, client: ApiClient, node: () => Node | undefined, context: ActorContext) {
    this.name = name
    this.client = client
    this.node = node
    this.context = context
  }

  /** Renews it now without a write, if nothing is wrong anywhere. False when a write is due. */
  fold(): boolean {
    const { busy, lease } = this
    return !busy && lease !== undefined && this.folded.renew(lease, this.context) !== undefined
  }

  /** Renews it now, unless a renewal is under way. */
  renew(): void {
    if (this.busy) return
    this.busy = true
    if (this.lease === undefined) this.ensure()
    else this.update(this.lease, 1)
  }

  /** The back-off of a failed read is over. */
  due(): void {
    this.ensure()
  }

  private ensure(): void {
    const { name } = this
    const done = (answer: ApiAnswer<'Lease'>): void => {
      if (answer.ok && answer.object !== undefined) {
        this.failures = 0
        this.update(answer.object, 1)
      } else if (!answer.ok && answer.code === 404) this.create()
      else this.retryEnsure()
    }
    const call = { verb: 'get', kind: 'Lease', namespace: NAMESPACE, name } as const
    this.client.call(this.context, call, done, this.options)
  }

  private create(): void {
    const { name } = this
    const node = this.node()
    const owner = { apiVersion: 'v1', kind: 'Node', name, uid: node?.metadata.uid ?? '' }
    const metadata = { name, namespace: NAMESPACE, ...(node === undefined ? {} : { ownerReferences: [owner] }) }
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: this.spec() }
    this.client.call(
      this.context,
      { verb: 'create', kind: 'Lease', namespace: NAMESPACE, name, body },
      (answer) => {
        if (answer.ok) this.settle(answer.object)
        else this.retryEnsure()
      },
      this.options,
    )
  }

  private retryEnsure(): void {
    const delay = exponential(ENSURE_BACKOFF, ENSURE_BACKOFF_MAX, this.failures++)
    this.context.setTimer(LEASE_TIMER, '', delay)
  }

  private update(lease: Lease, attempt: number): void {
    const { name } = this
    const body = { ...lease, spec: this.spec() }
    this.client.call(
      this.context,
      { verb: 'update', kind: 'Lease', namespace: NAMESPACE, name, body },
      (answer) => {
        if (answer.ok) this.settle(answer.object)
        // Gone or changed by another hand: read it again.
        else if (answer.code === 404 || answer.code === 409) this.ensure()
        else if (attempt < MAX_TRIES) this.update(lease, attempt + 1)
        else this.settle(undefined)
      },
      this.options,
    )
  }

  private settle(lease: Lease | undefined): void {
    this.busy = false
    this.lease = lease
    this.failures = 0
  }

  private spec(): Lease['spec'] {
    return {
      holderIdentity: this.name,
      leaseDurationSeconds: LEASE_SECONDS,
      renewTime: microTime(this.context.now),
    }
  }
}
