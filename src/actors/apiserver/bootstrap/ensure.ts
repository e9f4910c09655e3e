import { invariant } from '../../../engine/invariant.ts'
import type { ApiObject } from '../../../events/json.ts'
import type { Draft } from '../../../kubernetes/draft.ts'
import type { Kind, KindMap } from '../../../kubernetes/kinds.ts'
import { kindRow } from '../../../kubernetes/registry.ts'
import type { Answer } from '../answer.ts'
import { SYSTEM_MASTERS, type User } from '../authn.ts'
import { createObject } from '../handlers/create.ts'
import { updateObject, type Proposal } from '../handlers/update.ts'
import type { Procedure } from '../procedure.ts'
import { givenOf, type Request, type ServedRow } from '../request.ts'
import type { World } from '../world.ts'

const APISERVER: User = { name: 'system:apiserver', groups: [SYSTEM_MASTERS] }

const ALREADY_EXISTS = 409

/** What an API server makes of its own accord. */
export type OwnDraft<K extends Kind> = Draft<KindMap[K]> & { readonly metadata: { readonly name: string } }

/** Creates an object unless it is there, as a request of the server's to itself; gives the answer that stands in the way. */
export function* ensure<K extends Kind>(
  kind: K,
  namespace: string | undefined,
  content: OwnDraft<K>,
  world: World,
): Procedure<Answer | undefined> {
  if (world.cache.view.get(kind, namespace, content.metadata.name) !== undefined) return undefined
  const request = ownRequest('create', kind, namespace, '')
  const object: Draft<ApiObject> = { apiVersion: request.row.apiVersion, kind, ...content }
  const answer = yield* createObject(request, givenOf(object), world)
  return answer.code < 400 || answer.code === ALREADY_EXISTS ? undefined : answer
}

/** As `ensure`; what is there already gets this content and these labels. */
export function* ensureAsIs<K extends Kind>(
  kind: K,
  namespace: string | undefined,
  content: OwnDraft<K>,
  world: World,
): Procedure<Answer | undefined> {
  const { name, labels } = content.metadata
  if (world.cache.view.get(kind, namespace, name) === undefined) return yield* ensure(kind, namespace, content, world)
  const request = ownRequest('update', kind, namespace, name)
  const propose: Proposal = ({ metadata, ...stored }) =>
    givenOf({ ...stored, ...content, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } })
  const answer = yield* updateObject(request, propose, world)
  return answer.code < 400 ? undefined : answer
}

const ownRequest = (verb: 'create' | 'update', kind: Kind, namespace: string | undefined, name: string): Request => {
  const row = kindRow(kind)
  invariant(row.strategy !== undefined, `the API serves ${kind}`)
  return {
    verb,
    row: row as ServedRow,
    user: APISERVER,
    namespace,
    name,
    subresource: '',
    patchType: undefined,
    body: undefined,
    options: {},
    answers: new Map(),
    warnings: new Set(),
  }
}
