import type { ApiObject } from '../../../../events/json.ts'
import { expressionOf } from '../../../../kubernetes/cel/expression.ts'
import { toCel } from '../../../../kubernetes/cel/values.ts'
import { kindRow } from '../../../../kubernetes/registry.ts'
import type { MatchCondition, Variable } from '../../../../kubernetes/types/admissionregistration.ts'
import type { AdmissionWorld, Attributes } from '../admission.ts'

export type Variables = Readonly<Record<string, unknown>>

/**
 * What expressions can name. Source: apiserver/pkg/admission/plugin/cel/condition.go (v1.36).
 * Abridged: no `authorizer`.
 */
export function variablesOf(
  object: ApiObject,
  attributes: Attributes,
  { view }: AdmissionWorld,
  params: ApiObject | undefined,
): Variables {
  const { operation, namespace, old } = attributes
  return {
    object: operation === 'DELETE' ? null : toCel(object),
    oldObject: operation === 'DELETE' ? toCel(object) : toCel(old),
    request: toCel(requestOf(attributes)),
    params: toCel(params),
    namespaceObject: namespace === undefined ? null : toCel(view.get('Namespace', undefined, namespace)),
  }
}

/** Source: api/admission/v1/types.go, AdmissionRequest. */
export const requestOf = ({
  kind,
  resource,
  subresource,
  name,
  namespace,
  operation,
  user,
  dryRun,
}: Attributes): object => {
  const { group, version } = kindRow(kind)
  const gvk = { group, version, kind }
  const gvr = { group, version, resource: resource.resource }
  return {
    kind: gvk,
    resource: gvr,
    subResource: subresource,
    requestKind: gvk,
    requestResource: gvr,
    requestSubResource: subresource,
    name,
    namespace: namespace ?? '',
    operation,
    userInfo: { username: user.name, uid: user.uid ?? '', groups: user.groups, extra: user.extra ?? {} },
    dryRun,
    options: {},
  }
}

/** Adds `variables`: each is worked out when it is first asked for, in terms of those before it. */
export function withVariables(given: Variables, definitions: readonly Variable[] = []): Variables {
  const variables: Record<string, unknown> = {}
  const all = { ...given, variables }
  for (const { name, expression } of definitions) {
    let known: ReturnType<ReturnType<typeof expressionOf>> | undefined
    Object.defineProperty(variables, name, {
      enumerable: true,
      get: () => {
        known ??= expressionOf(expression)(all)
        if ('problem' in known)
          throw new Error(`composited variable ${JSON.stringify(name)} fails to evaluate: ${known.problem}`)
        return known.value
      },
    })
  }
  return all
}

/** Whether all conditions hold; or the first that fails to tell. Source: plugin/webhook/matchconditions/matcher.go. */
export function conditionsHold(
  conditions: readonly MatchCondition[] = [],
  variables: Variables,
): boolean | { readonly problem: string } {
  let problem: string | undefined
  for (const { expression } of conditions) {
    const outcome = expressionOf(expression)(variables)
    if ('problem' in outcome) problem ??= `expression '${expression}' resulted in error: ${outcome.problem}`
    else if (outcome.value !== true) return false
  }
  return problem === undefined ? true : { problem }
}
