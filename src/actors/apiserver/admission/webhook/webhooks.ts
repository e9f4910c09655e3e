import type { ApiObject } from '../../../../events/json.ts'
import { forbidden, internalError, type Status } from '../../../../kubernetes/status.ts'
import type { Webhook } from '../../../../kubernetes/types/admissionregistration.ts'
import { goQuote } from '../../../../kubernetes/validation/field-error.ts'
import type { AdmissionPlugin, AdmissionWorld, Attributes } from '../admission.ts'
import { isExempt, matchesNamespace, matchesObject, matchesRule } from '../match.ts'
import { conditionsHold, variablesOf } from '../policy/variables.ts'
import { destinationOf, refusedConnection } from './call.ts'

/**
 * Webhooks that judge or change requests. None of them is reached: nothing in a simulated cluster listens for them. So only what
 * happens then is modelled, by each webhook's failure policy.
 * Source: apiserver/pkg/admission/plugin/webhook/{validating,mutating}/dispatcher.go (v1.36).
 *
 * Abridged: no webhook is called.
 */
const callWebhooks = (
  webhooks: readonly Webhook[],
  object: ApiObject,
  attributes: Attributes,
  world: AdmissionWorld,
): Status | undefined => {
  for (const webhook of webhooks) {
    const matched = matches(webhook, object, attributes, world)
    if (matched === false) continue
    const { name, failurePolicy = 'Fail' } = webhook
    if (matched !== true) {
      if (failurePolicy === 'Ignore') continue
      const why = `${name}: failed to evaluate match conditions: ${matched.problem}`
      return forbidden(attributes.resource, attributes.name, why)
    }
    if (attributes.dryRun && webhook.sideEffects !== 'None' && webhook.sideEffects !== 'NoneOnDryRun') {
      return forbidden(
        attributes.resource,
        attributes.name,
        `admission webhook ${goQuote(name)} does not support dry run`,
      )
    }
    if (failurePolicy === 'Ignore') continue
    return internalError(
      `failed calling webhook ${goQuote(name)}: failed to call webhook: ${unreached(webhook, world)}`,
    )
  }
  return undefined
}

const unreached = (webhook: Webhook, { view }: AdmissionWorld): string => {
  const destination = destinationOf(webhook, view)
  return 'problem' in destination ? destination.problem : refusedConnection(destination.url)
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

export const mutatingAdmissionWebhook: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  applies: () => true,

  admit(object, attributes, world) {
    const configurations = world.view.list('MutatingWebhookConfiguration')
    if (configurations.length === 0 || isExempt(attributes)) return { object }
    const all = sorted(configurations).flatMap(({ webhooks = [] }) => webhooks)
    const refusal = callWebhooks(all, object, attributes, world)
    return refusal === undefined ? { object } : { refusal }
  },
}

export const validatingAdmissionWebhook: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  applies: () => true,

  validate(object, attributes, world) {
    const configurations = world.view.list('ValidatingWebhookConfiguration')
    if (configurations.length === 0 || isExempt(attributes)) return undefined
    const all = sorted(configurations).flatMap(({ webhooks = [] }) => webhooks)
    const refusal = callWebhooks(all, object, attributes, world)
    return refusal === undefined ? undefined : { refusal }
  },
}

/** Configurations count in the order of their names. */
const sorted = <C extends ApiObject>(configurations: readonly C[]): readonly C[] =>
  [...configurations].sort((a, b) =>
    a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0,
  )
