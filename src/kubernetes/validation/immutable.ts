import { IMMUTABLE, type FieldErrors } from './field-error.ts'

type Members = Readonly<Record<string, unknown>>

/** Whether two values are alike; absent and empty are. Source: apimachinery/pkg/api/equality/semantic.go. */
export const isSame = (next: unknown, before: unknown): boolean =>
  areAlike(next, before) || (isEmptyObject(next) && isEmptyObject(before))

function areAlike(a: unknown, b: unknown): boolean {
  if (a === b || (isNothing(a) && isNothing(b))) return true
  if (isNothing(a) || isNothing(b) || typeof a !== 'object' || typeof b !== 'object') return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => areAlike(item, b[i]))
  }
  const keys = new Set([...Object.keys(a as Members), ...Object.keys(b as Members)])
  return [...keys].every((key) => areAlike((a as Members)[key], (b as Members)[key]))
}

/** As Go's nil and its empty lists. */
const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

const isEmptyObject = (value: unknown): boolean =>
  isNothing(value) || (typeof value === 'object' && Object.keys(value as Members).length === 0)

/** Complains of a change. Source: apimachinery/pkg/api/validation/objectmeta.go, ValidateImmutableField (v1.36). */
export function validateImmutable(next: unknown, before: unknown, at: string, errors: FieldErrors, shown = next): void {
  if (!isSame(next, before)) errors.invalid(at, shown, IMMUTABLE)
}
