/** What of its object comes with a row of a Table, as the query asks for it. */
import type { IncludeObject } from '../kubernetes/printing/print-table.ts'
import { badRequest, type Status } from '../kubernetes/status.ts'
import type { Accepted } from './media-types.ts'

const PARAMETER = 'includeObject'

export const includedObject = (query: URLSearchParams): IncludeObject => {
  const asked = query.get(PARAMETER)
  return asked === 'None' || asked === 'Object' ? asked : 'Metadata'
}

/**
 * Why there is no such Table; undefined where none is wanted. Asked once the answer is known: what was to be written is written.
 * Source: apiserver/pkg/endpoints/handlers/response.go, optionsForTransform; meta/v1/validation, ValidateTableOptions (v1.36).
 */
export const tableProblem = ({ transform }: Accepted, query: URLSearchParams): Status | undefined => {
  const asked = query.get(PARAMETER) ?? ''
  if (transform !== 'Table' || ['', 'None', 'Metadata', 'Object'].includes(asked)) return undefined
  return badRequest(
    `Unable to convert to Table as requested: ${PARAMETER}: Invalid value: ${JSON.stringify(asked)}: ` +
      `must be 'Metadata', 'Object', 'None', or empty`,
  )
}
