/**
 * Labels and label selectors.
 *
 * Source: apimachinery/pkg/apis/meta/v1/validation/validation.go (v1.36).
 */
import type { LabelSelector, Labels } from '../types/meta.ts'
import type { Draft } from '../draft.ts'
import { isLabelKey, isLabelValue } from '../syntax.ts'
import type { FieldErrors } from './field-error.ts'

export function validateLabels(labels: Draft<Labels> | undefined, at: string, errors: FieldErrors): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    errors.invalids(at, key, isLabelKey(key))
    errors.invalids(at, value, isLabelValue(value ?? ''))
  }
}

export const validateLabelName = (name: string, at: string, errors: FieldErrors): void =>
  errors.invalids(at, name, isLabelKey(name))

/** Whether values must be label values; some old fields let others pass. */
export function validateLabelSelector(
  selector: Draft<LabelSelector> | undefined,
  at: string,
  errors: FieldErrors,
  checkValues = true,
): void {
  if (selector === undefined) return
  validateLabels(selector.matchLabels, `${at}.matchLabels`, errors)
  for (const [i, { key, operator, values }] of (selector.matchExpressions ?? []).entries()) {
    const here = `${at}.matchExpressions[${i}]`
    switch (operator) {
      case 'In':
      case 'NotIn':
        if ((values ?? []).length === 0) {
          errors.required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
        }
        break
      case 'Exists':
      case 'DoesNotExist':
        if ((values ?? []).length > 0) {
          errors.forbidden(`${here}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
        }
        break
      default:
        errors.invalid(`${here}.operator`, operator ?? '', 'not a valid selector operator')
    }
    validateLabelName(key ?? '', `${here}.key`, errors)
    if (checkValues) {
      for (const [j, value] of (values ?? []).entries()) {
        errors.invalids(`${here}.values[${j}]`, value, isLabelValue(value))
      }
    }
  }
}

/** Whether a selector can be made into a predicate at all. Source: meta/v1/helpers.go, LabelSelectorAsSelector. */
export function isUsableSelector(selector: Draft<LabelSelector>): selector is LabelSelector {
  return (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
    const count = (values ?? []).length
    const shape =
      operator === 'In' || operator === 'NotIn'
        ? count > 0
        : (operator === 'Exists' || operator === 'DoesNotExist') && count === 0
    return shape && isLabelKey(key ?? '').length === 0
  })
}
