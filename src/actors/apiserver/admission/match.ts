import type { ApiObject } from '../../../events/json.ts'
import { kindRow } from '../../../kubernetes/registry.ts'
import { matchesSelector } from '../../../kubernetes/selectors.ts'
import type {
  MatchResources,
  NamedRuleWithOperations,
  RuleWithOperations,
} from '../../../kubernetes/types/admissionregistration.ts'
import type { LabelSelector } from '../../../kubernetes/types/meta.ts'
import type { View } from '../../../kubernetes/view.ts'
import type { Attributes } from './admission.ts'

/** Configuration of admission itself, which nothing configured can stand in the way of. */
const EXEMPT_GROUP = 'admissionregistration.k8s.io'

export const isExempt = ({ resource }: Attributes): boolean => resource.group === EXEMPT_GROUP

/** Source: apiserver/pkg/admission/plugin/policy/matching/matching.go (v1.36). */
export function matchesResources(
  match: MatchResources | undefined,
  object: ApiObject,
  attributes: Attributes,
  view: View,
): boolean {
  if (match === undefined) return true
  const { resourceRules, excludeResourceRules = [], namespaceSelector, objectSelector } = match
  if (excludeResourceRules.some((rule) => matchesRule(rule, attributes))) return false
  if (resourceRules !== undefined && resourceRules.length > 0) {
    if (!resourceRules.some((rule) => matchesRule(rule, attributes))) return false
  }
  return (
    matchesNamespace(namespaceSelector, object, attributes, view) && matchesObject(objectSelector, object, attributes)
  )
}

/** Source: plugin/webhook/predicates/rules/rules.go: `*` is all of a part, `pods/*` all subresources. */
export function matchesRule(rule: RuleWithOperations | NamedRuleWithOperations, attributes: Attributes): boolean {
  const { operation, resource, kind, subresource, namespace, name } = attributes
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope = '*' } = rule
  const names = 'resourceNames' in rule ? (rule.resourceNames ?? []) : []
  const hasScope = scope === '*' || (scope === 'Namespaced') === (namespace !== undefined && kind !== 'Namespace')
  return (
    hasScope &&
    has(operations, operation) &&
    has(apiGroups, resource.group) &&
    has(apiVersions, kindRow(kind).version) &&
    resources.some((one) => matchesResource(one, resource.resource, subresource)) &&
    (names.length === 0 || names.includes(name))
  )
}

const has = (wanted: readonly string[], one: string): boolean => wanted.includes('*') || wanted.includes(one)

const matchesResource = (wanted: string, resource: string, subresource: string): boolean => {
  const [own = '', sub = ''] = wanted.split('/')
  return (own === '*' || own === resource) && (sub === subresource || sub === '*')
}

/** Source: plugin/webhook/predicates/namespace/matcher.go: a Namespace is matched by its own labels. */
export function matchesNamespace(
  selector: LabelSelector | undefined,
  object: ApiObject,
  { kind, namespace }: Attributes,
  view: View,
): boolean {
  if (selector === undefined || isEverything(selector)) return true
  if (kind === 'Namespace') return matchesSelector(selector, object.metadata.labels)
  if (namespace === undefined) return true
  return matchesSelector(selector, view.get('Namespace', undefined, namespace)?.metadata.labels)
}

/** Either version of the object may match. Source: plugin/webhook/predicates/object/matcher.go. */
export const matchesObject = (selector: LabelSelector | undefined, object: ApiObject, { old }: Attributes): boolean =>
  selector === undefined ||
  isEverything(selector) ||
  matchesSelector(selector, object.metadata.labels) ||
  (old !== undefined && matchesSelector(selector, old.metadata.labels))

const isEverything = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0
