/** Names of field managers. Source: apiserver/pkg/endpoints/handlers/create.go, managerOrUserAgent (v1.36). */
import { invalid } from '../status.ts'
import type { Status } from '../types/meta.ts'
import { FieldErrors } from '../validation/field-error.ts'

/** In bytes. Source: apimachinery/pkg/apis/meta/v1/validation/validation.go, FieldManagerMaxLength. */
const MOST_BYTES = 128
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

/** The manager of a request that names none: the program's name in its user agent, `kubectl` of `kubectl/v1.36.2 (…)`. */
export function managerFromUserAgent(userAgent: string): string {
  let name = ''
  let bytes = 0
  for (const character of userAgent.split('/')[0] ?? '') {
    if (UNPRINTABLE.test(character)) continue
    bytes += utf8Length(character)
    if (bytes > MOST_BYTES) break
    name += character
  }
  return name
}

function utf8Length(character: string): number {
  const code = character.codePointAt(0) ?? 0
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
}

export type WriteOptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'

interface Apply {
  readonly isApply: boolean
  readonly force: boolean | undefined
}

/** What is wrong with the field manager that a request names. */
export function managerProblem(what: WriteOptionsKind, fieldManager: string, apply: Apply): Status | undefined {
  const errors = new FieldErrors()
  validateManager(what, fieldManager, apply, errors)
  return errors.list.length === 0 ? undefined : invalid({ group: 'meta.k8s.io', kind: what }, '', errors.list)
}

/** Source: metav1/validation/validation.go, ValidatePatchOptions and ValidateFieldManager. */
export function validateManager(what: WriteOptionsKind, fieldManager: string, apply: Apply, errors: FieldErrors): void {
  if (what === 'PatchOptions' && apply.isApply) {
    if (fieldManager === '') errors.required('fieldManager', 'is required for apply patch')
  } else if (apply.force !== undefined) errors.forbidden('force', 'may not be specified for non-apply patch')
  let bytes = 0
  for (const character of fieldManager) bytes += utf8Length(character)
  if (bytes > MOST_BYTES) errors.tooLong('fieldManager', MOST_BYTES)
  bytes = 0
  for (const character of fieldManager) {
    if (UNPRINTABLE.test(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      errors.invalid('fieldManager', fieldManager, `invalid character U+${code} (at position ${bytes})`)
    }
    bytes += utf8Length(character)
  }
}
