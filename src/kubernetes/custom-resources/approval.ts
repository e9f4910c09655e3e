/** Definitions in the project's own groups need somebody's approval, named in an annotation. Source: apiextensions/apihelpers/helpers.go (v1.36). */
import type { Condition } from '../types/meta.ts'

export const APPROVAL = 'api-approved.kubernetes.io'

const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111'

export interface Approval {
  readonly state: 'approved' | 'bypassed' | 'missing' | 'invalid'
  readonly reason: string
}

interface Defined {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> | undefined } | undefined
  readonly spec?: { readonly group?: string | undefined } | undefined
}

/** Undefined for groups that need none. Source: IsProtectedCommunityGroup and GetAPIApprovalState. */
export const approvalOf = ({ metadata, spec }: Defined): Approval | undefined => {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(spec?.group ?? '')) return undefined
  const annotation = metadata?.annotations?.[APPROVAL] ?? ''
  const required = `protected groups must have approval annotation ${JSON.stringify(APPROVAL)}`
  if (annotation === '') return { state: 'missing', reason: `${required}, ${SEE}` }
  if (annotation.startsWith('unapproved')) {
    return { state: 'bypassed', reason: `not approved: ${JSON.stringify(annotation)}` }
  }
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#\s]+\S*$/.test(annotation)) {
    return { state: 'approved', reason: `approved in ${annotation}` }
  }
  return { state: 'invalid', reason: `${required} with either a URL or a reason starting with "unapproved", ${SEE}` }
}

const REASONS: Readonly<Record<Approval['state'], string>> = {
  approved: 'ApprovedAnnotation',
  bypassed: 'UnapprovedAnnotation',
  missing: 'MissingAnnotation',
  invalid: 'InvalidAnnotation',
}

/** Source: apiextensions-apiserver/pkg/controller/apiapproval/apiapproval_controller.go, calculateCondition (v1.36). */
export const approvalCondition = (definition: Defined): Condition | undefined => {
  const approval = approvalOf(definition)
  if (approval === undefined) return undefined
  const { state, reason: message } = approval
  const status = state === 'approved' ? 'True' : 'False'
  return { type: 'KubernetesAPIApprovalPolicyConformant', status, reason: REASONS[state], message }
}
