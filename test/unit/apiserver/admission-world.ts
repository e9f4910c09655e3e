/** What an admission plugin sees, made of plain objects. */
import type { Attributes, AdmissionWorld } from '../../../src/actors/apiserver/admission/admission.ts'
import { Reinvocation } from '../../../src/actors/apiserver/admission/reinvocation.ts'
import { Authorizer } from '../../../src/actors/apiserver/authz/authorizer.ts'
import { createRandom } from '../../../src/engine/kernel/random.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import type { Kind, KindMap } from '../../../src/kubernetes/kinds.ts'
import type { View } from '../../../src/kubernetes/view.ts'

export const meta = (name: string, namespace?: string, more: object = {}): ApiObject['metadata'] => ({
  name,
  uid: `uid-${name}`,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...(namespace === undefined ? {} : { namespace }),
  ...more,
})

/** A view of these objects. */
export const viewOf = (objects: readonly ApiObject[]): View => {
  const list = <K extends Kind>(kind: K, namespace?: string): readonly KindMap[K][] =>
    objects.filter(
      (one): one is KindMap[K] =>
        one.kind === kind && (namespace === undefined || one.metadata.namespace === namespace),
    )
  return {
    revision: () => 1,
    list,
    get: (kind, namespace, name) => list(kind, namespace).find(({ metadata }) => metadata.name === name),
    indexed: (kind, index, value) =>
      list(kind).filter(
        (one) => index === 'node' && Reflect.get(Reflect.get(one, 'spec') as object, 'nodeName') === value,
      ),
  }
}

export const worldOf = (objects: readonly ApiObject[]): AdmissionWorld => {
  const view = viewOf(objects)
  return {
    view,
    authorizer: new Authorizer('AlwaysAllow', view),
    monotonic: 0,
    random: createRandom(1),
    answers: new Map(),
    doubtedNamespaces: new Map(),
  }
}

export const attributes = (
  given: Partial<Attributes> & Pick<Attributes, 'kind' | 'resource' | 'name'>,
): Attributes => ({
  operation: 'CREATE',
  subresource: '',
  namespace: 'default',
  user: { name: 'ann', groups: ['system:authenticated'] },
  old: undefined,
  dryRun: false,
  warnings: new Set(),
  taken: undefined,
  deleteOptions: {},
  reinvocation: new Reinvocation(),
  ...given,
})
