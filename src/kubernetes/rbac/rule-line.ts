import type { PolicyRule } from '../types/rbac.ts'

/**
 * A rule written in one line: `get list watch / core apps / pods deployments [/ names]`, `core` for the core group; or, for
 * paths that are no resources, `get = /healthz /version`. All lists are sorted, as upstream's builder sorts them.
 * Source: pkg/apis/rbac/v1/helpers.go, RuleOrDie (v1.36).
 */
export function ruleOf(line: string): PolicyRule {
  const equals = line.indexOf(' = ')
  if (equals >= 0) return { verbs: words(line.slice(0, equals)), nonResourceURLs: words(line.slice(equals + 3)) }
  const [verbs = '', groups = '', resources = '', names] = line.split(' / ')
  return {
    verbs: words(verbs),
    apiGroups: words(groups)
      .map((group) => (group === 'core' ? '' : group))
      .sort(byCodeUnit),
    resources: words(resources),
    ...(names === undefined ? {} : { resourceNames: words(names) }),
  }
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const words = (text: string): string[] => text.trim().split(' ').sort(byCodeUnit)
