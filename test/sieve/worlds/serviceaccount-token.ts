import { legacyTokenCleaner } from '../../../src/actors/controllers/legacy-serviceaccount-token-cleaner/legacy-serviceaccount-token-cleaner.ts'
import { serviceAccountTokenController } from '../../../src/actors/controllers/serviceaccount-token/serviceaccount-token.ts'
import { hours } from '../../../src/events/time.ts'
import { made } from '../objects.ts'
import type { SmallWorld } from '../world.ts'

const type = 'kubernetes.io/service-account-token'
const secretFor = (name: string, account: string, metadata: object = {}): ReturnType<typeof made> =>
  made('Secret', name, { type }, { annotations: { 'kubernetes.io/service-account.name': account }, ...metadata })

/** Accounts with tokens come and go, one of them to be made anew; one token is for nobody, one is thrown away. */
export const serviceAccountTokens: SmallWorld = {
  name: 'serviceaccount-token-controller',
  controllers: () => [serviceAccountTokenController],
  given: [
    made('ServiceAccount', 'builder', { secrets: [{ name: 'thrown-away' }] }),
    made('ServiceAccount', 'tester'),
    secretFor('of-builder', 'builder'),
    secretFor('thrown-away', 'builder'),
    secretFor('of-tester', 'tester'),
    secretFor('of-nobody', 'nobody'),
  ],
  steps: 10,
  script: {
    2: (stage) => stage.remove('Secret', 'thrown-away'),
    4: (stage) => stage.remove('ServiceAccount', 'tester'),
    6: (stage) => stage.put(made('ServiceAccount', 'tester', {}, { uid: 'uid-of-the-second' })),
    7: (stage) => stage.put(secretFor('of-the-second', 'tester')),
  },
  finally: (stage) => {
    const names = stage.list('Secret').map(({ metadata }) => metadata.name)
    if (names.sort().join() !== 'of-builder,of-the-second') return `these Secrets are left: ${names.join()}`
    const empty = stage.list('Secret').find(({ data }) => data?.['token'] === undefined)
    return empty === undefined ? undefined : `${empty.metadata.name} has no token`
  },
  knownWrong: {
    'stale/5/ServiceAccount': 'upstream believes its view: a token for the account before goes with that',
    'stale/6/ServiceAccount': 'the same',
  },
}

/** One token is used before its year is over, one is not, one is mounted at last. Each step is a third of a year. */
export const legacyTokens: SmallWorld = {
  name: 'legacy-serviceaccount-token-cleaner-controller',
  controllers: () => [legacyTokenCleaner],
  given: [
    made(
      'ConfigMap',
      'kube-apiserver-legacy-service-account-token-tracking',
      { data: { since: '2025-06-01' } },
      { namespace: 'kube-system' },
    ),
    made('ServiceAccount', 'builder', { secrets: [{ name: 'unused' }, { name: 'used' }, { name: 'mounted' }] }),
    ...['unused', 'used', 'mounted'].map((name) =>
      secretFor(name, 'builder', { creationTimestamp: '2025-01-01T00:00:00Z' }),
    ),
  ],
  step: hours(122 * 24),
  steps: 8,
  settle: hours(800 * 24),
  script: {
    1: (stage) => {
      const used = { 'kubernetes.io/legacy-token-last-used': '2035-01-01' }
      stage.change('Secret', 'used', (one) => ({ ...one, metadata: { ...one.metadata, labels: used } }))
      const volumes = [{ name: 'token', secret: { secretName: 'mounted' } }]
      stage.put(made('Pod', 'user', { spec: { containers: [], volumes } }))
    },
  },
  finally: (stage) => {
    const names = stage.list('Secret').map(({ metadata }) => metadata.name)
    return names.sort().join() === 'mounted,used' ? undefined : `these tokens are left: ${names.join()}`
  },
  knownWrong: {
    'hidden/0': 'upstream marks by what it sees, whatever has been written since, and takes no mark off',
    'stale/0': 'the same',
    'stale/0/Secret': 'the same',
    'stale/1': 'the same: it does not see the Pod',
    'hidden/1': 'a Pod that it never sees keeps no token',
    'stale/1/Pod': 'the same',
  },
}
