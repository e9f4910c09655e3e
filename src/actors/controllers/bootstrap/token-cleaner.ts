import { defineController } from '../../../engine/client/controller.ts'
import { keyOf, splitKey } from '../../../engine/client/keys.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import type { Secret } from '../../../kubernetes/types/core.ts'
import { expirationOf, isBootstrapToken } from './tokens.ts'

/** Deletes bootstrap tokens when they end. Source: pkg/controller/bootstrap/tokencleaner.go, evalSecret (v1.36). */
export const tokenCleanerController = defineController({
  name: 'token-cleaner-controller',
  account: 'token-cleaner',
  kinds: ['Secret'],
  workers: 1,
  memory: () => undefined,
  wakes: ({ after }) => (after !== undefined && isBootstrapToken(after as Secret) ? [keyOf(after)] : []),

  *reconcile(key, world): Sync {
    const { namespace, name } = splitKey(key)
    const secret = world.view.get('Secret', namespace, name)
    const ends = secret === undefined || !isBootstrapToken(secret) ? undefined : expirationOf(secret)
    if (secret === undefined || ends === undefined) return
    if (ends > world.now) return { after: ends - world.now }
    const options = { preconditions: { uid: secret.metadata.uid } }
    const answer = yield* call({ verb: 'delete', kind: 'Secret', namespace, name, options })
    return answer.ok || answer.code === 404 ? undefined : { retry: answer.message }
  },
})
