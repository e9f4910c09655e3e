/**
 * The structure of custom resources, from the schema in their definition.
 *
 * Source: kube-openapi/pkg/schemaconv/openapi.go; apiextensions-apiserver/pkg/controller/openapi/builder (v1.36).
 */
import type { Schema } from '../custom-resources/schema.ts'
import { definition } from '../schema/reader.ts'
import { fieldElement } from './path-element.ts'
import {
  ANY,
  DEDUCED,
  nodeOfDefinition,
  scalarNode,
  type FieldNode,
  type ListKey,
  type MapNode,
  type TypeNode,
} from './type-node.ts'

/** A custom resource of this schema; without one, its members are taken as they are. */
export function nodeOfCustom(schema: Schema | undefined): TypeNode {
  const node = schema === undefined ? DEDUCED : nodeOfSchema(schema)
  const map: MapNode =
    node.form === 'map' ? node : { form: 'map', atomic: false, fields: new Map(), zeros: [], of: node }
  return withObjectFields(map)
}

/** What every object has, whatever its schema says of it. */
function withObjectFields(map: MapNode): MapNode {
  const meta = definition('meta/v1.ObjectMeta')
  const own: readonly (readonly [string, TypeNode])[] = [
    ['apiVersion', scalarNode('string')],
    ['kind', scalarNode('string')],
    ['metadata', meta === undefined ? ANY : nodeOfDefinition(meta)],
  ]
  return { ...map, fields: new Map([...map.fields, ...own.map(([name, type]) => [name, field(name, type)] as const)]) }
}

const field = (name: string, type: TypeNode): FieldNode => ({
  name,
  element: fieldElement(name),
  type,
  zero: undefined,
})

function nodeOfSchema(schema: Schema): TypeNode {
  if (schema['x-kubernetes-int-or-string'] === true) return scalarNode('untyped')
  switch (schema.type) {
    case 'string':
      return scalarNode('string')
    case 'integer':
    case 'number':
      return scalarNode('numeric')
    case 'boolean':
      return scalarNode('boolean')
    case 'array':
      return nodeOfList(schema)
    case 'object':
      return nodeOfObject(schema)
    default:
      return schema['x-kubernetes-preserve-unknown-fields'] === true ? DEDUCED : ANY
  }
}

function nodeOfList(schema: Schema): TypeNode {
  const { items = {} } = schema
  const kind = schema['x-kubernetes-list-type']
  const names = kind === 'map' ? [...(schema['x-kubernetes-list-map-keys'] ?? [])] : []
  const keys = names
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .map((name): ListKey => ({
      name,
      label: `${JSON.stringify(name)}:`,
      defaultValue: items.properties?.[name]?.default,
    }))
  return { form: 'list', atomic: kind !== 'map' && kind !== 'set', keys, of: nodeOfSchema(items) }
}

function nodeOfObject(schema: Schema): TypeNode {
  const { properties = {}, additionalProperties } = schema
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true
  const atomic = schema['x-kubernetes-map-type'] === 'atomic'
  const fields = new Map(
    Object.keys(properties).map((name) => [name, field(name, nodeOfSchema(properties[name] ?? {}))]),
  )
  const others = typeof additionalProperties === 'object' ? nodeOfSchema(additionalProperties) : undefined
  const of = others ?? (isOpen || additionalProperties === true ? DEDUCED : undefined)
  const map: MapNode = { form: 'map', atomic, fields, zeros: [], of }
  return schema['x-kubernetes-embedded-resource'] === true ? withObjectFields(map) : map
}
