import type { ApiObject } from '../../../../events/json.ts'
import { expressionOf } from '../../../../kubernetes/cel/expression.ts'
import type { KindRow } from '../../../../kubernetes/registry.ts'
import { forbidden, type Status } from '../../../../kubernetes/status.ts'
import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
} from '../../../../kubernetes/types/admissionregistration.ts'
import type { AdmissionPlugin, AdmissionWorld, Attributes } from '../admission.ts'
import { isExempt, matchesResources } from '../match.ts'
import { paramsOf } from './params.ts'
import { conditionsHold, variablesOf, withVariables, type Variables } from './variables.ts'

interface Denial {
  readonly message: string
  readonly reason: string
}

/** Source: apiserver/pkg/admission/plugin/policy/validating/policy_decision.go, reasonToCode. */
const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  Invalid: 422,
  RequestEntityTooLarge: 413,
}
const DEFAULT_REASON = 'Invalid'

/**
 * Policies that users write in CEL. What a binding says to deny refuses the request; what it says to warn of only warns.
 * Source: apiserver/pkg/admission/plugin/policy/validating/{dispatcher,validator}.go (v1.36).
 * Abridged: audit annotations are evaluated nowhere, as no audit log is written.
 */
export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  applies: () => true,

  validate(object, attributes, world) {
    const bindings = world.view.list('ValidatingAdmissionPolicyBinding')
    if (bindings.length === 0 || isExempt(attributes)) return undefined
    let refusal: Status | undefined
    for (const policy of world.view.list('ValidatingAdmissionPolicy')) {
      const row = matchesResources(policy.spec.matchConstraints, object, attributes, world.view)
      if (row === undefined) continue
      for (const binding of bindings) {
        if (binding.spec.policyName !== policy.metadata.name) continue
        if (!matchesResources(binding.spec.matchResources, object, attributes, world.view)) continue
        const [denial, ...others] = denials(policy, binding, object, attributes, row, world)
        if (denial === undefined) continue
        const actions = binding.spec.validationActions ?? []
        if (actions.includes('Deny')) refusal ??= denied(policy, binding, denial, attributes)
        if (actions.includes('Warn')) {
          for (const { message } of [denial, ...others]) attributes.warnings.add(warning(policy, binding, message))
        }
      }
    }
    return refusal === undefined ? undefined : { refusal }
  },
}

const named = ({ metadata: policy }: ApiObject, { metadata: binding }: ApiObject): string =>
  `ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}'`

const warning = (policy: ApiObject, binding: ApiObject, message: string): string =>
  `Validation failed for ${named(policy, binding)}: ${message}`

const denied = (
  policy: ApiObject,
  binding: ApiObject,
  { message, reason }: Denial,
  { resource, name }: Attributes,
): Status => {
  const text = `${named(policy, binding)} denied request: ${message}`
  const status = forbidden(resource, name, text)
  const details = { ...status.details, causes: [{ message: text }] }
  return { ...status, reason, code: CODES[reason] ?? 422, details }
}

const denials = (
  policy: ValidatingAdmissionPolicy,
  { spec: { paramRef } }: ValidatingAdmissionPolicyBinding,
  object: ApiObject,
  attributes: Attributes,
  row: KindRow,
  world: AdmissionWorld,
): readonly Denial[] => {
  const { paramKind, failurePolicy = 'Fail', matchConditions, variables, validations = [] } = policy.spec
  const failing = (message: string): readonly Denial[] =>
    failurePolicy === 'Fail' ? [{ message, reason: DEFAULT_REASON }] : []
  const params = paramsOf(paramKind, paramRef, attributes.namespace, world.view)
  if ('problem' in params) return failing(`failed to configure binding: ${params.problem}`)
  return params.flatMap((param) => {
    const given = variablesOf(object, attributes, row, world, param)
    const holds = conditionsHold(matchConditions, given)
    if (holds === false) return []
    if (holds !== true) return failing(holds.problem)
    const all = withVariables(given, variables)
    return validations.flatMap((validation) => judged(validation, all, failing))
  })
}

const judged = (
  { expression, message = '', messageExpression, reason = DEFAULT_REASON }: Validation,
  variables: Variables,
  failing: (message: string) => readonly Denial[],
): readonly Denial[] => {
  const outcome = expressionOf(expression)(variables)
  if ('problem' in outcome) return failing(`expression '${expression.trim()}' resulted in error: ${outcome.problem}`)
  if (outcome.value === true) return []
  const said = messageExpression === undefined ? undefined : spoken(messageExpression, variables)
  const own = message.trim() === '' ? `failed expression: ${expression.trim()}` : message.trim()
  return [{ message: said ?? own, reason }]
}

/** Only one line of text counts as a message. */
const spoken = (expression: string, variables: Variables): string | undefined => {
  const outcome = expressionOf(expression)(variables)
  if ('problem' in outcome || typeof outcome.value !== 'string') return undefined
  const text = outcome.value.trim()
  return text === '' || text.includes('\n') ? undefined : text
}
