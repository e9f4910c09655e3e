/**
 * The OpenAPI documents, without sentences: made from the schema table and from what discovery tells.
 * Source: apiserver/pkg/endpoints/installer.go (v1.36) for the operations and their extensions.
 */
import { definitionOfKind } from '../../kubernetes/schema/reader.ts'
import type { GroupVersionKind, ResourceFact, VersionFact } from '../discovery/facts.ts'
import type { ServedApi } from '../discovery/served-api.ts'
import { customKindName, customSchemas } from './custom-schemas.ts'
import { customReference, reference, schemasFrom, type KindName, type OpenApiVersion, type Schema } from './schemas.ts'

const INFO = { title: 'Kubernetes', version: '1.36' }
const PRODUCES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const PATCHES = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]

const pathOf = ({ group, version }: VersionFact): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`

/** One document for each version of each group, by its path below `/openapi/v3/`. */
export const documentPaths = (api: ServedApi): readonly string[] => api.versions.map(pathOf).toSorted()

export const documentV3 = (api: ServedApi, path: string): unknown => {
  const found = api.versions.find((one) => pathOf(one) === path)
  return {
    openapi: '3.0.0',
    info: INFO,
    paths: found === undefined ? {} : pathsOf(found, 3),
    components: {
      schemas: found === undefined ? {} : { ...schemasFrom(rootsOf([found]), 3), ...customSchemas(api, found, 3) },
      securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    },
  }
}

export const documentV2 = (api: ServedApi): unknown => ({
  swagger: '2.0',
  info: INFO,
  paths: Object.assign({}, ...api.versions.map((one) => pathsOf(one, 2))) as unknown,
  definitions: Object.assign(
    schemasFrom(rootsOf(api.versions), 2),
    ...api.versions.map((one) => customSchemas(api, one, 2)),
  ) as unknown,
  securityDefinitions: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
  security: [{ BearerToken: [] }],
})

const kindsOf = ({ group, version, resources }: VersionFact): readonly GroupVersionKind[] =>
  resources.flatMap(({ kind, subresources }) => [
    { group, version, kind },
    { group, version, kind: `${kind}List` },
    ...subresources.map((one) => one.kind),
  ])

const ALWAYS: readonly string[] = ['meta/v1.DeleteOptions', 'meta/v1.Status', 'meta/v1.ObjectMeta', 'meta/v1.ListMeta']

const rootsOf = (versions: readonly VersionFact[]): readonly { name: string; kind?: KindName }[] => {
  const roots = versions.flatMap(kindsOf).flatMap((kind) => {
    const found = definitionOfKind(kind.group, kind.version, kind.kind)
    return found === undefined ? [] : [{ name: found.name, kind }]
  })
  return [...roots, ...ALWAYS.map((name) => ({ name }))]
}

const pathsOf = (one: VersionFact, version: OpenApiVersion): Readonly<Record<string, Schema>> => {
  const paths = new Map<string, Record<string, unknown>>()
  const add = (path: string, method: string, operation: Schema): void => {
    const item = paths.get(path) ?? parametersOf(path, version)
    item[method] = operation
    paths.set(path, item)
  }
  for (const fact of one.resources) {
    const root = `/${pathOf(one)}`
    const collection = fact.namespaced ? `${root}/namespaces/{namespace}/${fact.resource}` : `${root}/${fact.resource}`
    const own: GroupVersionKind = { group: fact.group, version: fact.version, kind: fact.kind }
    if (fact.namespaced && fact.verbs.includes('list')) {
      add(`${root}/${fact.resource}`, 'get', operationOf('list', fact, own, version, 'ForAllNamespaces'))
    }
    for (const verb of fact.verbs) {
      const [method, named] = METHODS[verb] ?? []
      if (method === undefined) continue
      add(named === true ? `${collection}/{name}` : collection, method, operationOf(verb, fact, own, version))
    }
    for (const { name, kind, verbs } of fact.subresources) {
      const suffix = name.charAt(0).toUpperCase() + name.slice(1)
      for (const verb of verbs) {
        const [method] = METHODS[verb] ?? []
        if (method !== undefined)
          add(`${collection}/{name}/${name}`, method, operationOf(verb, fact, kind, version, suffix))
      }
    }
  }
  return Object.fromEntries([...paths].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const METHODS: Readonly<Record<string, readonly [method: string, named: boolean]>> = {
  get: ['get', true],
  list: ['get', false],
  create: ['post', false],
  update: ['put', true],
  patch: ['patch', true],
  delete: ['delete', true],
  deletecollection: ['delete', false],
}

const ACTIONS: Readonly<Record<string, readonly [action: string, word: string]>> = {
  get: ['get', 'read'],
  list: ['list', 'list'],
  create: ['post', 'create'],
  update: ['put', 'replace'],
  patch: ['patch', 'patch'],
  delete: ['delete', 'delete'],
  deletecollection: ['deletecollection', 'deleteCollection'],
}

const parametersOf = (path: string, version: OpenApiVersion): Record<string, unknown> => {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).toSorted()
  if (names.length === 0) return {}
  return {
    parameters: names.map((name) =>
      version === 2
        ? { uniqueItems: true, type: 'string', name, in: 'path', required: true }
        : { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } },
    ),
  }
}

/** `rbac.authorization.k8s.io` is `rbacAuthorization`, the core group `core`. */
const groupWord = (group: string): string => {
  if (group === '') return 'core'
  const words = group.replace(/\.k8s\.io$/, '').split('.')
  return words.map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('')
}

const upper = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

const queryOf = (verb: string): readonly (readonly [name: string, type: string])[] => {
  const write = [
    ['dryRun', 'string'],
    ['fieldManager', 'string'],
    ['fieldValidation', 'string'],
  ] as const
  switch (verb) {
    case 'create':
    case 'update':
      return write
    case 'patch':
      return [...write, ['force', 'boolean']]
    case 'delete':
    case 'deletecollection':
      return [
        ['dryRun', 'string'],
        ['gracePeriodSeconds', 'integer'],
        ['orphanDependents', 'boolean'],
        ['propagationPolicy', 'string'],
      ]
    default:
      return []
  }
}

const operationOf = (
  verb: string,
  fact: ResourceFact,
  kind: GroupVersionKind,
  version: OpenApiVersion,
  suffix = '',
): Schema => {
  const [action = '', word = ''] = ACTIONS[verb] ?? []
  const tag = `${groupWord(fact.group)}_${fact.version}`
  const within = fact.namespaced && suffix !== 'ForAllNamespaces' ? 'Namespaced' : ''
  const shown = verb === 'list' ? `${kind.kind}List` : verb.startsWith('delete') ? undefined : kind.kind
  const structure = shown === undefined ? undefined : definitionOfKind(kind.group, kind.version, shown)
  const custom = shown === undefined || kind.group !== fact.group ? undefined : customKindName(fact, verb === 'list')
  const schema =
    custom !== undefined
      ? customReference(custom, version)
      : reference(structure === undefined ? 'meta/v1.Status' : structure.name, version)
  const body =
    verb === 'patch'
      ? { type: 'object' }
      : verb.startsWith('delete')
        ? reference('meta/v1.DeleteOptions', version)
        : schema
  const takesBody = verb === 'create' || verb === 'update' || verb === 'patch' || verb.startsWith('delete')
  const query = queryOf(verb).map(([name, type]) =>
    version === 2
      ? { uniqueItems: true, type, name, in: 'query' }
      : { name, in: 'query', schema: { type, uniqueItems: true } },
  )
  const common = {
    tags: [tag],
    operationId: `${word}${upper(groupWord(fact.group))}${upper(fact.version)}${within}${fact.kind}${suffix}`,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
  }
  if (version === 2) {
    return {
      ...common,
      consumes: verb === 'patch' ? PATCHES : ['*/*'],
      produces: PRODUCES,
      schemes: ['https'],
      parameters: [...(takesBody ? [{ name: 'body', in: 'body', schema: body }] : []), ...query],
      responses: { 200: { description: 'OK', schema }, 401: { description: 'Unauthorized' } },
    }
  }
  const types = verb === 'patch' ? PATCHES : ['*/*']
  return {
    ...common,
    ...(query.length > 0 ? { parameters: query } : {}),
    ...(takesBody
      ? { requestBody: { content: Object.fromEntries(types.map((type) => [type, { schema: body }])) } }
      : {}),
    responses: {
      200: { description: 'OK', content: Object.fromEntries(PRODUCES.map((type) => [type, { schema }])) },
      401: { description: 'Unauthorized' },
    },
  }
}
