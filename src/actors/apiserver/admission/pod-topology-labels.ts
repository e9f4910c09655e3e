import type { Labels } from '../../../kubernetes/types/meta.ts'
import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { AdmissionPlugin } from './admission.ts'

const TOPOLOGY = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'] as const

/**
 * A Pod that comes to a node takes that node's zone and region as labels: with the binding, or at once when it is created
 * for a node. Source: plugin/pkg/admission/podtopologylabels/admission.go (v1.36).
 */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  applies: (operation, kind, subresource) =>
    operation === 'CREATE' && kind === 'Pod' && (subresource === 'binding' || subresource === ''),

  admit(object, { subresource }, { view }) {
    const nodeName = subresource === 'binding' ? targetOf(object) : (object as Pod).spec.nodeName
    if (nodeName === undefined || nodeName === '') return { object }
    const labels = view.get('Node', undefined, nodeName)?.metadata.labels
    if (labels === undefined) return { object }
    const added: Record<string, string> = {}
    for (const key of TOPOLOGY) {
      const value = labels[key]
      if (value !== undefined) added[key] = value
    }
    if (Object.keys(added).length === 0) return { object }
    const merged: Labels = { ...object.metadata.labels, ...added }
    return { object: { ...object, metadata: { ...object.metadata, labels: merged } } }
  },
}

const targetOf = (binding: unknown): string | undefined =>
  (binding as { readonly target?: { readonly name?: string } }).target?.name
