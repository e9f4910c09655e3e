/**
 * What the expressions of admission policies and webhooks may name, and of which types it is.
 * Source: apiserver/pkg/admission/plugin/cel/compile.go, composition.go (v1.36).
 */
import type { Environment } from '@marcbachmann/cel-js'
import { createEnvironment } from './environment.ts'
import { AUTHORIZER } from './library/authorizer.ts'

const TIMESTAMP = 'google.protobuf.Timestamp'
const KIND = 'kubernetes.GroupVersionKind'
const RESOURCE = 'kubernetes.GroupVersionResource'

/** Those that are parts of others come first. */
const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [KIND]: { group: 'string', version: 'string', kind: 'string' },
  [RESOURCE]: { group: 'string', version: 'string', resource: 'string' },
  'kubernetes.UserInfo': {
    username: 'string',
    uid: 'string',
    groups: 'list<string>',
    extra: 'map<string, list<string>>',
  },
  'kubernetes.AdmissionRequest': {
    kind: KIND,
    resource: RESOURCE,
    subResource: 'string',
    requestKind: KIND,
    requestResource: RESOURCE,
    requestSubResource: 'string',
    name: 'string',
    namespace: 'string',
    operation: 'string',
    userInfo: 'kubernetes.UserInfo',
    dryRun: 'bool',
    options: 'dyn',
  },
  'kubernetes.NamespaceMetadata': {
    name: 'string',
    generateName: 'string',
    namespace: 'string',
    labels: 'map<string, string>',
    annotations: 'map<string, string>',
    UID: 'string',
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: 'int',
    deletionTimestamp: TIMESTAMP,
    generation: 'int',
    resourceVersion: 'string',
    finalizers: 'list<string>',
  },
  'kubernetes.NamespaceCondition': {
    status: 'string',
    type: 'string',
    lastTransitionTime: TIMESTAMP,
    message: 'string',
    reason: 'string',
  },
  'kubernetes.NamespaceSpec': { finalizers: 'list<string>' },
  'kubernetes.NamespaceStatus': { conditions: 'list<kubernetes.NamespaceCondition>', phase: 'string' },
  'kubernetes.Namespace': {
    metadata: 'kubernetes.NamespaceMetadata',
    spec: 'kubernetes.NamespaceSpec',
    status: 'kubernetes.NamespaceStatus',
  },
}

export interface AdmissionOptions {
  readonly hasParams?: boolean
  readonly hasAuthorizer?: boolean
  /** Of a policy: its own variables, with the types of their expressions. */
  readonly variables?: ReadonlyMap<string, string>
}

const known = new Map<string, Environment>()

function plainEnvironment(hasParams: boolean, hasAuthorizer: boolean): Environment {
  const key = `${hasParams} ${hasAuthorizer}`
  const before = known.get(key)
  if (before !== undefined) return before
  const made = createEnvironment({ isOpen: false })
  for (const [name, fields] of Object.entries(TYPES)) made.registerType(name, { fields })
  made
    .registerVariable('object', 'dyn')
    .registerVariable('oldObject', 'dyn')
    .registerVariable('namespaceObject', 'kubernetes.Namespace')
    .registerVariable('request', 'kubernetes.AdmissionRequest')
  if (hasParams) made.registerVariable('params', 'dyn')
  if (hasAuthorizer) made.registerVariable('authorizer', AUTHORIZER)
  known.set(key, made)
  return made
}

export function admissionEnvironment(options: AdmissionOptions): Environment {
  const { hasParams = false, hasAuthorizer = true, variables } = options
  const plain = plainEnvironment(hasParams, hasAuthorizer)
  if (variables === undefined) return plain
  const own = plain.clone()
  const fields = Object.fromEntries([...variables].map(([name, type]) => [name, isWhole(type) ? type : 'dyn']))
  return own.registerType('kubernetes.variables', { fields }).registerVariable('variables', 'kubernetes.variables')
}

/** An empty list is one of nothing known. */
const isWhole = (type: string): boolean => !/\b[A-Z]\b/.test(type)
