import type { PolicyRule } from '../types/rbac.ts'

/** What somebody wants to do: to a resource, or to a path that is none. */
export interface Action {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  /** Empty for all names. */
  readonly name: string
  /** Set for a path that is no resource; the other parts are empty then. */
  readonly path?: string | undefined
}

const ALL = '*'
const NOTHING: readonly string[] = []

/** Source: pkg/apis/rbac/v1/evaluation_helpers.go and plugin/pkg/auth/authorizer/rbac/rbac.go, RuleAllows (v1.36). */
export function ruleAllows(rule: PolicyRule, action: Action): boolean {
  if (action.path !== undefined) return hasVerb(rule, action.verb) && hasPath(rule, action.path)
  return allowsButForName(rule, action) && hasName(rule, action.name)
}

/** Whether a rule allows an action on some name. */
export const allowsButForName = (rule: PolicyRule, { verb, group, resource, subresource }: Action): boolean =>
  hasVerb(rule, verb) && hasGroup(rule, group) && hasResource(rule, resource, subresource)

const hasVerb = ({ verbs }: PolicyRule, verb: string): boolean => verbs.includes(ALL) || verbs.includes(verb)

const hasGroup = ({ apiGroups = NOTHING }: PolicyRule, group: string): boolean =>
  apiGroups.includes(ALL) || apiGroups.includes(group)

/** A rule names a subresource with its resource, or with a star for that of any resource. */
const hasResource = ({ resources = NOTHING }: PolicyRule, resource: string, subresource: string): boolean => {
  if (resources.includes(ALL)) return true
  if (subresource === '') return resources.includes(resource)
  return resources.includes(`${resource}/${subresource}`) || resources.includes(`*/${subresource}`)
}

const hasName = ({ resourceNames = NOTHING }: PolicyRule, name: string): boolean =>
  resourceNames.length === 0 || resourceNames.includes(name)

/** A path matches itself, or one that it begins with up to a final `*`. */
export const hasPath = ({ nonResourceURLs = NOTHING }: PolicyRule, path: string): boolean =>
  nonResourceURLs.some(
    (one) => one === ALL || one === path || (one.endsWith(ALL) && path.startsWith(one.replace(/\*+$/, ''))),
  )
