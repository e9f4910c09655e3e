import { invalid, type Status } from '../../../kubernetes/status.ts'
import { FieldErrors } from '../../../kubernetes/validation/field-error.ts'

/** What a list or a watch says about revisions. */
export interface ListOptions {
  readonly resourceVersion?: string | undefined
  readonly resourceVersionMatch?: string | undefined
  readonly continue?: string | undefined
  readonly sendInitialEvents?: boolean | undefined
}

const EXACT = 'Exact'
const NOT_OLDER_THAN = 'NotOlderThan'
const MATCH = 'resourceVersionMatch'

/** Source: apimachinery/pkg/apis/meta/internalversion/validation/validation.go, ValidateListOptions (v1.36). */
export const listOptionsProblem = (options: ListOptions): Status | undefined => {
  const { resourceVersionMatch: match = '', resourceVersion = '' } = options
  if (match === '' && options.sendInitialEvents === undefined) return undefined
  const errors = new FieldErrors()
  if (match !== '') {
    if (resourceVersion === '') errors.forbidden(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`)
    if ((options.continue ?? '') !== '') errors.forbidden(MATCH, `${MATCH} is forbidden when continue is provided`)
    if (match !== EXACT && match !== NOT_OLDER_THAN) errors.unsupported(MATCH, match, [EXACT, NOT_OLDER_THAN, ''])
    if (match === EXACT && resourceVersion === '0') {
      errors.forbidden(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`)
    }
  }
  if (options.sendInitialEvents !== undefined) {
    errors.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')
  }
  return statusOf(errors)
}

/** Source: the same file, validateWatchOptions. */
export const watchOptionsProblem = (options: ListOptions): Status | undefined => {
  const { resourceVersionMatch: match = '', sendInitialEvents } = options
  const continues = (options.continue ?? '') !== ''
  if (match === '' && sendInitialEvents === undefined && !continues) return undefined
  const errors = new FieldErrors()
  if (sendInitialEvents !== undefined && match !== NOT_OLDER_THAN) {
    errors.forbidden(MATCH, `sendInitialEvents requires setting ${MATCH} to ${NOT_OLDER_THAN}`)
  }
  if (match !== '') {
    if (sendInitialEvents === undefined) {
      errors.forbidden(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`)
    }
    if (match !== NOT_OLDER_THAN) errors.unsupported(MATCH, match, [NOT_OLDER_THAN])
  }
  if (continues) errors.forbidden(MATCH, `${MATCH} is forbidden when continue is provided`)
  return statusOf(errors)
}

const statusOf = ({ list }: FieldErrors): Status | undefined =>
  list.length === 0 ? undefined : invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', list)
