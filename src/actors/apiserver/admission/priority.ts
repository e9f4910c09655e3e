import { forbidden, type Status } from '../../../kubernetes/status.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { PriorityClass } from '../../../kubernetes/types/scheduling.ts'
import type { View } from '../../../kubernetes/view.ts'
import type { AdmissionPlugin, Admitted, Attributes } from './admission.ts'

/**
 * Turns the name of a PriorityClass into the number that the scheduler compares; at most one class is the default.
 * Source: plugin/pkg/admission/priority/admission.go (v1.36).
 */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  applies: (operation, kind, subresource) =>
    operation !== 'DELETE' && subresource === '' && (kind === 'Pod' || kind === 'PriorityClass'),

  admit(object, attributes, { view }) {
    if (attributes.kind !== 'Pod') return { object }
    if (attributes.operation === 'UPDATE') return { object: keepPriority(object as Pod, attributes.old as Pod) }
    return withPriority(object as Pod, attributes, view)
  },

  validate(object, attributes, { view }) {
    if (attributes.kind !== 'PriorityClass' || (object as PriorityClass).globalDefault !== true) return undefined
    const present = defaultClass(view)
    if (present === undefined) return undefined
    if (attributes.operation === 'UPDATE' && present.metadata.name === attributes.name) return undefined
    const why = `PriorityClass ${present.metadata.name} is already marked as default. Only one default can exist`
    return { refusal: forbidden(attributes.resource, attributes.name, why) }
  },
}

const keepPriority = (pod: Pod, old: Pod): Pod => {
  const kept = {
    priority: pod.spec.priority ?? old.spec.priority,
    preemptionPolicy: pod.spec.preemptionPolicy ?? old.spec.preemptionPolicy,
  }
  const same = kept.priority === pod.spec.priority && kept.preemptionPolicy === pod.spec.preemptionPolicy
  return same ? pod : { ...pod, spec: { ...pod.spec, ...kept } }
}

const withPriority = (pod: Pod, attributes: Attributes, view: View): Admitted => {
  const wanted = pod.spec.priorityClassName ?? ''
  const found = wanted === '' ? defaultClass(view) : view.get('PriorityClass', undefined, wanted)
  if (wanted !== '' && found === undefined) {
    return refuse(attributes, `no PriorityClass with name ${wanted} was found`)
  }
  const value = found?.value ?? 0
  const policy = found === undefined ? 'PreemptLowerPriority' : found.preemptionPolicy
  const { priority: given, preemptionPolicy: givenPolicy } = pod.spec
  if (given !== undefined && given !== value) {
    return refuse(
      attributes,
      `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    )
  }
  if (policy !== undefined && givenPolicy !== undefined && givenPolicy !== policy) {
    return refuse(
      attributes,
      `the string value of PreemptionPolicy (${givenPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    )
  }
  const name = found === undefined ? {} : { priorityClassName: found.metadata.name }
  const preemption = policy === undefined ? {} : { preemptionPolicy: policy }
  const admitted: Pod = { ...pod, spec: { ...pod.spec, ...name, priority: value, ...preemption } }
  return { object: admitted }
}

const refuse = ({ resource, name }: Attributes, why: string): { readonly refusal: Status } => ({
  refusal: forbidden(resource, name, why),
})

/** Of several defaults, as can stand side by side for a while, the least. */
const defaultClass = (view: View): PriorityClass | undefined => {
  let least: PriorityClass | undefined
  for (const candidate of view.list('PriorityClass')) {
    if (candidate.globalDefault === true && (least === undefined || candidate.value < least.value)) least = candidate
  }
  return least
}
