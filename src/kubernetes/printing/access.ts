/** Who may do what, as rows. Source: pkg/printers/internalversion/printers.go (v1.36). */
import type { ApiObject } from '../../events/json.ts'
import type { Draft } from '../draft.ts'
import { age, humanDuration } from './age.ts'
import { nameOf } from './cells.ts'
import { printer } from './printer.ts'
import { AGE, column, NAME, wide } from './table.ts'

interface Subject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

interface RoleBinding extends ApiObject {
  readonly roleRef?: { readonly kind?: string; readonly name?: string }
  readonly subjects?: readonly Subject[]
}

/** RoleBindings and ClusterRoleBindings. */
export const roleBindings = printer<RoleBinding>(
  [NAME, column('Role'), AGE, wide('Users'), wide('Groups'), wide('ServiceAccounts')],
  ({ metadata, roleRef, subjects = [] }, now) => [
    nameOf({ metadata }),
    `${roleRef?.kind ?? ''}/${roleRef?.name ?? ''}`,
    age({ metadata }, now),
    subjectsText(subjects, 'User'),
    subjectsText(subjects, 'Group'),
    subjectsText(subjects, 'ServiceAccount'),
  ],
)

/** Source: pkg/apis/rbac/helpers.go, SubjectsStrings. */
const subjectsText = (subjects: readonly Draft<Subject>[], wanted: string): string =>
  subjects
    .filter(({ kind }) => kind === wanted)
    .map(({ namespace = '', name = '' }) => (wanted === 'ServiceAccount' ? `${namespace}/${name}` : name))
    .join(', ')

interface CertificateSigningRequest extends ApiObject {
  readonly spec?: { readonly signerName?: string; readonly username?: string; readonly expirationSeconds?: number }
  readonly status?: { readonly conditions?: readonly { readonly type: string }[]; readonly certificate?: string }
}

const MICROS_PER_SECOND = 1_000_000

export const certificateSigningRequests = printer<CertificateSigningRequest>(
  [NAME, AGE, column('SignerName'), column('Requestor'), column('RequestedDuration'), column('Condition')],
  ({ metadata, spec, status }, now) => [
    nameOf({ metadata }),
    age({ metadata }, now),
    spec?.signerName ?? '<none>',
    spec?.username ?? '',
    spec?.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * MICROS_PER_SECOND),
    verdict(status),
  ],
)

/** A denial outweighs an approval; having failed or being issued comes on top. Source: extractCSRStatus. */
function verdict(status: Draft<CertificateSigningRequest>['status']): string {
  const has = (type: string): boolean => (status?.conditions ?? []).some((condition) => condition.type === type)
  const decided = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  const failed = has('Failed') ? ',Failed' : ''
  return `${decided}${failed}${(status?.certificate ?? '') === '' ? '' : ',Issued'}`
}
