/** RuntimeClasses. Source: pkg/apis/node/validation/validation.go (v1.36). */
import type { RuntimeClass } from '../types/node.ts'
import type { Draft } from '../draft.ts'
import { isDNS1123Label } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'
import { isSame, validateImmutable } from './immutable.ts'
import { validateLabels } from './labels.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validateTolerations } from './pod/placement.ts'
import { validateResourceList } from './resources.ts'

export function validateRuntimeClass(runtimeClass: Draft<RuntimeClass>, errors: FieldErrors): void {
  validateMetadata(runtimeClass.metadata, { namespaced: false, name: subdomainName }, errors)
  const { handler = '', overhead, scheduling } = runtimeClass
  if (handler === '') errors.required('handler')
  else errors.invalids('handler', handler, isDNS1123Label(handler))
  validateResourceList(overhead?.podFixed, 'overhead.podFixed', errors)
  if (scheduling === undefined) return
  validateLabels(scheduling.nodeSelector, 'scheduling.nodeSelector', errors)
  const tolerations = scheduling.tolerations ?? []
  validateTolerations(tolerations, 'scheduling.tolerations', errors)
  for (const [i, toleration] of tolerations.entries()) {
    if (tolerations.findIndex((other) => isSame(other, toleration)) < i) {
      errors.duplicate(`scheduling.tolerations[${i}]`, toleration)
    }
  }
}

export function validateRuntimeClassUpdate(
  next: Draft<RuntimeClass>,
  before: Draft<RuntimeClass>,
  errors: FieldErrors,
): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  validateImmutable(next.handler, before.handler, 'handler', errors)
}
