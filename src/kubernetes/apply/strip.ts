/** Fields that nobody owns, because the server sets them. Source: managedfields/internal/stripmeta.go (v1.36). */
import { setOf } from './field-set.ts'
import { fieldElement } from './path-element.ts'

const METADATA = [
  'clusterName',
  'creationTimestamp',
  'generation',
  'managedFields',
  'name',
  'namespace',
  'resourceVersion',
  'selfLink',
  'uid',
]

export const STRIPPED = setOf(
  [fieldElement('apiVersion')],
  [fieldElement('kind')],
  [fieldElement('metadata')],
  ...METADATA.map((name) => [fieldElement('metadata'), fieldElement(name)]),
)

/** The same as far as a comparison may leave it out: metadata as a whole it may not. */
export const NOT_COMPARED = setOf(
  [fieldElement('apiVersion')],
  [fieldElement('kind')],
  ...METADATA.map((name) => [fieldElement('metadata'), fieldElement(name)]),
)
