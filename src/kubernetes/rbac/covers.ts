import type { PolicyRule } from '../types/rbac.ts'
import { goQuote } from '../validation/field-error.ts'

/**
 * The parts of the `wanted` rules that the `owned` rules do not grant, each with one resource (or one path) and with all
 * verbs that are missing for it; none when everything is covered.
 * Source: component-helpers/auth/rbac/validation/policy_comparator.go, Covers; pkg/registry/rbac/validation,
 * ConfirmNoEscalation and CompactRules (v1.36).
 */
export function missingRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  const missing = wanted.flatMap(breakdown).filter((part) => !owned.some((rule) => covers(rule, part)))
  return compact(missing)
}

/** A rule as many rules of one verb, group, resource and name each. */
function breakdown(rule: PolicyRule): readonly PolicyRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  const parts: PolicyRule[] = []
  for (const group of apiGroups)
    for (const resource of resources)
      for (const verb of verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] }
        if (resourceNames.length === 0) parts.push(part)
        for (const name of resourceNames) parts.push({ ...part, resourceNames: [name] })
      }
  for (const path of nonResourceURLs) for (const verb of verbs) parts.push({ nonResourceURLs: [path], verbs: [verb] })
  return parts
}

/** Whether `owner` grants all of `part`, a rule with one value in each field. */
function covers(owner: PolicyRule, part: PolicyRule): boolean {
  const hasVerbs = hasAll(owner.verbs, part.verbs)
  const paths = part.nonResourceURLs ?? []
  const hasPaths = paths.every((path) => (owner.nonResourceURLs ?? []).some((own) => pathCovers(own, path)))
  const names = part.resourceNames ?? []
  const ownNames = owner.resourceNames ?? []
  const hasNames = ownNames.length === 0 || (names.length > 0 && names.every((name) => ownNames.includes(name)))
  return (
    hasVerbs &&
    hasAll(owner.apiGroups ?? [], part.apiGroups ?? []) &&
    hasResources(owner.resources ?? [], part.resources ?? []) &&
    hasNames &&
    hasPaths
  )
}

const hasAll = (own: readonly string[], wanted: readonly string[]): boolean =>
  own.includes('*') || wanted.every((one) => own.includes(one))

const hasResources = (own: readonly string[], wanted: readonly string[]): boolean =>
  own.includes('*') ||
  wanted.every((one) => {
    const slash = one.indexOf('/')
    return own.includes(one) || (slash >= 0 && own.includes(`*${one.slice(slash)}`))
  })

const pathCovers = (own: string, path: string): boolean =>
  own === '*' || own === path || (own.endsWith('*') && path.startsWith(own.replace(/\*+$/, '')))

/** Joins rules that differ in their verbs alone, in the order in which each first appears. */
function compact(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const joined = new Map<string, PolicyRule>()
  for (const rule of rules) {
    const { verbs, ...rest } = rule
    const key = JSON.stringify(rest)
    const known = joined.get(key)
    joined.set(key, known === undefined ? rule : { ...known, verbs: [...known.verbs, ...verbs] })
  }
  return [...joined.values()]
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`. Source: pkg/apis/rbac/v1/evaluation_helpers.go, CompactString. */
export function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const part = (name: string, values: readonly string[] | undefined): readonly string[] =>
    values === undefined || values.length === 0 ? [] : [`${name}:[${values.map(goQuote).join(' ')}]`]
  const parts = [
    ...part('APIGroups', apiGroups),
    ...part('Resources', resources),
    ...part('NonResourceURLs', nonResourceURLs),
    ...part('ResourceNames', resourceNames),
    ...part('Verbs', verbs),
  ]
  return `{${parts.join(', ')}}`
}
