/**
 * Goal: policies in CEL refuse, warn of and change what they say and fail as their failure policy says.
 * Method: one plugin at a time, over a view of a handful of objects.
 */
import { describe, expect, test } from 'vitest'
import { mutatingAdmissionPolicy } from '../../../src/actors/apiserver/admission/policy/mutating.ts'
import { validatingAdmissionPolicy } from '../../../src/actors/apiserver/admission/policy/validating.ts'
import type { ApiObject } from '../../../src/events/json.ts'
import { Authorizer } from '../../../src/actors/apiserver/authz/authorizer.ts'
import { kindRow } from '../../../src/kubernetes/registry.ts'
import type { Status } from '../../../src/kubernetes/status.ts'
import { attributes, meta, viewOf, worldOf } from './admission-world.ts'

const API = 'admissionregistration.k8s.io/v1'
const CONFIG_MAPS = {
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }],
}
const RESOURCE = kindRow('ConfigMap')

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: meta('default', undefined, { labels: { tier: 'a' } }),
}
const configMap = (name: string, data: Record<string, string>): ApiObject & { data: object } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: meta(name, 'default'),
  data,
})
const policy = (spec: object): ApiObject & { spec: object } => ({
  apiVersion: API,
  kind: 'ValidatingAdmissionPolicy',
  metadata: meta('p'),
  spec: { matchConstraints: CONFIG_MAPS, ...spec },
})
const binding = (spec: object = {}): ApiObject & { spec: object } => ({
  apiVersion: API,
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: meta('b'),
  spec: { policyName: 'p', validationActions: ['Deny'], ...spec },
})

const judge = (object: ApiObject, objects: readonly ApiObject[]): { refusal?: Status; warnings: readonly string[] } => {
  const warnings = new Set<string>()
  const asked = attributes({ kind: 'ConfigMap', resource: RESOURCE, name: object.metadata.name, warnings })
  const outcome = validatingAdmissionPolicy.validate?.(object, asked, worldOf([namespace, ...objects]))
  return { ...(outcome !== undefined && 'refusal' in outcome ? outcome : {}), warnings: [...warnings] }
}

describe('ValidatingAdmissionPolicy', () => {
  const short = policy({
    validations: [{ expression: 'size(object.data) < 2', messageExpression: "'has ' + string(size(object.data))" }],
  })

  test('refuses what its expression is not true of, in the words of its message', () => {
    const { refusal } = judge(configMap('c', { a: '1', b: '2' }), [short, binding()])
    expect(refusal?.code).toBe(422)
    expect(refusal?.message).toBe(
      `configmaps "c" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: has 2`,
    )
    expect(judge(configMap('c', { a: '1' }), [short, binding()]).refusal).toBeUndefined()
  })

  test('only warns where its binding says so', () => {
    const { refusal, warnings } = judge(configMap('c', { a: '1', b: '2' }), [
      short,
      binding({ validationActions: ['Warn'] }),
    ])
    expect(refusal).toBeUndefined()
    expect(warnings).toEqual([`Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': has 2`])
  })

  test('an expression that fails refuses, unless failures are ignored', () => {
    const failing = { validations: [{ expression: "object.data.none == ''" }] }
    expect(judge(configMap('c', {}), [policy(failing), binding()]).refusal?.message).toContain(
      `expression 'object.data.none == ''' resulted in error: no such key: none`,
    )
    expect(
      judge(configMap('c', {}), [policy({ ...failing, failurePolicy: 'Ignore' }), binding()]).refusal,
    ).toBeUndefined()
  })

  test('a namespace that its binding does not select is left alone', () => {
    const elsewhere = binding({ matchResources: { namespaceSelector: { matchLabels: { tier: 'b' } } } })
    const here = binding({ matchResources: { namespaceSelector: { matchLabels: { tier: 'a' } } } })
    expect(judge(configMap('c', { a: '1', b: '2' }), [short, elsewhere]).refusal).toBeUndefined()
    expect(judge(configMap('c', { a: '1', b: '2' }), [short, here]).refusal?.code).toBe(422)
  })

  test.each([
    ["authorizer.group('').resource('secrets').namespace('default').check('get').allowed()", true],
    ["authorizer.group('').resource('secrets').namespace('other').check('get').allowed()", false],
    ["authorizer.group('').resource('secrets').namespace('default').name('s').check('list').allowed()", false],
    ["authorizer.group('').resource('pods').subresource('log').namespace('default').check('get').allowed()", true],
    ["authorizer.requestResource.check('approve').allowed()", true],
    ["authorizer.requestResource.check('sign').allowed()", false],
    ["authorizer.path('/metrics').check('get').allowed()", false],
    ["authorizer.serviceAccount('default', 'x').requestResource.check('approve').allowed()", false],
    [
      "authorizer.serviceAccount('default', 'x').group('').resource('pods').namespace('default').check('get').allowed()",
      true,
    ],
    ["authorizer.requestResource.check('approve').reason().contains('RoleBinding')", true],
    ["authorizer.requestResource.check('approve').errored()", false],
  ])('the authorizer is asked: %s', (expression, allowed) => {
    const RBAC = 'rbac.authorization.k8s.io'
    const role = (name: string, rules: object, kind: string, subject: string): readonly ApiObject[] => [
      { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: meta(name, 'default'), ...rules },
      {
        apiVersion: `${RBAC}/v1`,
        kind: 'RoleBinding',
        metadata: meta(name, 'default'),
        ...{
          roleRef: { apiGroup: RBAC, kind: 'Role', name },
          subjects: [{ kind, name: subject, ...(kind === 'User' ? { apiGroup: RBAC } : { namespace: 'default' }) }],
        },
      },
    ]
    const rule = (verb: string, resource: string) => ({ verbs: [verb], apiGroups: [''], resources: [resource] })
    const objects = [
      ...role('a', { rules: ['secrets', 'pods/log'].map((one) => rule('get', one)) }, 'User', 'ann'),
      ...role('b', { rules: [rule('approve', 'configmaps')] }, 'User', 'ann'),
      ...role('c', { rules: [rule('get', 'pods')] }, 'ServiceAccount', 'x'),
      policy({ validations: [{ expression }] }),
      binding(),
      namespace,
    ]
    const world = { ...worldOf(objects), authorizer: new Authorizer('RBAC', viewOf(objects)) }
    const asked = attributes({ kind: 'ConfigMap', resource: RESOURCE, name: 'c' })
    const outcome = validatingAdmissionPolicy.validate?.(configMap('c', {}), asked, world)
    expect(outcome === undefined, JSON.stringify(outcome)).toBe(allowed)
  })

  test('variables and parameters are there; a parameter that is missing is as bad as its binding says', () => {
    const bounded = policy({
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      variables: [{ name: 'n', expression: 'int(object.data.n)' }],
      validations: [{ expression: 'variables.n <= int(params.data.max)' }],
    })
    const bound = binding({ paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' } })
    const limits = configMap('limits', { max: '5' })
    expect(judge(configMap('c', { n: '5' }), [bounded, bound, limits]).refusal).toBeUndefined()
    expect(judge(configMap('c', { n: '6' }), [bounded, bound, limits]).refusal?.code).toBe(422)
    expect(judge(configMap('c', { n: '1' }), [bounded, bound]).refusal?.message).toContain(
      'no params found for policy binding',
    )
    const lenient = binding({ paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Allow' } })
    expect(judge(configMap('c', { n: '9' }), [bounded, lenient]).refusal).toBeUndefined()
  })

  test('match conditions choose; a reason chooses the code', () => {
    const chosen = policy({
      matchConditions: [{ name: 'x', expression: "object.metadata.name.startsWith('x')" }],
      validations: [{ expression: 'false', reason: 'Forbidden', message: 'never' }],
    })
    expect(judge(configMap('c', {}), [chosen, binding()]).refusal).toBeUndefined()
    expect(judge(configMap('x1', {}), [chosen, binding()]).refusal?.code).toBe(403)
  })
})

test('MutatingAdmissionPolicy merges what it applies and patches, each on what the one before has left', () => {
  const mutating = {
    ...policy({
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: "Object{metadata: Object.metadata{labels: {'added': 'yes'}}}" },
        },
        {
          patchType: 'JSONPatch',
          jsonPatch: {
            expression: "[JSONPatch{op: 'add', path: '/data/seen', value: object.metadata.labels.added}]",
          },
        },
      ],
    }),
    kind: 'MutatingAdmissionPolicy',
  }
  const bound = { ...binding(), kind: 'MutatingAdmissionPolicyBinding' }
  const object = configMap('c', { a: '1' })
  const asked = attributes({ kind: 'ConfigMap', resource: RESOURCE, name: 'c' })
  const outcome = mutatingAdmissionPolicy.admit?.(object, asked, worldOf([namespace, mutating, bound]))
  expect(outcome).toMatchObject({
    object: { metadata: { labels: { added: 'yes' } }, data: { a: '1', seen: 'yes' } },
  })
})
