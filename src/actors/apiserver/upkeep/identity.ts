import { createHash } from 'node:crypto'
import type { Micros } from '../../../events/envelope.ts'
import { hours, seconds } from '../../../events/time.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import { jittered } from '../../../engine/client/backoff.ts'
import { isStatus, notFound } from '../../../kubernetes/status.ts'
import { microTime, parseTime } from '../../../kubernetes/time.ts'
import type { Lease } from '../../../kubernetes/types/node.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { bornNow } from '../registry/birth.ts'
import { createdByServer, writtenByServer } from '../registry/field-tracking.ts'
import { newUid } from '../../../kubernetes/uid.ts'
import { Removal, type ObjectRef } from '../storage/store.ts'
import type { World } from '../world.ts'
import { SECURE_PORT } from '../bootstrap/kubernetes-service.ts'
import { base32 } from './base32.ts'

/** Source: pkg/controlplane/apiserver/server.go: IdentityLease{Duration,RenewInterval,GC} (v1.36). */
const LEASE_SECONDS = 3600
const RENEW_EVERY: Micros = seconds(10)
const COLLECT_EVERY: Micros = hours(1)
/** In thousandths. Source: component-helpers/apimachinery/lease/controller.go, Run. */
const RENEW_JITTER = 40

const NAMESPACE = 'kube-system'
/** Source: api/core/v1/annotation_key_constants.go, AnnotationPeerAdvertiseAddress. */
const PEER_ADDRESS = 'kubernetes.io/peer-advertise-address'
const COMPONENT = 'apiserver.kubernetes.io/identity'
const SERVER = 'kube-apiserver'
/** How much of the host's digest is its server's name. Source: apiserver/pkg/server/config.go, NewConfig. */
const DIGEST_BYTES = 16

const RENEW = 'identity-renew'
const COLLECT = 'identity-collect'

const DONE: Answer = { code: 200 }

/**
 * Says by a Lease that this API server is there, and takes away those of servers that have been gone for an hour. A server that
 * starts again finds its Lease, and leaves its holder as it is.
 * Source: pkg/controlplane/apiserver/server.go; component-helpers/apimachinery/lease/controller.go;
 * pkg/controlplane/controller/apiserverleasegc/gc_controller.go (v1.36).
 */
export class Identity {
  private readonly world: World
  private readonly context: ActorContext
  private readonly start: (procedure: Procedure<Answer>) => void
  private readonly annotations: Readonly<Record<string, string>>
  private readonly ref: ObjectRef

  constructor(parts: {
    readonly world: World
    readonly context: ActorContext
    readonly start: (procedure: Procedure<Answer>) => void
    /** Where its peers find it. */
    readonly address: string | undefined
  }) {
    const { world, context } = parts
    this.world = world
    this.context = context
    this.start = parts.start
    this.annotations = parts.address === undefined ? {} : { [PEER_ADDRESS]: `${parts.address}:${SECURE_PORT}` }
    this.ref = world.refTo('Lease', NAMESPACE, serverName(context.host))
  }

  begin(): void {
    this.renew()
    this.collect()
  }

  /** An alarm that may be one of these. */
  fired(name: string): void {
    if (name === RENEW) this.renew()
    else if (name === COLLECT) this.collect()
  }

  private renew(): void {
    const { context } = this
    context.setTimer(RENEW, '', jittered(RENEW_EVERY, RENEW_JITTER, context.random))
    this.start(this.write())
  }

  private *write(): Procedure<Answer> {
    const { world, ref } = this
    const known = world.cache.view.get('Lease', NAMESPACE, ref.name)
    const written = yield* world.store.guaranteedUpdate(ref, known, (stored) =>
      this.renewed(stored?.object as Lease | undefined),
    )
    return isStatus(written) ? refusal(written) : DONE
  }

  private *renewed(stored: Lease | undefined): Procedure<Lease> {
    const { world, context, ref } = this
    const renewTime = microTime(world.now)
    const labels = { [COMPONENT]: SERVER, 'kubernetes.io/hostname': context.host }
    const { annotations } = this
    if (stored !== undefined) {
      const { metadata, spec } = stored
      const next = {
        ...stored,
        metadata: {
          ...metadata,
          labels: { ...metadata.labels, ...labels },
          annotations: { ...metadata.annotations, ...annotations },
        },
        spec: { ...spec, renewTime },
      }
      return writtenByServer(stored, next, '', world) as Lease
    }
    const lease: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: ref.name,
        namespace: NAMESPACE,
        ...bornNow('Lease', NAMESPACE, ref.name, world),
        labels,
        annotations,
      },
      spec: { holderIdentity: `${ref.name}_${newUid(world.random)}`, leaseDurationSeconds: LEASE_SECONDS, renewTime },
    }
    return createdByServer(lease, world) as Lease
  }

  private collect(): void {
    const { world, context } = this
    context.setTimer(COLLECT, '', COLLECT_EVERY)
    for (const lease of world.cache.view.list('Lease', NAMESPACE)) {
      if (lease.metadata.labels?.[COMPONENT] === SERVER && isExpired(lease, world.now)) this.start(this.remove(lease))
    }
  }

  private *remove({ metadata: { name } }: Lease): Procedure<Answer> {
    const { world } = this
    const ref = world.refTo('Lease', NAMESPACE, name)
    // Looked at again as etcd has it.
    const removed = yield* world.store.guaranteedUpdate(ref, undefined, function* (stored) {
      if (stored === undefined) return notFound(ref.resource, name)
      return isExpired(stored.object as Lease, world.now) ? new Removal(stored.object) : stored.object
    })
    return isStatus(removed) ? refusal(removed) : DONE
  }
}

/** What a server is called that runs on this host. */
const serverName = (host: string): string =>
  `apiserver-${base32(createHash('sha256').update(host).digest().subarray(0, DIGEST_BYTES))}`

const isExpired = ({ spec: { renewTime, leaseDurationSeconds } }: Lease, now: Micros): boolean => {
  const renewed = renewTime === undefined ? undefined : parseTime(renewTime)
  return renewed === undefined || leaseDurationSeconds === undefined || renewed + seconds(leaseDurationSeconds) < now
}
