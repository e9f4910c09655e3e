/** Defaults of kinds that have few. Source: pkg/apis/core/v1/defaults.go, pkg/apis/scheduling/v1/defaults.go (v1.36). */
import type { Event, Namespace, Secret } from '../types/core.ts'
import type { Node } from '../types/node.ts'
import type { PriorityClass } from '../types/scheduling.ts'
import type { Draft } from '../draft.ts'
import { toBase64 } from '../base64.ts'

/** The label by which selectors can name a namespace. */
const NAME_LABEL = 'kubernetes.io/metadata.name'

export function defaultNamespace(namespace: Draft<Namespace>): Draft<Namespace> {
  const { name = '' } = namespace.metadata ?? {}
  const labels = name === '' ? namespace.metadata?.labels : { ...namespace.metadata?.labels, [NAME_LABEL]: name }
  return {
    ...namespace,
    metadata: labels === undefined ? namespace.metadata : { ...namespace.metadata, labels },
    status: { ...namespace.status, phase: namespace.status?.phase ?? 'Active' },
  }
}

/** What is not reserved can be allocated. `podCIDR` and `podCIDRs[0]` are one value. */
export function defaultNode(node: Draft<Node>): Draft<Node> {
  const { podCIDR, podCIDRs } = node.spec ?? {}
  const first = podCIDRs?.[0] ?? podCIDR
  const { capacity, allocatable } = node.status ?? {}
  return {
    ...node,
    spec: { ...node.spec, ...(first === undefined ? {} : { podCIDR: first, podCIDRs: podCIDRs ?? [first] }) },
    status: { ...node.status, ...(capacity === undefined ? {} : { allocatable: allocatable ?? capacity }) },
  }
}

/** Plain texts move to `data`; they win over what is there. Source: pkg/apis/core/v1/conversion.go. */
export function defaultSecret(secret: Draft<Secret>): Draft<Secret> {
  const { stringData, ...rest } = secret
  const typed = { ...rest, type: secret.type ?? 'Opaque' }
  if (stringData === undefined) return typed
  const encoded = Object.fromEntries(Object.entries(stringData).map(([key, text]) => [key, toBase64(text ?? '')]))
  return { ...typed, data: { ...secret.data, ...encoded } }
}

export const defaultPriorityClass = (priorityClass: Draft<PriorityClass>): Draft<PriorityClass> => ({
  ...priorityClass,
  preemptionPolicy: priorityClass.preemptionPolicy ?? 'PreemptLowerPriority',
})

/** Written even when empty. */
export const defaultEvent = (event: Draft<Event>): Draft<Event> => ({
  ...event,
  reportingComponent: event.reportingComponent ?? '',
  reportingInstance: event.reportingInstance ?? '',
})
