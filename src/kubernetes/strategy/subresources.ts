/** Subresources through which a part of an object is updated, each with rules of its own. `status` stands in the strategy. */
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import type { Time } from '../types/meta.ts'
import type { FieldErrors } from '../validation/field-error.ts'
import { approvalStrategy } from './certificates.ts'
import { ephemeralContainersStrategy, resizeStrategy } from './pod-subresources.ts'

/** Methods, so that a table may hold those of different kinds. */
export interface SubresourceStrategy<O extends ApiObject> {
  /** Puts back all that is not this subresource's. `now` is for conditions. */
  prepareForUpdate(next: Draft<O>, before: O, now: Time): Draft<O>
  bumpsGeneration(next: Draft<O>, before: Draft<O>): boolean
  checkUpdate(next: Draft<O>, before: Draft<O>, errors: FieldErrors): void
}

const STRATEGIES: Readonly<Record<string, SubresourceStrategy<ApiObject>>> = {
  'CertificateSigningRequest/approval': approvalStrategy as SubresourceStrategy<ApiObject>,
  'Pod/ephemeralcontainers': ephemeralContainersStrategy as SubresourceStrategy<ApiObject>,
  'Pod/resize': resizeStrategy as SubresourceStrategy<ApiObject>,
}

/** Undefined for subresources without rules of their own. */
export const subresourceStrategy = (kind: string, subresource: string): SubresourceStrategy<ApiObject> | undefined =>
  subresource === '' ? undefined : STRATEGIES[`${kind}/${subresource}`]
