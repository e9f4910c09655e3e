/** Conflicts as the API tells them. Source: apimachinery/pkg/util/managedfields/internal/conflict.go (v1.36). */
import type { Status, StatusCause } from '../types/meta.ts'
import { goQuote } from '../validation/field-error.ts'
import { pathTexts } from './field-set.ts'
import { identityOf, type Owner } from './owners.ts'
import type { Conflict } from './updater.ts'

export function conflictStatus(conflicts: readonly Conflict[]): Status {
  const byManager = conflicts
    .map(({ owner, fields }) => ({
      identity: identityOf(owner),
      manager: managerText(owner),
      paths: pathTexts(fields),
    }))
    .sort((a, b) => (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0))
  const causes = byManager.flatMap(({ manager, paths }) =>
    paths.map((field): StatusCause => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field })),
  )
  const [only] = causes
  const message =
    only !== undefined && causes.length === 1
      ? `Apply failed with 1 conflict: ${only.message}: ${only.field}`
      : `Apply failed with ${causes.length} conflicts: ${byManager
          .map(({ manager, paths }) => [`conflicts with ${manager}:`, ...paths.map((path) => `- ${path}`)].join('\n'))
          .join('\n')}`
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'Conflict',
    details: { causes },
    code: 409,
  }
}

function managerText({ manager, operation, apiVersion, subresource }: Owner): string {
  const name = goQuote(manager) + (subresource === '' ? '' : ` with subresource ${goQuote(subresource)}`)
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}
