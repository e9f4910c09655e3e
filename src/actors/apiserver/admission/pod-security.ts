import { sameJson } from '../../../kubernetes/hash.ts'
import {
  isSameLevel,
  isStricter,
  levelText,
  policyLabelErrors,
  policyOf,
  violations,
  violationText,
  type LevelVersion,
} from '../../../kubernetes/pod-security/standards.ts'
import type { Subject } from '../../../kubernetes/pod-security/subject.ts'
import { forbidden, invalid, type Status } from '../../../kubernetes/status.ts'
import type { Namespace } from '../../../kubernetes/types/core.ts'
import type { Labels } from '../../../kubernetes/types/meta.ts'
import type { Pod, PodSpec } from '../../../kubernetes/types/pod.ts'
import { goQuote } from '../../../kubernetes/validation/field-error.ts'
import type { View } from '../../../kubernetes/view.ts'
import type { ApiObject } from '../../../events/json.ts'
import type { AdmissionPlugin, Attributes } from './admission.ts'

/** Kinds that make Pods from a template, and where it stands. Source: pod-security-admission/admission/admission.go, DefaultPodSpecExtractor. */
const TEMPLATES: ReadonlySet<string> = new Set([
  'ReplicationController',
  'PodTemplate',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
])

/** Source: pod-security-admission/admission/admission.go, defaultNamespaceMaxPodsToCheck. */
const PODS_TO_CHECK = 3000

const POD_SUBRESOURCES: ReadonlySet<string> = new Set(['', 'ephemeralcontainers', 'resize'])

/**
 * Holds Pods to the level of the Pod Security Standards that their namespace names; of what would make such Pods it warns.
 * Source: staging/src/k8s.io/pod-security-admission/admission/admission.go (v1.36). Nobody and nothing is exempt.
 * Abridged: audit annotations are not kept, as no audit log is written.
 */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  applies: (operation, kind, subresource) => {
    if (operation === 'DELETE') return false
    if (kind === 'Pod') return POD_SUBRESOURCES.has(subresource)
    return subresource === '' && (kind === 'Namespace' || TEMPLATES.has(kind))
  },

  validate(object, attributes, { view }) {
    if (attributes.kind === 'Namespace') {
      const refusal = namespaceProblem(object, attributes, view)
      return refusal === undefined ? undefined : { refusal }
    }
    const namespace = view.get('Namespace', undefined, attributes.namespace ?? '')
    const labels = namespace?.metadata.labels
    if (labels === undefined) return undefined
    const refusal = attributes.kind === 'Pod' ? podProblem(object as Pod, attributes, labels) : undefined
    if (attributes.kind !== 'Pod') warnOfTemplate(object, attributes, labels)
    return refusal === undefined ? undefined : { refusal }
  },
}

const subjectOf = (metadata: { readonly annotations?: Labels } | undefined, spec: PodSpec): Subject => ({
  annotations: metadata?.annotations ?? {},
  spec,
})

const podProblem = (pod: Pod, attributes: Attributes, labels: Labels): Status | undefined => {
  const { resource, name, old, warnings } = attributes
  if (old !== undefined && attributes.subresource === '' && !isSignificant(pod, old as Pod)) return undefined
  const { enforce, warn } = policyOf(labels)
  const subject = subjectOf(pod.metadata, pod.spec)
  const found = violations(enforce, subject)
  if (found.length > 0) {
    return forbidden(resource, name, `violates PodSecurity ${goQuote(levelText(enforce))}: ${violationText(found)}`)
  }
  if (!isSameLevel(warn, enforce)) warnOf(subject, warn, warnings)
  return undefined
}

/** Source: admission.go, isSignificantPodUpdate: annotations and images; nothing else of a running Pod's spec can weaken it. */
const isSignificant = (pod: Pod, old: Pod): boolean =>
  !sameJson(pod.metadata.annotations ?? {}, old.metadata.annotations ?? {}) ||
  pod.spec.containers.some(({ image }, i) => image !== old.spec.containers[i]?.image) ||
  (pod.spec.initContainers ?? []).some(({ image }, i) => image !== old.spec.initContainers?.[i]?.image)

const warnOfTemplate = (object: ApiObject, { warnings }: Attributes, labels: Labels): void => {
  const template = templateOf(object)
  if (template?.spec === undefined) return
  warnOf(subjectOf(template.metadata, template.spec), policyOf(labels).warn, warnings)
}

const warnOf = (subject: Subject, warn: LevelVersion, warnings: Set<string>): void => {
  const found = violations(warn, subject)
  if (found.length > 0) {
    warnings.add(`would violate PodSecurity ${goQuote(levelText(warn))}: ${violationText(found)}`)
  }
}

interface Template {
  readonly metadata?: { readonly annotations?: Labels }
  readonly spec?: PodSpec
}

interface WithTemplate extends ApiObject {
  readonly template?: Template
  readonly spec?: {
    readonly template?: Template
    readonly jobTemplate?: { readonly spec?: { readonly template?: Template } }
  }
}

const templateOf = (object: WithTemplate): Template | undefined =>
  object.template ?? object.spec?.template ?? object.spec?.jobTemplate?.spec?.template

const namespaceProblem = (
  namespace: Namespace,
  { name, old, warnings }: Attributes,
  view: View,
): Status | undefined => {
  const labels = namespace.metadata.labels ?? {}
  const errors = policyLabelErrors(labels)
  const before = old?.metadata.labels ?? {}
  if (errors.length > 0) {
    // Labels that were wrong before may stay wrong.
    const isOld = old !== undefined && sameJson(errors, policyLabelErrors(before))
    return isOld ? undefined : invalid({ group: '', kind: 'Namespace' }, name, errors)
  }
  if (old === undefined) return undefined
  const { enforce } = policyOf(labels)
  if (!isStricter(enforce, policyOf(before).enforce)) return undefined
  for (const warning of existingPods(name, enforce, view)) warnings.add(warning)
  return undefined
}

/** Source: admission.go, EvaluatePodsInNamespace and decoratePodWarnings. */
const existingPods = (namespace: string, enforce: LevelVersion, view: View): readonly string[] => {
  const byText = new Map<string, string[]>()
  for (const pod of view.list('Pod', namespace).slice(0, PODS_TO_CHECK)) {
    const found = violations(enforce, subjectOf(pod.metadata, pod.spec))
    if (found.length === 0) continue
    const text = found.map(({ reason }) => reason).join(', ')
    byText.set(text, [...(byText.get(text) ?? []), pod.metadata.name])
  }
  if (byText.size === 0) return []
  const lines = [...byText].map(([text, names]) => {
    const [first = '', ...rest] = names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    const others = rest.length === 0 ? '' : ` (and ${rest.length} other ${rest.length === 1 ? 'pod' : 'pods'})`
    return `${first}${others}: ${text}`
  })
  const head = `existing pods in namespace ${goQuote(namespace)} violate the new PodSecurity enforce level ${goQuote(levelText(enforce))}`
  return [head, ...lines.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))]
}
