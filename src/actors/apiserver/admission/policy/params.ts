import type { ApiObject } from '../../../../events/json.ts'
import { customRowByKind } from '../../../../kubernetes/custom-resources/rows.ts'
import { KIND_ROWS } from '../../../../kubernetes/kind-rows/kind-rows.ts'
import { shownAs, type KindRow } from '../../../../kubernetes/registry.ts'
import { matchesSelector } from '../../../../kubernetes/selectors.ts'
import type { ParamKind, ParamRef } from '../../../../kubernetes/types/admissionregistration.ts'
import type { View } from '../../../../kubernetes/view.ts'

/** What a binding hands to its policy: each once; a single `undefined` where a policy takes none. */
export type Params = readonly (ApiObject | undefined)[] | { readonly problem: string }

/** Source: apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go, CollectParams (v1.36). */
export function paramsOf(
  kind: ParamKind | undefined,
  ref: ParamRef | undefined,
  namespace: string | undefined,
  view: View,
): Params {
  if (kind === undefined || ref === undefined) return [undefined]
  const row = rowOf(kind, view)
  if (row === undefined) {
    return {
      problem: `failed to find resource referenced by paramKind: '${kind.apiVersion ?? ''}, Kind=${kind.kind ?? ''}'`,
    }
  }
  const within = row.namespaced ? (ref.namespace ?? namespace ?? '') : undefined
  const found: readonly ApiObject[] =
    ref.selector === undefined
      ? [view.get(row.kind, within, ref.name ?? '')].flatMap((one) => one ?? [])
      : view.list(row.kind, within).filter(({ metadata }) => matchesSelector(ref.selector, metadata.labels))
  if (found.length > 0) return found.map((one) => shownAs(row, one))
  if (ref.parameterNotFoundAction !== 'Deny') return []
  return { problem: 'no params found for policy binding with `Deny` parameterNotFoundAction' }
}

const rowOf = ({ apiVersion = '', kind = '' }: ParamKind, view: View): KindRow | undefined =>
  KIND_ROWS.find((one) => one.kind === kind && one.apiVersion === apiVersion) ?? customRowByKind(view, apiVersion, kind)
