import type { ApiObject } from '../../../../events/json.ts'
import { expressionOf } from '../../../../kubernetes/cel/expression.ts'
import { toCel } from '../../../../kubernetes/cel/values.ts'
import { shownAs, type KindRow } from '../../../../kubernetes/registry.ts'
import type { MatchCondition, Variable } from '../../../../kubernetes/types/admissionregistration.ts'
import type { AdmissionWorld, Attributes, Operation } from '../admission.ts'
import { authorizerOf } from './authorizer.ts'

export type Variables = Readonly<Record<string, unknown>>

/** What expressions can name. Source: apiserver/pkg/admission/plugin/cel/condition.go (v1.36). */
export function variablesOf(
  object: ApiObject,
  attributes: Attributes,
  row: KindRow,
  { view, authorizer }: AdmissionWorld,
  params: ApiObject | undefined,
): Variables {
  const { namespace } = attributes
  const { object: given, old } = objectsIn(row, object, attributes)
  return {
    object: toCel(given),
    oldObject: toCel(old),
    request: toCel(requestOf(attributes, row)),
    params: toCel(params),
    authorizer: authorizerOf(authorizer, attributes),
    namespaceObject: namespace === undefined ? null : toCel(view.get('Namespace', undefined, namespace)),
  }
}

/** What is written and what was there, in a row's version. */
export const objectsIn = (
  row: KindRow,
  object: ApiObject,
  { operation, old }: Attributes,
): { readonly object: ApiObject | null; readonly old: ApiObject | null } => {
  const shown = shownAs(row, object)
  if (operation === 'DELETE') return { object: null, old: shown }
  return { object: shown, old: old === undefined ? null : shownAs(row, old) }
}

/** Seen as a row's version. Source: api/admission/v1/types.go, AdmissionRequest. */
export const requestOf = (
  { resource: asked, subresource, name, namespace, operation, user, dryRun }: Attributes,
  row: KindRow,
): object => ({
  kind: kindOf(row),
  resource: resourceOf(row),
  subResource: subresource,
  requestKind: kindOf(asked),
  requestResource: resourceOf(asked),
  requestSubResource: subresource,
  name,
  namespace: namespace ?? '',
  operation,
  userInfo: { username: user.name, uid: user.uid ?? '', groups: user.groups, extra: user.extra ?? {} },
  dryRun,
  options: optionsOf(operation, dryRun),
})

/** Abridged: of what is asked for beside the object, only whether it counts. */
const optionsOf = (operation: Operation, dryRun: boolean): object => ({
  kind: OPTIONS[operation],
  apiVersion: 'meta.k8s.io/v1',
  ...(dryRun ? { dryRun: ['All'] } : {}),
})
const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' } as const

const kindOf = ({ group, version, objectKind }: KindRow): object => ({ group, version, kind: objectKind })
const resourceOf = ({ group, version, resource }: KindRow): object => ({ group, version, resource })

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
