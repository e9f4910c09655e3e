/** The endpoints through which a kind's objects are written, as server-side apply sees them. */
import type { KindRow } from '../kind-rows/row.ts'
import { isObject, type JsonObject } from '../patch/json.ts'
import { definitionOf } from '../schema/reader.ts'
import type { Schema } from '../custom-resources/schema.ts'
import { EMPTY_SET, setOf } from './field-set.ts'
import { fieldElement } from './path-element.ts'
import { nodeOfCustom } from './schema-node.ts'
import type { Endpoint } from './field-manager.ts'
import { onlyFields, resetFields } from './reset-fields.ts'
import { DEDUCED_MAP } from './compare.ts'
import { nodeOfDefinition, type TypeNode } from './type-node.ts'

const known = new WeakMap<KindRow, Map<string, Endpoint>>()

/** One object for each, made on first use. */
export function endpointOf(row: KindRow, subresource: string): Endpoint {
  let bySubresource = known.get(row)
  if (bySubresource === undefined) {
    bySubresource = new Map()
    known.set(row, bySubresource)
  }
  const made = bySubresource.get(subresource) ?? makeEndpoint(row, subresource)
  bySubresource.set(subresource, made)
  return made
}

function makeEndpoint(row: KindRow, subresource: string): Endpoint {
  if (row.custom !== undefined) return customEndpoint(row, row.custom.schema, subresource)
  const { apiVersion, kind } = row
  const type = typeOf(apiVersion, kind)
  const keep = onlyFields(kind, subresource)
  return {
    type,
    apiVersion,
    kind,
    subresource,
    ignored: resetFields(kind, subresource, type),
    ...(keep === undefined ? {} : { keep }),
    ...(kind === 'DaemonSet' ? { shown: withTemplateGeneration } : {}),
  }
}

/** Source: apiextensions-apiserver/pkg/registry/customresource/{strategy,status_strategy}.go, GetResetFields (v1.36). */
function customEndpoint(row: KindRow, schema: Schema | undefined, subresource: string): Endpoint {
  const hasStatus = row.subresources.includes('status')
  const ignored = subresource === 'status' ? NOT_STATUS : subresource === '' && hasStatus ? ONLY_STATUS : EMPTY_SET
  return { type: nodeOfCustom(schema), apiVersion: row.apiVersion, kind: row.objectKind, subresource, ignored }
}

const NOT_STATUS = setOf([fieldElement('metadata')], [fieldElement('spec')])
const ONLY_STATUS = setOf([fieldElement('status')])

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

/**
 * In apps/v1 a field of earlier versions is an annotation, which whoever writes a DaemonSet comes to own.
 * Source: pkg/apis/apps/v1/conversion.go, Convert_apps_DaemonSet_To_v1_DaemonSet (v1.36).
 */
function withTemplateGeneration(object: JsonObject): JsonObject {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {}
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {}
  if (TEMPLATE_GENERATION in annotations) return object
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [TEMPLATE_GENERATION]: '0' } } }
}

/** A kind without a structure is taken member by member, its lists as a whole. */
const typeOf = (apiVersion: string, kind: string): TypeNode => {
  const shape = definitionOf(apiVersion, kind)
  return shape === undefined ? DEDUCED_MAP : nodeOfDefinition(shape)
}

const reviews = new Map<string, Endpoint>()

/** Of what is answered and kept nowhere. */
export function reviewEndpoint(apiVersion: string, kind: string, subresource = ''): Endpoint {
  const known = reviews.get(kind)
  if (known !== undefined) return known
  const made: Endpoint = { type: typeOf(apiVersion, kind), apiVersion, kind, subresource, ignored: EMPTY_SET }
  reviews.set(kind, made)
  return made
}

/** The Scale of any workload. */
export const SCALE_ENDPOINT: Endpoint = {
  get type(): TypeNode {
    return typeOf('autoscaling/v1', 'Scale')
  },
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  subresource: 'scale',
  ignored: EMPTY_SET,
}
