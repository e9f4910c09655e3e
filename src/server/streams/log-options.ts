import { invalid, type Status } from '../../kubernetes/status.ts'
import { FieldErrors } from '../../kubernetes/validation/field-error.ts'

const POSITIVE = 'must be greater than 0'

/**
 * What is wrong with the options of GET pods/<name>/log. Asked before the Pod is looked for.
 * Source: pkg/apis/core/validation/validation.go, ValidatePodLogOptions (v1.36).
 */
export const logOptionsProblem = (pod: string, query: URLSearchParams): Status | undefined => {
  const errors = new FieldErrors()
  const tailLines = numberIn(query, 'tailLines')
  if (tailLines !== undefined && tailLines < 0) {
    errors.invalid('tailLines', tailLines, 'must be greater than or equal to 0')
  }
  const limitBytes = numberIn(query, 'limitBytes')
  if (limitBytes !== undefined && limitBytes < 1) errors.invalid('limitBytes', limitBytes, POSITIVE)
  const sinceSeconds = numberIn(query, 'sinceSeconds')
  if (sinceSeconds !== undefined && query.has('sinceTime')) {
    errors.forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified')
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) errors.invalid('sinceSeconds', sinceSeconds, POSITIVE)
  return errors.list.length === 0 ? undefined : invalid({ group: '', kind: 'PodLogOptions' }, pod, errors.list)
}

/** Undefined where none is given, or no whole number. */
export const numberIn = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  return text === null || !/^-?\d+$/.test(text) ? undefined : Number(text)
}
