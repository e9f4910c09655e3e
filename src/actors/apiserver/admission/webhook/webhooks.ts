import type { ApiObject } from '../../../../events/json.ts'
import { fromBase64 } from '../../../../kubernetes/base64.ts'
import { badRequest, forbidden, internalError, isStatus, type Status } from '../../../../kubernetes/status.ts'
import type { KindRow } from '../../../../kubernetes/registry.ts'
import type { Webhook } from '../../../../kubernetes/types/admissionregistration.ts'
import { goQuote } from '../../../../kubernetes/validation/field-error.ts'
import type { Procedure } from '../../procedure.ts'
import type { World } from '../../world.ts'
import type { AdmissionWorld, Attributes } from '../admission.ts'
import { isExempt, matchesNamespace, matchesObject, matchesRules } from '../match.ts'
import { conditionsHold, variablesOf } from '../policy/variables.ts'
import { callOne, type AdmissionResponse } from './call.ts'
import { patched } from './patch.ts'

/**
 * Lets webhooks change an object, one after the other, each what the one before has left.
 * Source: apiserver/pkg/admission/plugin/webhook/mutating/dispatcher.go (v1.36).
 */
export function* mutateByWebhooks(
  object: ApiObject,
  attributes: Attributes,
  view: AdmissionWorld,
  world: World,
): Procedure<ApiObject | Status> {
  const configurations = world.cache.view.list('MutatingWebhookConfiguration')
  if (configurations.length === 0 || isExempt(attributes)) return object
  const { webhooks: callees } = attributes.reinvocation
  callees.begin(object)
  let current = object
  for (const { metadata, webhooks = [] } of sorted(configurations)) {
    for (const webhook of webhooks) {
      const invocation = `${metadata.name}/${webhook.name}`
      if (!callees.isAsked(invocation)) continue
      const said: Said = yield* ask(webhook, current, attributes, view, world, true)
      if (said === undefined) continue
      if (isStatus(said)) return said
      if (attributes.operation === 'DELETE' && hasSteps(said.patch)) return unchangeable(webhook)
      const changed =
        said.patch === undefined ? { object: current } : patched(current, said.patch, said.row, attributes.taken)
      if ('problem' in changed) return internalError(changed.problem)
      callees.wasCalled(invocation, webhook.reinvocationPolicy, current, changed.object)
      current = changed.object
    }
  }
  callees.end(current)
  return current
}

const hasSteps = (patch: string | undefined): boolean =>
  patch !== undefined && !/^\s*(\[\s*\]\s*)?$/.test(fromBase64(patch))

/** Source: mutating/dispatcher.go, callAttrMutatingHook. */
const unchangeable = ({ name }: Webhook): Status =>
  internalError(
    `admission webhook ${goQuote(name)} attempted to modify the object, which is not supported for this operation`,
  )

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

/** What a webhook has said and as which version of the object it has seen it; a Status when the request ends with it. */
type Said = (AdmissionResponse & { readonly row: KindRow }) | Status | undefined

/** A webhook's word if it is asked. */
function* ask(
  webhook: Webhook,
  object: ApiObject,
  attributes: Attributes,
  view: AdmissionWorld,
  world: World,
  patches: boolean,
): Procedure<Said> {
  const { name, failurePolicy = 'Fail', sideEffects } = webhook
  const { resource, dryRun } = attributes
  const row = matched(webhook, object, attributes, view)
  if (row === undefined) return undefined
  const { matchConditions = [] } = webhook
  const holds =
    matchConditions.length === 0 ||
    conditionsHold(matchConditions, variablesOf(object, attributes, row, view, undefined))
  if (holds === false) return undefined
  if (holds !== true) {
    if (failurePolicy === 'Ignore') return undefined
    return forbidden(resource, attributes.name, `${name}: failed to evaluate match conditions: ${holds.problem}`)
  }
  if (dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    return badRequest(`admission webhook ${goQuote(name)} does not support dry run`)
  }
  const outcome = yield* callOne(webhook, object, attributes, row, world, patches)
  if ('problem' in outcome) {
    if (failurePolicy === 'Ignore') return undefined
    return internalError(`failed calling webhook ${goQuote(name)}: ${outcome.problem}`)
  }
  for (const warning of outcome.warnings ?? []) attributes.warnings.add(warning)
  return outcome.allowed === true ? { ...outcome, row } : denied(name, outcome)
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

/** As which row of its kind a webhook sees the object, if its rules and selectors match. */
const matched = (
  { rules = [], matchPolicy, namespaceSelector, objectSelector }: Webhook,
  object: ApiObject,
  attributes: Attributes,
  { view }: AdmissionWorld,
): KindRow | undefined => {
  const row = matchesRules(rules, matchPolicy, attributes, view)
  if (row === undefined || !matchesNamespace(namespaceSelector, object, attributes, view)) return undefined
  return matchesObject(objectSelector, object, attributes) ? row : undefined
}

/** Configurations count in the order of their names. */
const sorted = <C extends ApiObject>(configurations: readonly C[]): readonly C[] =>
  [...configurations].sort((a, b) =>
    a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0,
  )
