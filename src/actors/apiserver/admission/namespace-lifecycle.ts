import type { Micros } from '../../../events/envelope.ts'
import { millis, seconds } from '../../../events/time.ts'
import { forbidden, notFound, type Status } from '../../../kubernetes/status.ts'
import type { Namespace } from '../../../kubernetes/types/core.ts'
import type { AdmissionPlugin, Admitted, AdmissionWorld, Attributes, Question } from './admission.ts'

/** Source: apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go, missingNamespaceWait and forceLiveLookupTTL (v1.36). */
const MISSING_NAMESPACE_WAIT: Micros = millis(50)
export const DOUBT_NAMESPACE_FOR: Micros = seconds(30)

const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])

const NAMESPACES = { group: '', resource: 'namespaces' }

/**
 * Nothing is created in a namespace that does not exist or is on its way out; some namespaces never go.
 *
 * A namespace that the cache does not show may be younger than the cache: the plugin waits a moment, then asks the storage.
 * Source: apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go, Admit (v1.36).
 */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  applies: (operation, kind) => operation !== 'CONNECT' && (operation === 'DELETE') === (kind === 'Namespace'),

  admit(object, attributes, world) {
    if (attributes.kind === 'Namespace') {
      if (!IMMORTAL.has(attributes.name)) return { object }
      return { refusal: forbidden(NAMESPACES, attributes.name, 'this namespace may not be deleted') }
    }
    if (attributes.namespace === undefined) return { object }
    const found = lookUp(attributes.namespace, attributes, world)
    if (found === undefined) return { refusal: notFound(NAMESPACES, attributes.namespace) }
    if ('ask' in found) return { question: found }
    const terminating = attributes.operation === 'CREATE' && found.status?.phase === 'Terminating'
    return terminating
      ? { refusal: beingTerminated(attributes, attributes.namespace) }
      : ({ object } satisfies Admitted)
  },
}

const lookUp = (
  name: string,
  { operation }: Attributes,
  { view, monotonic, answers, doubtedNamespaces }: AdmissionWorld,
): Namespace | Question | undefined => {
  const live = answers.get('namespace')
  if (live !== undefined) return live === null ? undefined : (live as Namespace)
  const cached = view.get('Namespace', undefined, name)
  const doubted = (doubtedNamespaces.get(name) ?? -DOUBT_NAMESPACE_FOR) + DOUBT_NAMESPACE_FOR > monotonic
  if (cached !== undefined && !(doubted && cached.status?.phase !== 'Terminating')) return cached
  const after = cached === undefined && operation === 'CREATE' ? MISSING_NAMESPACE_WAIT : 0
  return { ask: 'namespace', kind: 'Namespace', namespace: undefined, name, after }
}

const beingTerminated = ({ resource, name }: Attributes, namespace: string): Status => {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  const status = forbidden(resource, name, why)
  const message = `namespace ${namespace} is being terminated`
  const causes = [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }]
  return { ...status, details: { ...status.details, causes } }
}
