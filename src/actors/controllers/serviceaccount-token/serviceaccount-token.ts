import { defineController, type World } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import {
  accountNameOf,
  accountUidOf,
  isAbout,
  isTokenSecret,
} from '../../../kubernetes/service-account-tokens/secrets.ts'
import type { Secret, ServiceAccount } from '../../../kubernetes/types/core.ts'
import { dropReference } from './reference.ts'
import { fillIn } from './token.ts'

/**
 * Fills the Secrets that are to hold the token of a service account, and deletes them with the account.
 * Source: pkg/controller/serviceaccount/tokens_controller.go, syncServiceAccount and syncSecret (v1.36).
 */
export const serviceAccountTokenController = defineController({
  name: 'serviceaccount-token-controller',
  // It comes before the accounts that other controllers call as.
  user: 'system:kube-controller-manager',
  kinds: ['ServiceAccount', 'Secret'],
  workers: 5,
  maxRetries: 10,
  memory: () => undefined,

  *wakes({ kind, before, after }) {
    for (const object of before?.metadata.uid === after?.metadata.uid ? [after] : [before, after]) {
      if (object === undefined) continue
      // Accounts make no tokens any more: only their end is news.
      if (kind === 'ServiceAccount' && object !== after) yield keyOfAccount(object as ServiceAccount)
      if (kind === 'Secret' && isTokenSecret(object as Secret)) yield keyOfSecret(object as Secret)
    }
  },

  *reconcile(key, world): Sync {
    const [what, namespace = '', name = '', uid = '', account = '', accountUid = ''] = key
      .split('/')
      .map(decodeURIComponent)
    const failure =
      what === 'account'
        ? yield* syncAccount(namespace, name, uid, world)
        : yield* syncSecret({ namespace, name, uid, account, accountUid }, world)
    return failure === undefined ? undefined : { retry: failure }
  },
})

/** Which Secret it was and what it said, for when it is gone. */
interface SecretKey {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly account: string
  readonly accountUid: string
}

const keyOfAccount = ({ metadata }: ServiceAccount): string =>
  ['account', metadata.namespace, metadata.name, metadata.uid].join('/')

const keyOfSecret = (secret: Secret): string => {
  const { namespace, name, uid } = secret.metadata
  const parts = ['secret', namespace ?? '', name, uid, accountNameOf(secret), accountUidOf(secret)]
  // Annotations may hold anything.
  return parts.map(encodeURIComponent).join('/')
}

/** Deletes the tokens of an account that is gone. Gives what should be tried again, as all here do. */
function* syncAccount(namespace: string, name: string, uid: string, { view }: World): Sync<string | undefined> {
  if (view.get('ServiceAccount', namespace, name)?.metadata.uid === uid) return undefined
  const gone: ServiceAccount = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace, name, uid, resourceVersion: '', creationTimestamp: '' },
  }
  let failure: string | undefined
  for (const secret of view.list('Secret', namespace)) {
    if (isTokenSecret(secret) && isAbout(secret, gone)) failure = (yield* remove(secret)) ?? failure
  }
  return failure
}

function* syncSecret(key: SecretKey, world: World): Sync<string | undefined> {
  const { namespace, name, uid, account: accountName, accountUid } = key
  const { view } = world
  const isMeant = (one: ServiceAccount | undefined): one is ServiceAccount =>
    one !== undefined && (accountUid === '' || one.metadata.uid === accountUid)
  const secret = view.get('Secret', namespace, name)
  const seen = view.get('ServiceAccount', namespace, accountName)
  if (secret?.metadata.uid !== uid) {
    // What comes of it does not matter: upstream only logs it.
    if (isMeant(seen)) yield* dropReference(seen, name, world)
    return undefined
  }
  if (isMeant(seen)) return yield* fillIn(secret, seen)
  const live = yield* call({ verb: 'get', kind: 'ServiceAccount', namespace, name: accountName })
  if (!live.ok && live.code !== 404) return live.message
  const found = live.ok ? live.object : undefined
  return isMeant(found) ? yield* fillIn(secret, found) : yield* remove(secret)
}

/** One that is gone, or is another by now, is done. Source: deleteToken. */
function* remove({ metadata: { namespace, name, uid } }: Secret): Sync<string | undefined> {
  const options = { preconditions: { uid } }
  const answer = yield* call({ verb: 'delete', kind: 'Secret', namespace, name, options })
  return answer.ok || answer.code === 404 || answer.code === 409 ? undefined : answer.message
}
