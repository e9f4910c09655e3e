import type { Ingress, IngressClass } from '../../../kubernetes/types/ingress.ts'
import type { View } from '../../../kubernetes/view.ts'
import type { AdmissionPlugin } from './admission.ts'

const IS_DEFAULT = 'ingressclass.kubernetes.io/is-default-class'
const OLD_CLASS = 'kubernetes.io/ingress.class'

/**
 * An Ingress that names no class gets the default one, if there is one; of several the newest.
 * Source: plugin/pkg/admission/network/defaultingressclass/admission.go (v1.36).
 */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  applies: (operation, kind, subresource) => operation === 'CREATE' && kind === 'Ingress' && subresource === '',

  admit(object, _attributes, { view }) {
    const ingress = object as Ingress
    const named =
      ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.[OLD_CLASS] !== undefined
    const found = named ? undefined : newestDefault(view)
    if (found === undefined) return { object }
    const classed: Ingress = { ...ingress, spec: { ...ingress.spec, ingressClassName: found.metadata.name } }
    return { object: classed }
  },
}

const newestDefault = (view: View): IngressClass | undefined => {
  let newest: IngressClass | undefined
  for (const candidate of view.list('IngressClass')) {
    if (candidate.metadata.annotations?.[IS_DEFAULT] !== 'true') continue
    if (newest === undefined || isBefore(candidate, newest)) newest = candidate
  }
  return newest
}

const isBefore = ({ metadata: a }: IngressClass, { metadata: b }: IngressClass): boolean =>
  a.creationTimestamp === b.creationTimestamp ? a.name < b.name : a.creationTimestamp > b.creationTimestamp
