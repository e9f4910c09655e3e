/**
 * What an endpoint does not keep of what it is given, and so nobody comes to own through it.
 *
 * Source: pkg/registry/<group>/<kind>/strategy.go, GetResetFields (v1.36).
 */
import { EMPTY_SET, elementsOf, childOf, isEmptySet, nodeOf, setOf, type Entry, type FieldSet } from './field-set.ts'
import { fieldElement } from './path-element.ts'
import type { TypeNode } from './type-node.ts'

const pathOf = (text: string): readonly string[] => text.split('.').map(fieldElement)
const fields = (...paths: readonly string[]): FieldSet => setOf(...paths.map(pathOf))

const STATUS = fields('status')
const SPEC = fields('spec')

/** Where a status endpoint leaves more than the spec alone. */
const STATUS_ENDPOINTS: ReadonlyMap<string, FieldSet> = new Map([
  ['Pod', fields('spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences')],
  ['Deployment', fields('spec', 'metadata.labels')],
  ['APIService', fields('spec', 'metadata')],
  ['CertificateSigningRequest', fields('spec', 'status.conditions')],
  ['CustomResourceDefinition', fields('spec', 'metadata')],
  ['FlowSchema', fields('spec', 'metadata')],
  ['HorizontalPodAutoscaler', SPEC],
  ['Ingress', SPEC],
  ['PriorityLevelConfiguration', fields('spec', 'metadata')],
  ['ReplicationController', SPEC],
  [
    'ResourceClaim',
    fields('spec', 'metadata.labels', 'metadata.annotations', 'metadata.finalizers', 'metadata.ownerReferences'),
  ],
  ['ServiceCIDR', SPEC],
  ['ValidatingAdmissionPolicy', fields('spec', 'metadata')],
  ['VolumeAttachment', fields('spec', 'metadata')],
])

/** Where the object itself leaves more than its status. */
const MAIN_ENDPOINTS: ReadonlyMap<string, FieldSet> = new Map([['CertificateSigningRequest', fields('spec', 'status')]])

/** What is reset by an endpoint of a kind; `subresource` is empty for the object itself. */
export function resetFields(kind: string, subresource: string, type: TypeNode): FieldSet {
  if (type.form !== 'map' || !type.fields.has('status')) return EMPTY_SET
  switch (subresource) {
    case '':
      return MAIN_ENDPOINTS.get(kind) ?? STATUS
    case 'status':
      return STATUS_ENDPOINTS.get(kind) ?? SPEC
    case 'approval':
      return fields('spec', 'status.certificate')
    default:
      return EMPTY_SET
  }
}

type Pattern = readonly string[]

/** The only fields that count at some endpoints of Pods. Source: pkg/registry/core/pod/strategy.go, GetResetFieldsFilter. */
const ONLY: ReadonlyMap<string, readonly Pattern[]> = new Map([
  ['ephemeralcontainers', [pathOf('spec.ephemeralContainers')]],
])

/** What counts of a change made through an endpoint; undefined where everything does. */
export function onlyFields(kind: string, subresource: string): ((set: FieldSet) => FieldSet) | undefined {
  const patterns = kind === 'Pod' ? ONLY.get(subresource) : undefined
  return patterns && ((set) => below(set, patterns) ?? EMPTY_SET)
}

/** What of a set lies at or below one of the patterns. */
function below(set: FieldSet, patterns: readonly Pattern[]): FieldSet | undefined {
  const children: Entry[] = []
  for (const element of elementsOf(set)) {
    const rests = patterns.filter(([first]) => first === element).map((pattern) => pattern.slice(1))
    if (rests.length === 0) continue
    const child = childOf(set, element)
    const kept = rests.some((rest) => rest.length === 0) ? child : isEmptySet(child) ? undefined : below(child, rests)
    if (kept !== undefined) children.push([element, kept])
  }
  return nodeOf(false, children)
}
