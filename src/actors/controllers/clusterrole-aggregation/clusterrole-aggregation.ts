import { defineController } from '../../../engine/client/controller.ts'
import { call, type Sync } from '../../../engine/client/sync.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type { ClusterRole, PolicyRule } from '../../../kubernetes/types/rbac.ts'
import type { View } from '../../../kubernetes/view.ts'

const NAME = 'clusterrole-aggregation-controller'

/** Names of the roles that are made of others. */
type Memory = Set<string>

/**
 * Fills each aggregated ClusterRole with the rules of the roles that its selectors choose; any role may be one of them.
 * Source: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go, syncClusterRole (v1.36).
 */
export const clusterRoleAggregationController = defineController<Memory>({
  name: NAME,
  kinds: ['ClusterRole'],
  workers: 5,
  memory: () => new Set(),

  wakes: ({ name, after }, { memory }) => {
    if ((after as ClusterRole | undefined)?.aggregationRule === undefined) memory.delete(name)
    else memory.add(name)
    return memory
  },

  *reconcile(name, { view }): Sync {
    const role = view.get('ClusterRole', undefined, name)
    if (role?.aggregationRule === undefined) return
    const rules = aggregated(role, view)
    if (sameJson(rules, role.rules ?? [])) return
    const body = { apiVersion: role.apiVersion, kind: role.kind, metadata: { name }, rules }
    const options = { force: true, fieldManager: NAME }
    const answer = yield* call({ verb: 'patch', kind: 'ClusterRole', name, patchType: 'apply', body, options })
    if (!answer.ok) return { retry: answer.message }
  },
})

/** Each rule once: selector by selector, role by role in the order of their names. */
const aggregated = (role: ClusterRole, view: View): readonly PolicyRule[] => {
  const rules: PolicyRule[] = []
  const { name } = role.metadata
  const others = view.list('ClusterRole').filter(({ metadata }) => metadata.name !== name)
  const byName = others.toSorted(({ metadata: a }, { metadata: b }) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    for (const { metadata, rules: more } of byName) {
      if (!matchesSelector(selector, metadata.labels)) continue
      for (const rule of more ?? []) if (!rules.some((one) => sameJson(one, rule))) rules.push(rule)
    }
  }
  return rules
}
