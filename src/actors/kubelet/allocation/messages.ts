/** Texts of the Events about resizes. Source: pkg/kubelet/events/pod_resize.go (v1.36). */
import type { Container, ResourceRequirements } from '../../../kubernetes/types/container.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { ResourceList } from '../../../kubernetes/types/meta.ts'

/** What a Pod asks for or has, as JSON, behind a heading. */
export const resizeMessage = (heading: string, { spec }: Pod, generation: number | undefined, error = ''): string => {
  const init = spec.initContainers ?? []
  const summary = {
    ...(init.length === 0 ? {} : { initContainers: init.map(summaryOf) }),
    containers: spec.containers.map(summaryOf),
    generation: generation ?? 0,
    ...(error === '' ? {} : { error }),
  }
  return `${heading}: ${JSON.stringify(summary)}`
}

const summaryOf = ({ name, resources }: Container): { name: string; resources: ResourceRequirements } => ({
  name,
  resources: {
    ...(resources?.limits === undefined ? {} : { limits: sorted(resources.limits) }),
    ...(resources?.requests === undefined ? {} : { requests: sorted(resources.requests) }),
  },
})

/** Go writes the members of a map in the order of their names. */
const sorted = (list: ResourceList): ResourceList =>
  Object.fromEntries(Object.entries(list).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
