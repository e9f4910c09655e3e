import type { Pod } from '../../../kubernetes/types/pod.ts'
import type { Toleration } from '../../../kubernetes/types/scheduling.ts'
import type { AdmissionPlugin } from './admission.ts'

/** Source: plugin/pkg/admission/defaulttolerationseconds/admission.go, default-not-ready-toleration-seconds (v1.36). */
const DEFAULT_SECONDS = 300

const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const

/** A Pod that says nothing of a silent node stays there for five minutes. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  applies: (operation, kind, subresource) => operation !== 'DELETE' && kind === 'Pod' && subresource === '',

  admit(object) {
    const pod = object as Pod
    const tolerations = pod.spec.tolerations ?? []
    const missing = KEYS.filter((key) => !tolerations.some((toleration) => covers(toleration, key)))
    if (missing.length === 0) return { object }
    const added: Pod = { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...missing.map(defaultFor)] } }
    return { object: added }
  },
}

const covers = ({ key = '', effect }: Toleration, wanted: string): boolean =>
  (key === wanted || key === '') && (effect === 'NoExecute' || effect === undefined)

const defaultFor = (key: string): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: DEFAULT_SECONDS,
})
