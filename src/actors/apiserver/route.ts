import { methodNotAllowed, noSuchPath, notFound } from '../../kubernetes/status.ts'
import { refusal, type Answer } from './answer.ts'
import { handleConverted } from './custom-resources/conversion.ts'
import { bind } from './handlers/binding.ts'
import { create } from './handlers/create.ts'
import { deleteCollection } from './handlers/delete-collection.ts'
import { remove } from './handlers/delete.ts'
import { evict } from './handlers/eviction.ts'
import { patch } from './handlers/patch.ts'
import { connectToPod, connectToProxy } from './handlers/pod-connection.ts'
import { get, list } from './handlers/read.ts'
import { getScale, updateScale } from './handlers/scale.ts'
import { createToken } from './handlers/token-request.ts'
import { update } from './handlers/update.ts'
import type { Procedure } from './procedure.ts'
import type { Request, RequestData } from './request.ts'
import type { World } from './world.ts'

type Handler = (request: Request, world: World) => Procedure<Answer>
type Verbs = Readonly<Partial<Record<RequestData['verb'], Handler>>>

const OBJECTS: Verbs = { get, list, create, update, patch, delete: remove, deletecollection: deleteCollection }

/** Subresources that are served, besides being known to the kind's row. */
const SUBRESOURCES: Readonly<Record<string, Verbs>> = {
  status: { get, update, patch },
  scale: { get: getScale, update: updateScale, patch: updateScale },
  binding: { create: bind },
  eviction: { create: evict },
  finalize: { update },
  token: { create: createToken },
  approval: { get, update, patch },
  ephemeralcontainers: { get, update, patch },
  resize: { get, update, patch },
  log: { get: connectToPod },
  exec: { get: connectToPod, create: connectToPod },
  attach: { get: connectToPod, create: connectToPod },
  portforward: { get: connectToPod, create: connectToPod },
  proxy: {
    get: connectToProxy,
    create: connectToProxy,
    update: connectToProxy,
    patch: connectToProxy,
    delete: connectToProxy,
  },
}

/** The procedure that answers a request. */
export const route = (request: Request, world: World): Procedure<Answer> => {
  const { row, subresource, verb } = request
  const served = subresource === '' || row.subresources.includes(subresource)
  const verbs = subresource === '' ? OBJECTS : SUBRESOURCES[subresource]
  if (!served || verbs === undefined) {
    return refuse(refusal(row.custom === undefined ? noSuchPath() : notFound(row, request.name)))
  }
  if (request.name !== '' && row.namespaced && request.namespace === undefined) return refuse(refusal(noSuchPath()))
  const handler = verbs[verb]
  if (handler === undefined || !hasTarget(request)) return refuse(refusal(methodNotAllowed()))
  const webhook = row.custom?.convertedBy
  return webhook === undefined ? handler(request, world) : handleConverted(webhook, handler, request, world)
}

/** What is asked of one object names it. Namespaces go one by one, and nothing goes in all namespaces at once. */
const hasTarget = ({ verb, row, namespace, name }: Request): boolean => {
  if (verb === 'deletecollection') return row.kind !== 'Namespace' && row.namespaced === (namespace !== undefined)
  if (verb === 'create' && row.namespaced && namespace === undefined) return false
  return name !== '' || verb === 'list' || verb === 'create'
}

function* refuse(answer: Answer): Procedure<Answer> {
  return answer
}
