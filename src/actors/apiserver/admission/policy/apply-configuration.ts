/**
 * What an apply configuration makes of an object: merged as server-side apply does, but with nobody owning anything.
 * Source: apiserver/pkg/admission/plugin/policy/mutating/patch/smd.go, ApplyStructuredMergeDiff (v1.36).
 */
import { structureProblem } from '../../../../kubernetes/apply/check.ts'
import { endpointOf } from '../../../../kubernetes/apply/endpoints.ts'
import { mergeObjects } from '../../../../kubernetes/apply/merge.ts'
import type { TypeNode } from '../../../../kubernetes/apply/type-node.ts'
import { isObject, type JsonObject } from '../../../../kubernetes/patch/json.ts'
import type { KindRow } from '../../../../kubernetes/registry.ts'

/** The object as the row's version has it. */
export function withConfiguration(
  row: KindRow,
  object: JsonObject,
  configuration: unknown,
): { readonly json: JsonObject } | { readonly problem: string } {
  if (!isObject(configuration)) return { problem: 'unsupported return type from ApplyConfiguration expression' }
  const { type } = endpointOf(row, '')
  const misfit = structureProblem(type, configuration)
  if (misfit !== undefined) return failed(`failed to convert patch object to typed object: ${misfit}`)
  const atomics = atomicsIn(type, configuration, '')
  if (atomics.length > 0) {
    const where = atomics.join(', ')
    return failed(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${where}`)
  }
  return { json: mergeObjects(type, object, configuration) }
}

const failed = (why: string): { readonly problem: string } => ({ problem: `error applying patch: ${why}` })

/** What is only ever set as a whole would lose whatever it has: policies set it by JSON patches. */
function atomicsIn(type: TypeNode, value: unknown, path: string): readonly string[] {
  if (type.form === 'map' && isObject(value)) {
    const members = Object.keys(value).flatMap((name) => {
      const field = type.fields.get(name)
      return field === undefined ? [] : atomicsIn(field.type, value[name], `${path}.${name}`)
    })
    return type.atomic ? [path, ...members] : members
  }
  if (type.form === 'list' && Array.isArray(value)) {
    const items = value.flatMap((item, i) => atomicsIn(type.of, item, `${path}[${i}]`))
    return type.atomic ? [path, ...items] : items
  }
  return []
}
