import { hasTaint } from '../../../kubernetes/tolerations.ts'
import type { Node } from '../../../kubernetes/types/node.ts'
import type { Taint } from '../../../kubernetes/types/scheduling.ts'
import type { AdmissionPlugin } from './admission.ts'

const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

/**
 * A Node is born tainted, so that nothing is scheduled to it before the node controller has seen it ready.
 * Source: plugin/pkg/admission/nodetaint/admission.go (v1.36).
 */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  applies: (operation, kind, subresource) => operation === 'CREATE' && kind === 'Node' && subresource === '',

  admit(object) {
    const node = object as Node
    const taints = node.spec?.taints ?? []
    if (hasTaint(taints, NOT_READY)) return { object }
    const tainted: Node = { ...node, spec: { ...node.spec, taints: [...taints, NOT_READY] } }
    return { object: tainted }
  },
}
