/**
 * Namespaces, Nodes, Leases and Events.
 *
 * Source: pkg/apis/core/validation/validation.go, events.go; pkg/apis/coordination/validation (v1.36).
 */
import type { Event, Namespace } from '../types/core.ts'
import type { Lease, Node } from '../types/node.ts'
import type { Taint } from '../types/scheduling.ts'
import type { Draft } from '../draft.ts'
import { sameJson } from '../hash.ts'
import { cidrProblems, parseCIDR } from '../net.ts'
import { isDNS1123Label, isLabelKey, isLabelValue } from '../syntax.ts'
import { NOT_NEGATIVE, type FieldErrors } from './field-error.ts'
import { validateLabelName } from './labels.ts'
import {
  labelName,
  subdomainName,
  validateFinalizerName,
  validateMetadata,
  validateMetadataUpdate,
} from './metadata.ts'
import { validateTaintEffect } from './pod/placement.ts'
import { validateResourceList } from './resources.ts'

export function validateNamespace(namespace: Draft<Namespace>, errors: FieldErrors): void {
  validateMetadata(namespace.metadata, { namespaced: false, name: labelName }, errors)
  for (const finalizer of namespace.spec?.finalizers ?? []) {
    errors.invalids('spec.finalizers', finalizer, isLabelKey(finalizer))
    validateFinalizerName(finalizer, 'spec.finalizers', errors)
  }
}

export function validateNamespaceUpdate(next: Draft<Namespace>, before: Draft<Namespace>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
}

/** Source: validation.go, ValidateNamespaceStatusUpdate. */
export function validateNamespaceStatusUpdate(
  next: Draft<Namespace>,
  before: Draft<Namespace>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const isGoing = next.metadata?.deletionTimestamp !== undefined
  const phase = next.status?.phase ?? ''
  if (phase === (isGoing ? 'Terminating' : 'Active')) return
  const [only, when] = isGoing ? ['Terminating', 'is not'] : ['Active', 'is']
  errors.invalid('status.Phase', phase, `may only be '${only}' if \`deletionTimestamp\` ${when} empty`)
}

export function validateNode(node: Draft<Node>, errors: FieldErrors): void {
  validateMetadata(node.metadata, { namespaced: false, name: subdomainName }, errors)
  validateNodeContent(node, errors)
}

function validateNodeContent(node: Draft<Node>, errors: FieldErrors): void {
  // Upstream looks for the taints in the metadata.
  validateTaints(node.spec?.taints, 'metadata.taints', errors)
  const podCIDRs = node.spec?.podCIDRs ?? []
  for (const [i, cidr] of podCIDRs.entries()) errors.invalids(`spec.podCIDRs[${i}]`, cidr, cidrProblems(cidr))
  const families = podCIDRs.map((cidr) => parseCIDR(cidr)?.address.family)
  if (podCIDRs.length > 2 || (podCIDRs.length === 2 && families[0] === families[1])) {
    errors.invalid('spec.podCIDRs', podCIDRs, 'may specify no more than one CIDR for each IP family')
  }
  validateResourceList(node.status?.capacity, 'status.capacity', errors)
  validateResourceList(node.status?.allocatable, 'status.allocatable', errors)
}

function validateTaints(taints: readonly Draft<Taint>[] | undefined, at: string, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [i, { key = '', value = '', effect, timeAdded }] of (taints ?? []).entries()) {
    const here = `${at}[${i}]`
    validateLabelName(key, `${here}.key`, errors)
    const problems = isLabelValue(value)
    if (problems.length > 0) errors.invalid(`${here}.value`, value, problems.join(';'))
    validateTaintEffect(effect, `${here}.effect`, errors)
    const pair = `${key}:${effect}`
    if (seen.has(pair)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded ?? null }
      errors.duplicate(here, shown, 'taints must be unique by key and effect pair')
    }
    seen.add(pair)
  }
}

/** Set once, then fixed. */
export function validateNodeUpdate(next: Draft<Node>, before: Draft<Node>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateNodeContent(next, errors)
  const old = before.spec?.podCIDRs ?? []
  if (old.length > 0 && !sameJson(next.spec?.podCIDRs ?? [], old)) {
    errors.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')
  }
  const provider = before.spec?.providerID ?? ''
  if (provider !== '' && (next.spec?.providerID ?? '') !== provider) {
    errors.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')
  }
}

export function validateLease(lease: Draft<Lease>, errors: FieldErrors): void {
  validateMetadata(lease.metadata, { namespaced: true, name: subdomainName }, errors)
  validateLeaseSpec(lease, errors)
}

export function validateLeaseUpdate(next: Draft<Lease>, before: Draft<Lease>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateLeaseSpec(next, errors)
}

function validateLeaseSpec({ spec }: Draft<Lease>, errors: FieldErrors): void {
  const { leaseDurationSeconds, leaseTransitions } = spec ?? {}
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    errors.invalid('spec.leaseTransitions', leaseTransitions, NOT_NEGATIVE)
  }
}

/** Events of cluster-scoped objects are kept in `default`. Source: core/validation/events.go, legacyValidateEvent. */
export function validateEvent(event: Draft<Event>, errors: FieldErrors): void {
  const namespace = event.metadata?.namespace ?? ''
  const about = event.involvedObject?.namespace ?? ''
  const at = 'involvedObject.namespace'
  if (about === '' ? namespace !== '' && namespace !== 'default' : namespace !== about) {
    errors.invalid(at, about, 'does not match event.namespace')
  }
  errors.invalids('metadata.namespace', namespace, isDNS1123Label(namespace))
  validateMetadata(event.metadata, { namespaced: true, name: subdomainName }, errors)
}

export function validateEventUpdate(next: Draft<Event>, before: Draft<Event>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateEvent(next, errors)
}
