import { sameJson } from '../hash.ts'
import { IMMUTABLE, type FieldErrors } from './field-error.ts'

/** Absent and empty are the same, as for upstream. Source: apimachinery/pkg/api/equality/semantic.go. */
export function isSame(next: unknown, before: unknown): boolean {
  return sameJson(next, before) || (isEmpty(next) && isEmpty(before))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** Complains of a change. Source: apimachinery/pkg/api/validation/objectmeta.go, ValidateImmutableField (v1.36). */
export function validateImmutable(next: unknown, before: unknown, at: string, errors: FieldErrors, shown = next): void {
  if (!isSame(next, before)) errors.invalid(at, shown, IMMUTABLE)
}
