/**
 * What is wrong with a field, as data; its words only when somebody reads it.
 *
 * Source: apimachinery/pkg/util/validation/field/errors.go (v1.36).
 */

export type FieldErrorType =
  | 'Required value'
  | 'Invalid value'
  | 'Not found'
  | 'Duplicate value'
  | 'Forbidden'
  | 'Unsupported value'
  | 'Too long'
  | 'Too many'
  | 'Internal error'

export interface FieldError {
  readonly type: FieldErrorType
  /** `spec.containers[0].image`. */
  readonly field: string
  /** The value found. Only types that show a value carry it; `undefined` and `null` show as `null`. */
  readonly badValue?: unknown
  readonly detail: string
  /** The cause's reason, where it does not follow from the type. */
  readonly reason?: string
}

/** A value whose text differs from its JSON, as Go prints a number kept as text. Shown as it is. */
export class Shown {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A value that is not shown at all. Source: field.OmitValueType. */
export const OMITTED = new Shown('')

const SHOWS_VALUE: ReadonlySet<FieldErrorType> = new Set([
  'Invalid value',
  'Not found',
  'Duplicate value',
  'Unsupported value',
  'Too many',
])

const CAUSES: Readonly<Record<FieldErrorType, string>> = {
  'Required value': 'FieldValueRequired',
  'Invalid value': 'FieldValueInvalid',
  'Not found': 'FieldValueNotFound',
  'Duplicate value': 'FieldValueDuplicate',
  Forbidden: 'FieldValueForbidden',
  'Unsupported value': 'FieldValueNotSupported',
  'Too long': 'FieldValueTooLong',
  'Too many': 'FieldValueTooMany',
  'Internal error': 'InternalError',
}

/** The cause's `reason` in a Status. */
export const causeReason = (error: FieldError): string => error.reason ?? CAUSES[error.type]

/** Everything but the field: `Invalid value: "x": must be …`. */
export function errorBody(error: FieldError): string {
  const head =
    SHOWS_VALUE.has(error.type) && error.badValue !== OMITTED
      ? `${error.type}: ${showValue(error.badValue)}`
      : error.type
  return error.detail === '' ? head : `${head}: ${error.detail}`
}

/** `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export const formatFieldError = (error: FieldError): string => `${error.field}: ${errorBody(error)}`

/** One error as it is, several in brackets, each text once. Source: apimachinery/pkg/util/errors, aggregate.Error. */
export function formatFieldErrors(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(formatFieldError))]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}

function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (value instanceof Shown) return value.text
  if (typeof value === 'string') return goQuote(value)
  return JSON.stringify(value)
}

/** As Go's `%q`: like JSON, but control characters are `\x00`. */
export const goQuote = (text: string): string =>
  JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, (_, digits: string) => (digits === '0b' ? '\\v' : `\\x${digits}`))

/** Collects errors in the order in which they are found. */
export class FieldErrors {
  readonly list: FieldError[] = []

  required(field: string, detail = ''): void {
    this.list.push({ type: 'Required value', field, detail })
  }

  invalid(field: string, badValue: unknown, detail: string): void {
    this.list.push({ type: 'Invalid value', field, badValue, detail })
  }

  /** One error per complaint. */
  invalids(field: string, badValue: unknown, details: readonly string[]): void {
    for (const detail of details) this.invalid(field, badValue, detail)
  }

  notFound(field: string, badValue: unknown): void {
    this.list.push({ type: 'Not found', field, badValue, detail: '' })
  }

  duplicate(field: string, badValue: unknown, detail = ''): void {
    this.list.push({ type: 'Duplicate value', field, badValue, detail })
  }

  forbidden(field: string, detail: string): void {
    this.list.push({ type: 'Forbidden', field, detail })
  }

  /** The values are shown in the order given: upstream sorts most lists, not all. */
  unsupported(field: string, badValue: unknown, supported: readonly string[]): void {
    const detail = `supported values: ${supported.map(goQuote).join(', ')}`
    this.list.push({ type: 'Unsupported value', field, badValue, detail })
  }

  tooLong(field: string, most: number): void {
    this.list.push({ type: 'Too long', field, detail: `may not be more than ${most} bytes` })
  }

  tooMany(field: string, actual: number, most: number): void {
    this.list.push({ type: 'Too many', field, badValue: actual, detail: `must have at most ${most} items` })
  }

  /** -1 and the like. */
  nonnegative(field: string, value: number | undefined): void {
    if (value !== undefined && value < 0) this.invalid(field, value, NOT_NEGATIVE)
  }

  /** Required, and one of these. */
  oneOf(field: string, value: string | undefined, supported: readonly string[]): void {
    if (value === undefined || value === '') this.required(field)
    else if (!supported.includes(value)) this.unsupported(field, value, supported)
  }
}

export const NOT_NEGATIVE = 'must be greater than or equal to 0'
export const IMMUTABLE = 'field is immutable'
