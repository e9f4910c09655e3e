import type { ApiObject } from '../../../events/json.ts'
import { isStatus, type Status } from '../../../kubernetes/status.ts'
import type { Service } from '../../../kubernetes/types/networking.ts'
import type { Procedure } from '../procedure.ts'
import type { World } from '../world.ts'
import { allocate, type Allocated } from './allocate.ts'
import { release } from './reservation.ts'
import { withoutUnneeded } from './service-spec.ts'

/** The numbers that come and go with one update of a Service, over all attempts to write it. */
export class ServiceUpdate {
  private readonly dryRun: boolean
  private readonly world: World
  private last: Allocated | undefined

  constructor(dryRun: boolean, world: World) {
    this.dryRun = dryRun
    this.world = world
  }

  /** An attempt begins: what the last one took goes back first. */
  *attempt(next: ApiObject, old: ApiObject): Procedure<ApiObject | Status> {
    yield* this.giveUp()
    const allocated = yield* allocate(
      withoutUnneeded(next as Service, old as Service),
      old as Service,
      this.dryRun,
      this.world,
    )
    if (isStatus(allocated)) return allocated
    this.last = allocated
    return allocated.service
  }

  /** The update was written: what the Service no longer needs is free. */
  *written(): Procedure<void> {
    if (this.last !== undefined) yield* release(this.last.dropped, this.world)
  }

  /** The update failed. Of a write that etcd did not confirm nobody knows whether it took place: its numbers stay taken. */
  *refused({ code = 500 }: Status): Procedure<void> {
    if (code < 500) yield* this.giveUp()
  }

  private *giveUp(): Procedure<void> {
    const { last } = this
    this.last = undefined
    if (last !== undefined) yield* release(last.taken, this.world)
  }
}
