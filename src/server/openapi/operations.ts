/**
 * What can be asked of the API, path by path, before it is written in either version of OpenAPI.
 * Source: apiserver/pkg/endpoints/installer.go, registerResourceHandlers;
 * apiextensions-apiserver/pkg/controller/openapi/builder/builder.go for defined kinds (v1.36).
 */
import { RETURN_DELETED } from '../../actors/apiserver/handlers/delete.ts'
import { definitionOfKind } from '../../kubernetes/schema/reader.ts'
import type { GroupVersionKind, ResourceFact, SubresourceFact, VersionFact } from '../discovery/facts.ts'
import { OBJECT_TYPES, LIST_TYPES } from '../media-types.ts'
import { customKindName } from './custom-schemas.ts'
import {
  CONNECT,
  DELETE,
  DELETE_COLLECTION,
  inPath,
  LIST,
  LOG,
  PATCH,
  PRETTY,
  WRITE,
  type Parameter,
} from './parameters.ts'
import { upper } from './schemas.ts'

export interface Operation {
  readonly method: string
  readonly tag: string
  readonly id: string
  readonly action?: string
  readonly kind?: GroupVersionKind
  readonly consumes: readonly string[]
  readonly produces: readonly string[]
  readonly parameters: readonly Parameter[]
  /** By the schema's name. */
  readonly body?: { readonly schema: string; readonly required: boolean }
  /** What is answered, by the schema's name; undefined for text. */
  readonly answer: string | undefined
  readonly codes: readonly number[]
}

export type Paths = ReadonlyMap<string, readonly Operation[]>

const ANYTHING = ['*/*']
const CUSTOM_TYPES = OBJECT_TYPES.slice(0, 2)
const CUSTOM_PATCHES = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']
const PATCHES = [...CUSTOM_PATCHES.slice(0, 2), 'application/strategic-merge-patch+json', ...CUSTOM_PATCHES.slice(2)]

const STATUS = 'meta/v1.Status'
const DELETE_OPTIONS = 'meta/v1.DeleteOptions'

export const pathOf = ({ group, version }: { readonly group: string; readonly version: string }): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`

/** `rbac.authorization.k8s.io` is `rbacAuthorization`, the core group `core`. */
export const groupWord = (group: string): string => {
  if (group === '') return 'core'
  const words = group.replace(/\.k8s\.io$/, '').split('.')
  return words.map((word, i) => (i === 0 ? word : upper(word))).join('')
}

/** What is answered as an object of discovery. */
export const discovered = (tag: string, id: string, answer: string): Operation => ({
  method: 'get',
  tag,
  id,
  consumes: OBJECT_TYPES,
  produces: OBJECT_TYPES,
  parameters: [],
  answer,
  codes: [200],
})

export const operationsOf = (version: VersionFact): Paths => {
  const paths = new Map<string, Operation[]>()
  const add = (path: string, operation: Operation): void => {
    const known = paths.get(path)
    const whole = { ...operation, parameters: [...inPath(path), ...operation.parameters] }
    if (known === undefined) paths.set(path, [whole])
    else known.push(whole)
  }
  const root = `/${pathOf(version)}`
  const tag = `${groupWord(version.group)}_${version.version}`
  const word = `${upper(groupWord(version.group))}${upper(version.version)}`
  add(`${root}/`, discovered(tag, `get${word}APIResources`, 'meta/v1.APIResourceList'))
  for (const fact of version.resources) new ResourceOperations(fact, root, tag, word, add).addAll()
  return paths
}

interface Verb {
  readonly method: string
  readonly action: string
  /** In the operation's id. */
  readonly word: string
  readonly named: boolean
  readonly takes: readonly Parameter[]
  readonly codes: readonly number[]
}

const VERBS: Readonly<Record<string, Verb>> = {
  list: { method: 'get', action: 'list', word: 'list', named: false, takes: LIST, codes: [200] },
  create: { method: 'post', action: 'post', word: 'create', named: false, takes: WRITE, codes: [200, 201, 202] },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    word: 'delete',
    named: false,
    takes: DELETE_COLLECTION,
    codes: [200],
  },
  get: { method: 'get', action: 'get', word: 'read', named: true, takes: [], codes: [200] },
  update: { method: 'put', action: 'put', word: 'replace', named: true, takes: WRITE, codes: [200, 201] },
  delete: { method: 'delete', action: 'delete', word: 'delete', named: true, takes: DELETE, codes: [200, 202] },
  patch: { method: 'patch', action: 'patch', word: 'patch', named: true, takes: PATCH, codes: [200, 201] },
}

const PROXY_METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch']
const STREAM_METHODS = ['get', 'post']

/** One resource's operations. */
class ResourceOperations {
  private readonly fact: ResourceFact
  private readonly root: string
  private readonly tag: string
  /** The group's and version's part of an id: `CoreV1`. */
  private readonly word: string
  private readonly add: (path: string, operation: Operation) => void

  constructor(
    fact: ResourceFact,
    root: string,
    tag: string,
    word: string,
    add: (path: string, operation: Operation) => void,
  ) {
    this.fact = fact
    this.root = root
    this.tag = tag
    this.word = word
    this.add = add
  }

  addAll(): void {
    const { fact, root } = this
    const { resource, namespaced, verbs } = fact
    const collection = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${resource}`
    if (namespaced && verbs.includes('list')) {
      this.add(`${root}/${resource}`, { ...this.operation('list'), id: `list${this.word}${fact.kind}ForAllNamespaces` })
    }
    for (const verb of verbs) {
      const { named } = VERBS[verb] ?? {}
      if (named !== undefined) this.add(named ? `${collection}/{name}` : collection, this.operation(verb))
    }
    if (verbs.includes('watch') && fact.custom === undefined) this.addWatches(collection)
    for (const one of fact.subresources) this.addSubresource(one, `${collection}/{name}/${one.name}`)
  }

  /** The paths of old below `/watch`. */
  private addWatches(collection: string): void {
    const { fact, root, word } = this
    const watch = (action: string, id: string): Operation => ({
      ...this.operation('list'),
      id: `watch${word}${id}`,
      action,
      parameters: [...LIST, ...PRETTY],
      answer: 'meta/v1.WatchEvent',
    })
    const within = fact.namespaced ? 'Namespaced' : ''
    const below = `${root}/watch${collection.slice(root.length)}`
    if (fact.namespaced) {
      this.add(`${root}/watch/${fact.resource}`, watch('watchlist', `${fact.kind}ListForAllNamespaces`))
    }
    this.add(below, watch('watchlist', `${within}${fact.kind}List`))
    this.add(`${below}/{name}`, watch('watch', `${within}${fact.kind}`))
  }

  private addSubresource(one: SubresourceFact, path: string): void {
    const options = CONNECT.get(one.kind.kind)
    if (options !== undefined) return this.addConnections(one, path, options)
    for (const verb of one.verbs) {
      const operation = this.operation(verb, one)
      const isText = one.name === 'log'
      this.add(
        path,
        isText
          ? {
              ...operation,
              answer: undefined,
              produces: ['text/plain', ...OBJECT_TYPES],
              parameters: [...operation.parameters, ...LOG],
            }
          : operation,
      )
    }
  }

  private addConnections(one: SubresourceFact, path: string, options: readonly Parameter[]): void {
    const isProxy = one.name === 'proxy'
    const connect = (method: string, suffix: string): Operation => ({
      method,
      tag: this.tag,
      id: `connect${this.word}${upper(method)}${this.subject}${upper(one.name)}${suffix}`,
      action: 'connect',
      kind: one.kind,
      consumes: ANYTHING,
      produces: ANYTHING,
      parameters: options,
      answer: undefined,
      codes: [200],
    })
    for (const method of isProxy ? PROXY_METHODS : STREAM_METHODS) {
      this.add(path, connect(method, ''))
      if (isProxy) this.add(`${path}/{path}`, connect(method, 'WithPath'))
    }
  }

  /** `NamespacedPod`. */
  private get subject(): string {
    return `${this.fact.namespaced ? 'Namespaced' : ''}${this.fact.kind}`
  }

  private operation(name: string, part?: SubresourceFact): Operation {
    const { fact, tag } = this
    const verb = VERBS[name]
    if (verb === undefined) throw new RangeError(`the API has no verb ${name}`)
    const { method, action, word, takes, codes } = verb
    const isCustom = fact.custom !== undefined
    const kind = part?.kind ?? { group: fact.group, version: fact.version, kind: fact.kind }
    const structure =
      (isCustom && kind.kind === fact.kind ? customKindName(fact, name === 'list') : undefined) ??
      structureOf(kind, name)
    const types = isCustom ? CUSTOM_TYPES : OBJECT_TYPES
    return {
      method,
      tag,
      id: `${word}${this.word}${name === 'deletecollection' ? 'Collection' : ''}${this.subject}${upper(part?.name ?? '')}`,
      action,
      kind,
      consumes: name === 'patch' ? (isCustom ? CUSTOM_PATCHES : PATCHES) : isCustom ? CUSTOM_TYPES : ANYTHING,
      produces: name === 'list' && !isCustom ? LIST_TYPES : types,
      parameters: [...PRETTY, ...takes],
      ...bodyOf(name, structure),
      answer: name.startsWith('delete') && !isReturned(name, fact) ? STATUS : structure,
      codes,
    }
  }
}

const isReturned = (verb: string, { kind, custom }: ResourceFact): boolean =>
  verb === 'delete' && custom === undefined && RETURN_DELETED.has(kind as never)

const bodyOf = (verb: string, structure: string): Pick<Operation, 'body'> => {
  switch (verb) {
    case 'create':
    case 'update':
      return { body: { schema: structure, required: true } }
    case 'patch':
      return { body: { schema: 'meta/v1.Patch', required: true } }
    case 'delete':
    case 'deletecollection':
      return { body: { schema: DELETE_OPTIONS, required: false } }
    default:
      return {}
  }
}

const structureOf = ({ group, version, kind }: GroupVersionKind, verb: string): string => {
  const name = definitionOfKind(group, version, kind)?.name ?? STATUS
  return verb === 'list' ? `${name}List` : name
}
