import type { Micros } from '../../../events/envelope.ts'
import { minutes, seconds } from '../../../events/time.ts'
import type { ActorContext } from '../../../engine/actor.ts'
import { bootstrapPolicy } from '../../../kubernetes/rbac/bootstrap.ts'
import { repairAddresses } from '../allocation/repair.ts'
import type { Answer } from '../answer.ts'
import { isAsShipped, type ApiServerOptions } from '../parameters.ts'
import type { Procedure } from '../procedure.ts'
import { EndpointReconciler } from '../upkeep/endpoint-reconciler.ts'
import { Identity } from '../upkeep/identity.ts'
import type { World } from '../world.ts'
import { builtIns, ensureBuiltIn } from './built-in.ts'
import { ensureEveryClusters } from './every-cluster.ts'
import { ensureTokenTracking } from './legacy-token-tracking.ts'
import { ensurePolicy } from './policy.ts'

const BOOTSTRAP = 'bootstrap'
const REPAIR = 'repair-addresses'
/** What could not be made at the start is tried again after this. */
const RETRY: Micros = seconds(1)
/** Source: pkg/controlplane/apiserver/options, RepairServicesInterval. */
const REPAIR_EVERY: Micros = minutes(3)

/** Begins the work on something; `done` hears what came of it. */
type Start = (procedure: Procedure<Answer>, done?: (answer: Answer) => void) => void

/**
 * What an API server does of its own accord once it runs: makes what has to be there, and keeps it so by the clock.
 * Source: pkg/controlplane/instance.go and pkg/controlplane/apiserver/server.go, post-start hooks (v1.36).
 */
export class PostStartHooks {
  private readonly world: World
  private readonly context: ActorContext
  private readonly options: ApiServerOptions
  private readonly start: Start
  private readonly identity: Identity | undefined
  private readonly endpoints: EndpointReconciler | undefined
  private isMade = false

  constructor(parts: {
    readonly world: World
    readonly context: ActorContext
    readonly options: ApiServerOptions
    readonly start: Start
  }) {
    const { world, context, options, start } = parts
    this.world = world
    this.context = context
    this.options = options
    this.start = start
    const { advertiseAddress: address } = options
    if (isAsShipped(options)) {
      this.identity = new Identity({ world, context, start, address })
      if (address !== undefined) this.endpoints = new EndpointReconciler({ world, context, start, address })
    }
    context.setTimer(REPAIR, '', REPAIR_EVERY)
  }

  /** The cache shows what is there. */
  filled(): void {
    if (!this.isMade) this.make()
  }

  /** An alarm that may be one of these. */
  fired(name: string): void {
    if (name === BOOTSTRAP) this.make()
    else if (name === REPAIR) this.repair()
    else {
      this.identity?.fired(name)
      this.endpoints?.fired(name)
    }
  }

  private make(): void {
    this.isMade = true
    if (isAsShipped(this.options)) this.makeAsShipped()
    this.start(ensureEveryClusters(this.world), ({ code }) => {
      if (code >= 400) this.context.setTimer(BOOTSTRAP, '', RETRY)
      else this.announce()
    })
  }

  /**
   * What a server has that is set up as it is shipped, beside what every cluster needs; a cluster without authorization, as tests
   * start by the thousand, does without. All at once: one after the other they would hold the server back for a hundred round
   * trips.
   */
  private makeAsShipped(): void {
    const { world } = this
    const policy = [...bootstrapPolicy(), ...this.options.policy]
    world.gate.awaitPolicy(policy)
    const writes = [
      ...policy.map((object) => ensurePolicy(object, world)),
      ...builtIns(world.addresses.range.cidr).map((object) => ensureBuiltIn(object, world)),
      ensureTokenTracking(world),
    ]
    for (const write of writes) {
      this.start(write, ({ code }) => {
        if (code >= 400) this.context.setTimer(BOOTSTRAP, '', RETRY)
      })
    }
  }

  /** Says that it is there. */
  private announce(): void {
    this.identity?.begin()
    this.endpoints?.begin()
  }

  private repair(): void {
    this.context.setTimer(REPAIR, '', REPAIR_EVERY)
    const repair = repairAddresses(this.world)
    if (repair !== undefined) this.start(repair)
  }
}
