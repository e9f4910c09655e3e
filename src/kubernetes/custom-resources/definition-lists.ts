/** How lists and maps of a schema are told apart and merged. Source: apiextensions/validation/validation.go (v1.36). */
import type { FieldErrors } from '../validation/field-error.ts'
import type { Schema } from './schema.ts'

/** Source: ValidateCustomResourceDefinitionOpenAPISchema, validateMapListKeysMapSet. */
export function checkListAndMapTypes(schema: Schema, at: string, errors: FieldErrors): void {
  const { type = '', items } = schema
  const [listType, mapType] = [schema['x-kubernetes-list-type'], schema['x-kubernetes-map-type']]
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const needsType = (wanted: string, because: string): void => {
    const words = `must be ${wanted} if ${because} is specified`
    if (type === '') errors.required(`${at}.type`, words)
    else errors.invalid(`${at}.type`, type, words)
  }
  if (mapType !== undefined && type !== 'object') needsType('object', 'x-kubernetes-map-type')
  if (mapType !== undefined && !['atomic', 'granular'].includes(mapType)) {
    errors.unsupported(`${at}.x-kubernetes-map-type`, mapType, ['atomic', 'granular'])
  }
  if (listType !== undefined && type !== 'array') needsType('array', 'x-kubernetes-list-type')
  else if (listType === 'set' && items !== undefined) checkSetItems(items, `${at}.items`, errors)
  if (listType !== undefined && !['atomic', 'map', 'set'].includes(listType)) {
    errors.unsupported(`${at}.x-kubernetes-list-type`, listType, ['atomic', 'map', 'set'])
  }
  if (keys.length > 0 && listType !== 'map') {
    const words = 'must be map if x-kubernetes-list-map-keys is non-empty'
    if (listType === undefined) errors.required(`${at}.x-kubernetes-list-type`, words)
    else errors.invalid(`${at}.x-kubernetes-list-type`, listType, words)
  }
  if (listType === 'map') checkKeyedList(items, keys, at, errors)
}

/** Items of sets are compared as a whole. */
function checkSetItems(items: Schema, at: string, errors: FieldErrors): void {
  const words = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = items['x-kubernetes-list-type']
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic') {
    errors.invalid(`${at}.x-kubernetes-list-type`, listType, words)
  }
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    errors.invalid(`${at}.x-kubernetes-map-type`, listType ?? null, words)
  }
}

function checkKeyedList(items: Schema | undefined, keys: readonly string[], at: string, errors: FieldErrors): void {
  if (keys.length === 0) {
    errors.required(`${at}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map')
  }
  if (items === undefined) {
    errors.required(`${at}.items`, 'must have a schema if x-kubernetes-list-type is map')
    return
  }
  const { type = '', properties = {}, required = [] } = items
  if (type !== 'object') {
    errors.invalid(`${at}.items.type`, type, "must be object if parent array's x-kubernetes-list-type is map")
    return
  }
  const wrongKeys = (words: string): void => errors.invalid(`${at}.x-kubernetes-list-map-keys`, keys, words)
  for (const [i, key] of keys.entries()) {
    const property = properties[key]
    if (property === undefined) wrongKeys('entries must all be names of item properties')
    else if (property.type === 'array' || property.type === 'object') {
      const words = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      errors.invalid(`${at}.items.properties[${key}].type`, type, words)
    }
    if (keys.indexOf(key) < i) wrongKeys('must not contain duplicate entries')
  }
  for (const key of keys) {
    if (required.includes(key) || properties[key]?.default !== undefined) continue
    const words = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
    errors.required(`${at}.items.properties[${key}].default`, words)
  }
}
