import { either } from 'fp-ts'
import type { ApiObject } from '../../../../events/json.ts'
import { expressionOf } from '../../../../kubernetes/cel/expression.ts'
import { fromCel } from '../../../../kubernetes/cel/values.ts'
import type { Draft } from '../../../../kubernetes/draft.ts'
import { patchObject } from '../../../../kubernetes/patch/patch.ts'
import { readObject } from '../../../../kubernetes/read-object.ts'
import { shownAs, type KindRow } from '../../../../kubernetes/registry.ts'
import { forbidden, type Status } from '../../../../kubernetes/status.ts'
import type { MutatingAdmissionPolicy, Mutation } from '../../../../kubernetes/types/admissionregistration.ts'
import type { AdmissionPlugin, AdmissionWorld, Attributes } from '../admission.ts'
import { withConfiguration } from './apply-configuration.ts'
import { isExempt, matchesResources } from '../match.ts'
import { paramsOf } from './params.ts'
import { conditionsHold, variablesOf, withVariables } from './variables.ts'

type Changed = { readonly object: ApiObject } | { readonly problem: string }

/**
 * Policies in CEL that change what is written. Source: apiserver/pkg/admission/plugin/policy/mutating (v1.36).
 */
export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  applies: (operation, _kind, subresource) => operation !== 'DELETE' && subresource === '',

  admit(object, attributes, world) {
    const bindings = world.view.list('MutatingAdmissionPolicyBinding')
    if (bindings.length === 0 || isExempt(attributes)) return { object }
    const { policies } = attributes.reinvocation
    policies.begin(object)
    let current = object
    for (const policy of world.view.list('MutatingAdmissionPolicy')) {
      const row = matchesResources(policy.spec.matchConstraints, current, attributes, world.view)
      if (row === undefined) continue
      for (const binding of bindings) {
        const { policyName, matchResources, paramRef } = binding.spec
        if (policyName !== policy.metadata.name) continue
        const invocation = `${policyName} ${binding.metadata.name}`
        if (!policies.isAsked(invocation)) continue
        if (!matchesResources(matchResources, current, attributes, world.view)) continue
        const params = paramsOf(policy.spec.paramKind, paramRef, attributes.namespace, world.view)
        const outcome: Changed =
          'problem' in params
            ? { problem: `failed to configure binding: ${params.problem}` }
            : params.reduce<Changed>(
                (so, param) => ('problem' in so ? so : mutate(policy, so.object, attributes, row, world, param)),
                { object: current },
              )
        if ('object' in outcome) {
          policies.wasCalled(invocation, policy.spec.reinvocationPolicy, current, outcome.object)
          current = outcome.object
        } else if (policy.spec.failurePolicy !== 'Ignore')
          return { refusal: failed(policy, binding, outcome.problem, attributes) }
      }
    }
    policies.end(current)
    return { object: current }
  },
}

const failed = (policy: ApiObject, binding: ApiObject, problem: string, { resource, name }: Attributes): Status =>
  forbidden(
    resource,
    name,
    `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${problem}`,
  )

const mutate = (
  { spec: { matchConditions, variables, mutations = [] } }: MutatingAdmissionPolicy,
  object: ApiObject,
  attributes: Attributes,
  row: KindRow,
  world: AdmissionWorld,
  param: ApiObject | undefined,
): Changed => {
  const holds = conditionsHold(matchConditions, variablesOf(object, attributes, row, world, param))
  if (holds === false) return { object }
  if (holds !== true) return holds
  let current = object
  for (const mutation of mutations) {
    const all = withVariables(variablesOf(current, attributes, row, world, param), variables)
    const expression = mutation.applyConfiguration?.expression ?? mutation.jsonPatch?.expression ?? ''
    const outcome = expressionOf(expression)(all)
    if ('problem' in outcome) return { problem: `expression '${expression}' resulted in error: ${outcome.problem}` }
    const changed = applied(mutation, current, fromCel(outcome.value), row)
    if ('problem' in changed) return changed
    current = changed.object
  }
  return { object: current }
}

const applied = ({ patchType }: Mutation, object: ApiObject, change: unknown, row: KindRow): Changed => {
  const read =
    patchType === 'JSONPatch' ? patchObject(row, object, 'json', change, 'Ignore') : configured(row, object, change)
  if ('problem' in read) return read
  if (either.isLeft(read)) return { problem: read.left.message ?? 'the patch does not apply' }
  // What is still missing of it, validation tells.
  const draft: Draft<ApiObject> = read.right.object
  return { object: (row.strategy?.defaults(draft) ?? draft) as ApiObject }
}

const configured = (row: KindRow, object: ApiObject, configuration: unknown) => {
  const outcome = withConfiguration(row, { ...shownAs(row, object) }, configuration)
  return 'problem' in outcome ? outcome : readObject(row, outcome.json, 'Ignore')
}
