import type { ApiObject } from '../../../events/json.ts'
import { customVersions } from '../../../kubernetes/custom-resources/rows.ts'
import { kindRow, type KindRow } from '../../../kubernetes/registry.ts'
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

/**
 * As which row a request is seen; undefined when it does not match.
 * Source: apiserver/pkg/admission/plugin/policy/matching/matching.go (v1.36).
 */
export function matchesResources(
  match: MatchResources | undefined,
  object: ApiObject,
  attributes: Attributes,
  view: View,
): KindRow | undefined {
  if (match === undefined) return attributes.resource
  const { resourceRules = [], excludeResourceRules = [], matchPolicy, namespaceSelector, objectSelector } = match
  if (matchesRules(excludeResourceRules, matchPolicy, attributes, view) !== undefined) return undefined
  if (!matchesNamespace(namespaceSelector, object, attributes, view)) return undefined
  if (!matchesObject(objectSelector, object, attributes)) return undefined
  return resourceRules.length === 0 ? attributes.resource : matchesRules(resourceRules, matchPolicy, attributes, view)
}

type Rule = RuleWithOperations | NamedRuleWithOperations

/**
 * As which row rules see a request: in the version asked for or, unless they want it exactly, in another one of its kind.
 * Source: plugin/webhook/generic/webhook.go, ShouldCallHook (v1.36).
 * Abridged: what another webhook converts is always seen in the version asked for.
 */
export function matchesRules(
  rules: readonly Rule[],
  matchPolicy: string | undefined,
  attributes: Attributes,
  view: View,
): KindRow | undefined {
  const { resource } = attributes
  const isSeen = (row: KindRow): boolean => rules.some((rule) => matchesRule(rule, attributes, row))
  if (isSeen(resource)) return resource
  const other = matchPolicy === 'Exact' ? undefined : versionsOf(resource, view).find(isSeen)
  return resource.custom?.convertedBy === undefined ? other : other && resource
}

const versionsOf = ({ kind, custom }: KindRow, view: View): readonly KindRow[] => {
  if (custom !== undefined) return customVersions(view, kind)
  const stored = kindRow(kind)
  return [stored, ...stored.others]
}

/** Source: plugin/webhook/predicates/rules/rules.go: `*` is all of a part, `pods/*` all subresources. */
function matchesRule(rule: Rule, attributes: Attributes, row: KindRow): boolean {
  const { operation, kind, subresource, namespace, name } = attributes
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope = '*' } = rule
  const names = 'resourceNames' in rule ? (rule.resourceNames ?? []) : []
  const hasScope = scope === '*' || (scope === 'Namespaced') === (namespace !== undefined && kind !== 'Namespace')
  return (
    hasScope &&
    has(operations, operation) &&
    has(apiGroups, row.group) &&
    has(apiVersions, row.version) &&
    resources.some((one) => matchesResource(one, row.resource, subresource)) &&
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

/** Either version of the object may match; what has no metadata never does. Source: plugin/webhook/predicates/object/matcher.go. */
export const matchesObject = (selector: LabelSelector | undefined, object: ApiObject, { old }: Attributes): boolean =>
  selector === undefined ||
  isEverything(selector) ||
  [object, old].some((one) => one !== undefined && 'metadata' in one && matchesSelector(selector, one.metadata.labels))

const isEverything = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0
