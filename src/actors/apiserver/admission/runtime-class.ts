import { compareQuantities } from '../../../kubernetes/quantity.ts'
import { forbidden, type Status } from '../../../kubernetes/status.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'
import type { RuntimeClass } from '../../../kubernetes/types/node.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { AdmissionPlugin, AdmissionWorld, Attributes, Question } from './admission.ts'

/**
 * A Pod of a runtime class takes over what the class says of overhead and of the nodes that can run it.
 * Source: plugin/pkg/admission/runtimeclass/admission.go (v1.36).
 */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  applies: (operation, kind, subresource) => operation === 'CREATE' && kind === 'Pod' && subresource === '',

  admit(object, attributes, world) {
    const pod = object as Pod
    const name = pod.spec.runtimeClassName
    if (name === undefined) {
      if (Object.keys(pod.spec.overhead ?? {}).length === 0) return { object }
      return refuse(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
    }
    const found = lookUp(name, world)
    if (found === undefined) return refuse(attributes, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`)
    if ('ask' in found) return { question: found }
    return withClass(pod, found, attributes)
  },
}

const lookUp = (name: string, { view, answers }: AdmissionWorld): RuntimeClass | Question | undefined => {
  const cached = view.get('RuntimeClass', undefined, name)
  if (cached !== undefined) return cached
  const live = answers.get('runtime-class')
  if (live === undefined) return { ask: 'runtime-class', kind: 'RuntimeClass', namespace: undefined, name, after: 0 }
  return live === null ? undefined : (live as RuntimeClass)
}

const refuse = ({ resource, name }: Attributes, why: string): { readonly refusal: Status } => ({
  refusal: forbidden(resource, name, why),
})

const withClass = (
  pod: Pod,
  { overhead, scheduling }: RuntimeClass,
  attributes: Attributes,
): { readonly object: Pod } | { readonly refusal: Status } => {
  const own = pod.spec.overhead
  const fixed = overhead?.podFixed
  if (own !== undefined && Object.keys(own).length > 0 && !sameList(own, fixed ?? {})) {
    return refuse(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
  }
  const { nodeSelector = {}, tolerations = [] } = pod.spec
  for (const [key, value] of Object.entries(scheduling?.nodeSelector ?? {})) {
    if (nodeSelector[key] === undefined || nodeSelector[key] === value) continue
    const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${nodeSelector[key]}`
    return refuse(attributes, why)
  }
  const more = scheduling?.tolerations ?? []
  const spec = {
    ...pod.spec,
    ...(fixed === undefined ? {} : { overhead: fixed }),
    ...(scheduling?.nodeSelector === undefined
      ? {}
      : { nodeSelector: { ...nodeSelector, ...scheduling.nodeSelector } }),
    ...(more.length === 0 ? {} : { tolerations: [...tolerations, ...more] }),
  }
  return { object: { ...pod, spec } }
}

const sameList = (a: ResourceList, b: ResourceList): boolean => {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => b[name] !== undefined && compareQuantities(a[name] ?? '0', b[name]) === 0)
}
