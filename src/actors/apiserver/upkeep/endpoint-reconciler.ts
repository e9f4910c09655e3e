import type { Micros } from '../../../events/envelope.ts'
import { seconds } from '../../../events/time.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import { isStatus, type Status } from '../../../kubernetes/status.ts'
import { refusal, type Answer } from '../answer.ts'
import { ensureAsIs, type OwnDraft } from '../bootstrap/ensure.ts'
import { ensureKubernetesService, SECURE_PORT } from '../bootstrap/kubernetes-service.ts'
import { etcd, type Procedure } from '../procedure.ts'
import { storageError } from '../storage/store.ts'
import type { World } from '../world.ts'

/** Source: pkg/controlplane/instance.go: DefaultEndpointReconcilerInterval, DefaultEndpointReconcilerTTL (v1.36). */
const EVERY: Micros = seconds(10)
const TTL_SECONDS = 15

const LEASES = '/registry/masterleases/'
const LEASES_END = '/registry/masterleases0'
const LEASE_IDS = 0x7fff_ffff_ffff
/** About what a note takes in etcd. */
const SIZE = 60

const RECONCILE = 'reconcile-endpoints'
const NAMESPACE = 'default'
const NAME = 'kubernetes'

const DONE: Answer = { code: 200 }

/**
 * Keeps Service default/kubernetes leading to the API servers that are there. Each notes in etcd that it is, for 15 s, and makes
 * the Service's endpoints of the notes it finds: one that is gone drops out when another looks next.
 * Source: pkg/controlplane/reconcilers/lease.go and endpointsadapter.go; pkg/controlplane/controller/kubernetesservice (v1.36).
 */
export class EndpointReconciler {
  private readonly world: World
  private readonly context: ActorContext
  private readonly start: (procedure: Procedure<Answer>) => void
  private readonly address: string

  constructor(parts: {
    readonly world: World
    readonly context: ActorContext
    readonly start: (procedure: Procedure<Answer>) => void
    /** The server's own. */
    readonly address: string
  }) {
    this.world = parts.world
    this.context = parts.context
    this.start = parts.start
    this.address = parts.address
  }

  begin(): void {
    this.context.setTimer(RECONCILE, '', EVERY)
    this.start(this.reconcile())
  }

  /** An alarm that may be its own. */
  fired(name: string): void {
    if (name === RECONCILE) this.begin()
  }

  private *reconcile(): Procedure<Answer> {
    const refused = yield* ensureKubernetesService(this.world)
    if (refused !== undefined) return refused
    const there = yield* this.note()
    if (isStatus(there)) return refusal(there)
    const { world } = this
    const written = yield* ensureAsIs('Endpoints', NAMESPACE, endpointsOf(there), world)
    return written ?? (yield* ensureAsIs('EndpointSlice', NAMESPACE, sliceOf(there), world)) ?? DONE
  }

  /** Says that this server is there; gives the addresses of all that are. */
  private *note(): Procedure<readonly string[] | Status> {
    const lease = this.context.random.between(1, LEASE_IDS)
    const key = LEASES + this.address
    for (const op of [
      { op: 'lease-grant', lease, ttl: TTL_SECONDS },
      { op: 'put', key, size: SIZE, value: {}, lease },
    ] as const) {
      const response = yield* etcd(op)
      if (response.outcome === 'refused') return storageError(response)
    }
    const response = yield* etcd({ op: 'range', key: LEASES, end: LEASES_END })
    if (response.outcome === 'refused') return storageError(response)
    const [found] = response.results ?? []
    const keys = found?.op === 'range' ? (found.keys ?? []) : []
    return keys.map((note) => note.key.slice(LEASES.length)).toSorted()
  }
}

const endpointsOf = (addresses: readonly string[]): OwnDraft<'Endpoints'> => ({
  // The controller that mirrors Endpoints leaves these alone: their slice is made here.
  metadata: { name: NAME, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
  subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports: [HTTPS] }],
})

const sliceOf = (addresses: readonly string[]): OwnDraft<'EndpointSlice'> => ({
  metadata: { name: NAME, labels: { 'kubernetes.io/service-name': NAME } },
  addressType: 'IPv4',
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  ports: [HTTPS],
})

const HTTPS = { name: 'https', port: SECURE_PORT, protocol: 'TCP' } as const
