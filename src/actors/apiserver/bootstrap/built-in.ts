/** What the API server makes of itself when it starts, beside what `bootstrap` creates through admission. */
import type { ApiObject } from '../../../events/json.ts'
import { applied, entriesOfCreated } from '../../../kubernetes/apply/field-manager.ts'
import { endpointOf } from '../../../kubernetes/apply/endpoints.ts'
import { entriesOf, withEntries } from '../../../kubernetes/apply/owners.ts'
import type { JsonObject } from '../../../kubernetes/patch/json.ts'
import type { Kind } from '../../../kubernetes/kinds.ts'
import { kindRow } from '../../../kubernetes/registry.ts'
import { isStatus } from '../../../kubernetes/status.ts'
import { rfc3339 } from '../../../kubernetes/time.ts'
import type { Condition } from '../../../kubernetes/types/meta.ts'
import { refusal, type Answer } from '../answer.ts'
import type { Procedure } from '../procedure.ts'
import { bornNow } from '../registry/birth.ts'
import type { World } from '../world.ts'
import { apiServices } from './api-services.ts'
import { flowSchemas } from './flow-schemas.ts'
import { priorityLevels } from './priority-levels.ts'
import { serviceCidr } from './service-cidr.ts'

export interface BuiltIn {
  readonly kind: Kind
  readonly metadata: Pick<ApiObject['metadata'], 'name' | 'labels' | 'annotations' | 'generation'>
  readonly spec: object
  /** Of its status; without the time, which is that of its making. */
  readonly condition?: Omit<Condition, 'lastTransitionTime'>
  /** The field manager of its spec. */
  readonly by: string
  /** The one that applies its status. */
  readonly statusBy?: string
}

/** How requests are sorted, which groups and versions are served, and where Services have their addresses. */
export const builtIns = (cidr: string): readonly BuiltIn[] => [
  ...priorityLevels(),
  ...flowSchemas(),
  ...apiServices(),
  serviceCidr(cidr),
]

const DONE: Answer = { code: 200 }

/**
 * Writes it unless it is there.
 * Abridged: with its status in one write, where a controller writes that later; what users have changed or taken away is not put
 * back before the next start.
 */
export function* ensureBuiltIn(builtIn: BuiltIn, world: World): Procedure<Answer> {
  const { kind, metadata } = builtIn
  if (world.cache.view.get(kind, undefined, metadata.name) !== undefined) return DONE
  const written = yield* world.store.put(world.refTo(kind, undefined, metadata.name), objectOf(builtIn, world), 0)
  return isStatus(written) ? refusal(written) : DONE
}

function objectOf({ kind, metadata, spec, condition, by, statusBy }: BuiltIn, world: World): ApiObject {
  const row = kindRow(kind)
  const time = rfc3339(world.now)
  const { apiVersion } = row
  const bare = { apiVersion, kind, metadata: { ...metadata, ...bornNow(kind, undefined, metadata.name, world) }, spec }
  const conditions = condition === undefined ? undefined : [{ ...condition, lastTransitionTime: time }]
  const whole: ApiObject = Object.assign({ status: conditions === undefined ? {} : { conditions } }, bare)
  if (world.managedFields !== 'tracked') return whole
  const born = withEntries(bare, entriesOfCreated(endpointOf(row, ''), plain(bare), { manager: by, time }))
  if (statusBy === undefined) return withEntries(whole, entriesOf(born))
  const told = conditions?.map(({ reason, ...rest }) => (reason === '' ? rest : { ...rest, reason }))
  const intent = plain({ apiVersion, kind, metadata: { name: metadata.name }, status: { conditions: told } })
  const merged = applied(endpointOf(row, 'status'), plain(born), intent, { manager: statusBy, time }, true)
  return isStatus(merged) ? whole : withEntries(whole, entriesOf(merged))
}

/** What is tracked does not depend on the kind's type. */
const plain = (object: object): JsonObject => object as JsonObject
