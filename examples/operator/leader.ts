/** Leader election over a Lease, as client-go does it: of several replicas one works, and another takes over when it falls silent. */
import { CoordinationV1Api, V1MicroTime, type KubeConfig, type V1Lease } from '@kubernetes/client-node'
import { isCode } from './world.ts'

/** A Lease that was not renewed for so long is free. Measured from when the renewal was seen: clocks may differ. */
const LEASE_MS = 15_000
/** Who could not renew for so long stops, before anybody else may begin. */
const RENEW_WITHIN_MS = 10_000
const RETRY_MS = 2_000

export interface Candidate {
  readonly identity: string
  readonly lease: { readonly namespace: string; readonly name: string }
  readonly sleep: (ms: number) => Promise<void>
  /** Milliseconds; only differences count. */
  readonly now: () => number
  /** Begins to work, and gives how to stop. */
  readonly work: () => Promise<() => Promise<void>>
}

/** Stands for election until it is stopped. Gives how to stop; the Lease is left to run out, as after a crash. */
export const standForElection = (config: KubeConfig, candidate: Candidate): (() => Promise<void>) => {
  const { sleep, now, work } = candidate
  const election = new Election(config.makeApiClient(CoordinationV1Api), candidate)
  let stopped = false
  let stopWork: Promise<() => Promise<void>> | undefined
  const rest = async (): Promise<void> => {
    const stop = stopWork
    stopWork = undefined
    await (
      await stop
    )?.()
  }
  void (async () => {
    for (let renewedAt = now(); !stopped; await sleep(RETRY_MS)) {
      const holds = await election.acquireOrRenew()
      if (stopped) return
      if (holds) {
        renewedAt = now()
        stopWork ??= work()
      } else if (now() - renewedAt >= RENEW_WITHIN_MS || election.isAnothers) await rest()
    }
  })()
  return async () => {
    stopped = true
    await rest()
  }
}

class Election {
  /** Whether the last that was seen of the Lease is that somebody else holds it. */
  isAnothers = false
  private readonly leases: CoordinationV1Api
  private readonly candidate: Candidate
  private seen = ''
  private seenAt = 0
  private acquiredAt = 0

  constructor(leases: CoordinationV1Api, candidate: Candidate) {
    this.leases = leases
    this.candidate = candidate
  }

  /** Whether the Lease is this one's for now. Who gets no answer does not know, and says no. */
  async acquireOrRenew(): Promise<boolean> {
    const { identity, lease, now } = this.candidate
    try {
      const found = await this.read()
      if (found === undefined) {
        this.acquiredAt = now()
        await this.leases.createNamespacedLease({ namespace: lease.namespace, body: this.mine({ metadata: lease }) })
        return true
      }
      const { resourceVersion = '' } = found.metadata ?? {}
      this.isAnothers = found.spec?.holderIdentity !== identity
      if (resourceVersion !== this.seen) [this.seen, this.seenAt] = [resourceVersion, now()]
      if (this.isAnothers && now() - this.seenAt < LEASE_MS) return false
      if (this.isAnothers) this.acquiredAt = now()
      // With the version that was read: of two who find it free, one is told of a conflict.
      await this.leases.replaceNamespacedLease({ ...lease, body: this.mine(found) })
      this.isAnothers = false
      return true
    } catch {
      return false
    }
  }

  private async read(): Promise<V1Lease | undefined> {
    try {
      return await this.leases.readNamespacedLease(this.candidate.lease)
    } catch (error) {
      if (isCode(error, 404)) return undefined
      throw error
    }
  }

  private mine({ metadata }: V1Lease): V1Lease {
    const { identity, now } = this.candidate
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata,
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: LEASE_MS / 1000,
        acquireTime: new V1MicroTime(this.acquiredAt),
        renewTime: new V1MicroTime(now()),
      },
    }
  }
}
