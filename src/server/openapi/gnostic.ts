/**
 * The document of version 2 in protobuf, as clients of old ask for it: client-go's OpenAPISchema, kubectl where version 3 has no
 * answer, helm. Source: google/gnostic, openapiv2/OpenAPIv2.proto.
 */
import { isObject, type JsonObject } from '../../kubernetes/patch/json.ts'
import { MessageWriter } from '../protobuf/message-writer.ts'

export const gnosticDocument = (document: JsonObject): Buffer =>
  new MessageWriter()
    .text(1, textOf(document, 'swagger'))
    .bytes(2, infoMessage(objectOf(document, 'info')))
    .bytes(8, pathsMessage(objectOf(document, 'paths')))
    .bytes(9, namedMessages(1, objectOf(document, 'definitions'), schemaMessage))
    .bytes(10, namedMessages(1, objectOf(document, 'parameters'), parameterMessage))
    .done()

const infoMessage = (info: JsonObject): Buffer =>
  new MessageWriter().text(1, textOf(info, 'title')).text(2, textOf(info, 'version')).done()

const pathsMessage = (paths: JsonObject): Buffer => namedMessages(2, paths, pathMessage)

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch']

const pathMessage = (path: JsonObject): Buffer => {
  const writer = new MessageWriter()
  METHODS.forEach((method, i) => {
    if (isObject(path[method])) writer.bytes(i + 2, operationMessage(path[method]))
  })
  for (const one of objectsOf(path, 'parameters')) writer.bytes(9, parameterItem(one))
  return writer.done()
}

const operationMessage = (operation: JsonObject): Buffer => {
  const writer = new MessageWriter()
  texts(writer, 1, operation, 'tags')
  writer.text(5, textOf(operation, 'operationId'))
  texts(writer, 6, operation, 'produces')
  texts(writer, 7, operation, 'consumes')
  for (const one of objectsOf(operation, 'parameters')) writer.bytes(8, parameterItem(one))
  writer.bytes(9, namedMessages(1, objectOf(operation, 'responses'), responseMessage))
  texts(writer, 10, operation, 'schemes')
  extensions(writer, 13, operation)
  return writer.done()
}

const responseMessage = (response: JsonObject): Buffer => {
  const writer = new MessageWriter().text(1, textOf(response, 'description'))
  const { schema } = response
  if (isObject(schema)) writer.bytes(2, new MessageWriter().bytes(1, schemaMessage(schema)).done())
  return new MessageWriter().bytes(1, writer.done()).done()
}

const parameterItem = (parameter: JsonObject): Buffer => {
  const { $ref: target } = parameter
  return typeof target === 'string'
    ? new MessageWriter().bytes(2, new MessageWriter().text(1, target).done()).done()
    : new MessageWriter().bytes(1, parameterMessage(parameter)).done()
}

const QUERY = { form: 3, type: 6, unique: 20 }
const PATH = { form: 4, type: 5, unique: 19 }

const parameterMessage = (parameter: JsonObject): Buffer => {
  const { in: place, required, schema } = parameter
  const name = textOf(parameter, 'name')
  if (place === 'body') {
    const body = new MessageWriter()
      .text(2, name)
      .text(3, 'body')
      .varint(4, required === true ? 1n : 0n)
    if (isObject(schema)) body.bytes(5, schemaMessage(schema))
    return new MessageWriter().bytes(1, body.done()).done()
  }
  const { form, type, unique } = place === 'path' ? PATH : QUERY
  const written = new MessageWriter()
    .varint(1, required === true ? 1n : 0n)
    .text(2, String(place))
    .text(4, name)
    .text(type, textOf(parameter, 'type'))
    .varint(unique, 1n)
  return new MessageWriter().bytes(2, new MessageWriter().bytes(form, written.done()).done()).done()
}

const schemaMessage = (schema: JsonObject): Buffer => {
  const writer = new MessageWriter()
  const { $ref: target, format, enum: values, additionalProperties, type, items, properties, description } = schema
  if (typeof target === 'string') writer.text(1, target)
  if (typeof format === 'string') writer.text(2, format)
  if (typeof description === 'string') writer.text(4, description)
  texts(writer, 19, schema, 'required')
  for (const value of Array.isArray(values) ? values : []) writer.bytes(20, anyMessage(value))
  if (isObject(additionalProperties)) {
    writer.bytes(21, new MessageWriter().bytes(1, schemaMessage(additionalProperties)).done())
  }
  if (typeof type === 'string') writer.bytes(22, new MessageWriter().text(1, type).done())
  if (isObject(items)) writer.bytes(23, new MessageWriter().bytes(1, schemaMessage(items)).done())
  if (isObject(properties)) writer.bytes(25, namedMessages(1, properties, schemaMessage))
  extensions(writer, 31, schema)
  return writer.done()
}

/** What begins with `x-`, as the YAML that JSON is. */
const extensions = (writer: MessageWriter, number: number, object: JsonObject): void => {
  for (const [name, value] of Object.entries(object)) {
    if (!name.startsWith('x-')) continue
    writer.bytes(number, new MessageWriter().text(1, name).bytes(2, anyMessage(value)).done())
  }
}

const anyMessage = (value: unknown): Buffer => new MessageWriter().text(2, JSON.stringify(value)).done()

/** A map: its entries as a repeated field, each with its name. */
const namedMessages = (number: number, map: JsonObject, message: (value: JsonObject) => Buffer): Buffer => {
  const writer = new MessageWriter()
  for (const [name, value] of Object.entries(map)) {
    if (isObject(value)) writer.bytes(number, new MessageWriter().text(1, name).bytes(2, message(value)).done())
  }
  return writer.done()
}

const texts = (writer: MessageWriter, number: number, object: JsonObject, member: string): void => {
  const list = object[member]
  for (const text of Array.isArray(list) ? list : []) writer.text(number, String(text))
}

const textOf = (object: JsonObject, member: string): string => String(object[member] ?? '')

const objectOf = (object: JsonObject, member: string): JsonObject => {
  const value = object[member]
  return isObject(value) ? value : {}
}

const objectsOf = (object: JsonObject, member: string): readonly JsonObject[] => {
  const list = object[member]
  return Array.isArray(list) ? list.filter(isObject) : []
}
