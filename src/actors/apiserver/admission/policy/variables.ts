import type { ApiObject } from '../../../../events/json.ts'
import { expressionOf } from '../../../../kubernetes/cel/expression.ts'
import { toCel } from '../../../../kubernetes/cel/values.ts'
import { shownAs, type KindRow } from '../../../../kubernetes/registry.ts'
import type { MatchCondition, Variable } from '../../../../kubernetes/types/admissionregistration.ts'
import type { AdmissionWorld, Attributes } from '../admission.ts'
import type { User } from '../../authn.ts'
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
  { operation, old, taken }: Attributes,
): { readonly object: ApiObject | null; readonly old: ApiObject | null } => {
  const show = (one: ApiObject): ApiObject => (taken === undefined ? shownAs(row, one) : one)
  if (operation === 'DELETE') return { object: null, old: show(object) }
  return { object: show(object), old: old === undefined ? null : show(old) }
}

/**
 * Seen as a row's version; what is empty is absent, as Go writes it.
 * Source: api/admission/v1/types.go, AdmissionRequest; plugin/webhook/request/admissionreview.go, CreateAdmissionReview (v1.36).
 */
export const requestOf = (attributes: Attributes, row: KindRow, objects?: ReturnType<typeof objectsIn>): object => {
  const { resource: asked, subresource, name, namespace = '', operation, user, dryRun, taken } = attributes
  return {
    kind: taken ?? kindOf(row),
    resource: resourceOf(row),
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind: taken ?? kindOf(asked),
    requestResource: resourceOf(asked),
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: userInfo(user),
    // Expressions have variables for them.
    object: objects?.object ?? null,
    oldObject: objects?.old ?? null,
    dryRun,
    options: optionsOf(attributes),
  }
}

const userInfo = ({ name, uid = '', groups, extra = {} }: User): object => ({
  username: name,
  ...(uid === '' ? {} : { uid }),
  ...(groups.length === 0 ? {} : { groups }),
  ...(Object.keys(extra).length === 0 ? {} : { extra }),
})

/** Abridged: of what is asked for beside the object, not who sets its fields and how strictly they are read. */
const optionsOf = ({ operation, dryRun, deleteOptions }: Attributes): object | null => {
  if (operation === 'CONNECT') return null
  const { gracePeriodSeconds, preconditions, propagationPolicy } = deleteOptions
  return {
    kind: OPTIONS[operation],
    apiVersion: 'meta.k8s.io/v1',
    ...(operation !== 'DELETE' || gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(operation !== 'DELETE' || preconditions === undefined ? {} : { preconditions }),
    ...(operation !== 'DELETE' || propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(dryRun ? { dryRun: ['All'] } : {}),
  }
}
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
