import type { ApiObject } from '../../../../events/json.ts'
import { badRequest, forbidden, internalError, isStatus, type Status } from '../../../../kubernetes/status.ts'
import type { Webhook } from '../../../../kubernetes/types/admissionregistration.ts'
import { goQuote } from '../../../../kubernetes/validation/field-error.ts'
import type { Procedure } from '../../procedure.ts'
import type { World } from '../../world.ts'
import type { AdmissionWorld, Attributes } from '../admission.ts'
import { isExempt, matchesNamespace, matchesObject, matchesRule } from '../match.ts'
import { conditionsHold, variablesOf } from '../policy/variables.ts'
import { callOne, type AdmissionResponse } from './call.ts'
import { patched } from './patch.ts'

/**
 * Lets webhooks change an object, one after the other, each what the one before has left.
 * Source: apiserver/pkg/admission/plugin/webhook/mutating/dispatcher.go (v1.36).
 * Abridged: no webhook is called again after another has changed the object.
 */
export function* mutateByWebhooks(
  object: ApiObject,
  attributes: Attributes,
  view: AdmissionWorld,
  world: World,
): Procedure<ApiObject | Status> {
  const configurations = world.cache.view.list('MutatingWebhookConfiguration')
  if (configurations.length === 0 || isExempt(attributes)) return object
  let current = object
  for (const webhook of sorted(configurations).flatMap(({ webhooks = [] }) => webhooks)) {
    const response: AdmissionResponse | Status | undefined = yield* ask(webhook, current, attributes, view, world, true)
    if (isStatus(response)) return response
    if (response?.patch === undefined) continue
    const changed = patched(current, response.patch, attributes)
    if ('problem' in changed) return internalError(changed.problem)
    current = changed.object
  }
  return current
}

/** Lets webhooks judge an object. Source: plugin/webhook/validating/dispatcher.go (v1.36), which calls them all at once. */
export function* validateByWebhooks(
  object: ApiObject,
  attributes: Attributes,
  view: AdmissionWorld,
  world: World,
): Procedure<Status | undefined> {
  const configurations = world.cache.view.list('ValidatingWebhookConfiguration')
  if (configurations.length === 0 || isExempt(attributes)) return undefined
  for (const webhook of sorted(configurations).flatMap(({ webhooks = [] }) => webhooks)) {
    const response = yield* ask(webhook, object, attributes, view, world, false)
    if (isStatus(response)) return response
  }
  return undefined
}

/** A webhook's word if it is asked; a Status when the request ends with it. */
function* ask(
  webhook: Webhook,
  object: ApiObject,
  attributes: Attributes,
  view: AdmissionWorld,
  world: World,
  patches: boolean,
): Procedure<AdmissionResponse | Status | undefined> {
  const { name, failurePolicy = 'Fail', sideEffects } = webhook
  const { resource, dryRun } = attributes
  const matched = matches(webhook, object, attributes, view)
  if (matched === false) return undefined
  if (matched !== true) {
    if (failurePolicy === 'Ignore') return undefined
    return forbidden(resource, attributes.name, `${name}: failed to evaluate match conditions: ${matched.problem}`)
  }
  if (dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    return badRequest(`admission webhook ${goQuote(name)} does not support dry run`)
  }
  const outcome = yield* callOne(webhook, object, attributes, world, patches)
  if ('problem' in outcome) {
    if (failurePolicy === 'Ignore') return undefined
    return internalError(`failed calling webhook ${goQuote(name)}: ${outcome.problem}`)
  }
  for (const warning of outcome.warnings ?? []) attributes.warnings.add(warning)
  return outcome.allowed === true ? outcome : denied(name, outcome)
}

/** Source: plugin/webhook/errors/statuserror.go, ToStatusErr. */
const denied = (name: string, { status = {} }: AdmissionResponse): Status => {
  const { message = '', reason = '', code = 0, ...rest } = status
  const said = message === '' ? reason : message
  const why = said === '' ? ' without explanation' : `: ${said}`
  const text = `admission webhook ${goQuote(name)} denied the request${why}`
  const refusal = badRequest(text)
  const { reason: _reason, ...bare } = refusal
  return {
    ...bare,
    ...rest,
    status: 'Failure',
    message: text,
    ...(reason === '' ? {} : { reason }),
    code: Math.max(code, 400),
  }
}

const matches = (
  { rules = [], namespaceSelector, objectSelector, matchConditions }: Webhook,
  object: ApiObject,
  attributes: Attributes,
  world: AdmissionWorld,
): boolean | { readonly problem: string } => {
  if (!rules.some((rule) => matchesRule(rule, attributes))) return false
  if (!matchesNamespace(namespaceSelector, object, attributes, world.view)) return false
  if (!matchesObject(objectSelector, object, attributes)) return false
  if (matchConditions === undefined || matchConditions.length === 0) return true
  return conditionsHold(matchConditions, variablesOf(object, attributes, world, undefined))
}

/** Configurations count in the order of their names. */
const sorted = <C extends ApiObject>(configurations: readonly C[]): readonly C[] =>
  [...configurations].sort((a, b) =>
    a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0,
  )
