/** No more than ten owners who update. Source: managedfields/internal/capmanagers.go (v1.36). */
import { union } from './field-set.ts'
import { identityOf, type MutableOwners } from './owners.ts'

/** Source: managedfields/fieldmanager.go, DefaultMaxUpdateManagers. */
const MOST_UPDATERS = 10
/** The owner in which the oldest ones of a version are put together. */
const ANCIENT = 'ancient-changes'

export function capUpdaters(owners: MutableOwners): void {
  const updaters = [...owners].filter(([, { operation }]) => operation === 'Update')
  let count = updaters.length
  if (count <= MOST_UPDATERS) return
  updaters.sort(([a, one], [b, other]) => compareText(one.time, other.time) || compareText(a, b))
  const firstOfVersion = new Map<string, string>()
  for (const [identity, owner] of updaters) {
    if (count <= MOST_UPDATERS) return
    const { apiVersion } = owner
    const first = firstOfVersion.get(apiVersion)
    if (first === undefined) {
      firstOfVersion.set(apiVersion, identity)
      continue
    }
    const claim = { manager: ANCIENT, operation: 'Update', apiVersion, subresource: '' } as const
    const bucket = identityOf(claim)
    const into = owners.get(bucket) ?? owners.get(first)
    if (into === undefined) continue
    if (!owners.has(bucket)) owners.delete(first)
    // The time of the later one.
    owners.set(bucket, { ...claim, fields: union(owner.fields, into.fields), time: owner.time, entry: undefined })
    if (identity !== bucket) owners.delete(identity)
    count -= 1
  }
}

const compareText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0)
