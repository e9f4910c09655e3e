/**
 * Goal: roles grant exactly what their rules say, to exactly those who are bound; what somebody lacks is told rule by rule.
 * Method: small policies and questions to them.
 */
import { describe, expect, test } from 'vitest'
import { bootstrapPolicy } from '../../../src/kubernetes/rbac/bootstrap.ts'
import { missingRules, ruleText } from '../../../src/kubernetes/rbac/covers.ts'
import { Policy } from '../../../src/kubernetes/rbac/policy.ts'
import { ruleOf } from '../../../src/kubernetes/rbac/rule-line.ts'
import { ruleAllows, type Action } from '../../../src/kubernetes/rbac/rules.ts'
import type { ClusterRole, Role, RoleBinding, Subject } from '../../../src/kubernetes/types/rbac.ts'

const meta = (name: string, namespace?: string): Role['metadata'] => ({
  name,
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...(namespace === undefined ? {} : { namespace }),
})
const API = 'rbac.authorization.k8s.io/v1'
const role = (name: string, ...lines: string[]): Role => ({
  apiVersion: API,
  kind: 'Role',
  metadata: meta(name, 'a'),
  rules: lines.map(ruleOf),
})
const clusterRole = (name: string, ...lines: string[]): ClusterRole => ({
  apiVersion: API,
  kind: 'ClusterRole',
  metadata: meta(name),
  rules: lines.map(ruleOf),
})
const binding = (name: string, kind: string, to: string, subject: Subject): RoleBinding => ({
  apiVersion: API,
  kind: 'RoleBinding',
  metadata: meta(name, 'a'),
  subjects: [subject],
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: to },
})

const action = (verb: string, resource: string, more: Partial<Action> = {}): Action => ({
  verb,
  group: '',
  resource,
  subresource: '',
  name: '',
  ...more,
})

describe('a rule', () => {
  test.each([
    ['get / core / pods', action('get', 'pods'), true],
    ['get / core / pods', action('list', 'pods'), false],
    ['get / core / pods', action('get', 'pods', { subresource: 'log' }), false],
    ['get / core / pods/log', action('get', 'pods', { subresource: 'log' }), true],
    ['get / core / */log', action('get', 'pods', { subresource: 'log' }), true],
    ['* / * / *', action('get', 'pods', { subresource: 'log', group: 'x' }), true],
    ['get / core / pods / one', action('get', 'pods', { name: 'one' }), true],
    ['get / core / pods / one', action('get', 'pods', { name: 'two' }), false],
    ['get / core / pods / one', action('get', 'pods'), false],
    ['get = /healthz /api/*', action('get', '', { path: '/api/v1' }), true],
    ['get = /healthz /api/*', action('get', '', { path: '/metrics' }), false],
    ['get / core / pods', action('get', '', { path: '/healthz' }), false],
  ])('%s: %o is %s', (line, asked, allowed) => {
    expect(ruleAllows(ruleOf(line), asked)).toBe(allowed)
  })
})

describe('a policy', () => {
  const policy = new Policy({
    roles: [role('reader', 'get / core / pods'), role('late', 'delete / core / pods')],
    clusterRoles: [clusterRole('viewer', 'get / core / nodes')],
    roleBindings: [
      binding('b1', 'Role', 'reader', { kind: 'User', name: 'ann' }),
      binding('b2', 'Role', 'late', { kind: 'ServiceAccount', name: 'bot', namespace: 'z' }),
      binding('b3', 'ClusterRole', 'viewer', { kind: 'Group', name: 'team' }),
      binding('b4', 'Role', 'absent', { kind: 'User', name: 'ann' }),
    ],
    clusterRoleBindings: [],
  })
  const ann = { name: 'ann', groups: ['team'] }

  test('counts in its namespace alone', () => {
    expect(policy.allows(ann, 'a', action('get', 'pods'))?.reason).toBe(
      'RBAC: allowed by RoleBinding "b1/a" of Role "reader" to User "ann"',
    )
    expect(policy.allows(ann, 'b', action('get', 'pods'))).toBeUndefined()
    expect(policy.allows(ann, '', action('get', 'pods'))).toBeUndefined()
  })

  test('binds groups and service accounts', () => {
    expect(policy.allows(ann, 'a', action('get', 'nodes'))).toBeDefined()
    const bot = { name: 'system:serviceaccount:z:bot', groups: [] }
    expect(policy.allows(bot, 'a', action('delete', 'pods'))?.reason).toContain('to ServiceAccount "bot/z"')
    expect(policy.allows({ name: 'bot', groups: [] }, 'a', action('delete', 'pods'))).toBeUndefined()
  })
})

describe('what is missing', () => {
  const missing = (owned: string[], wanted: string[]): readonly string[] =>
    missingRules(owned.map(ruleOf), wanted.map(ruleOf)).map(ruleText)

  test('is nothing where rules together cover it', () => {
    expect(missing(['get / core / pods', 'list / core / pods'], ['get list / core / pods'])).toEqual([])
    expect(missing(['* / * / *'], ['get / apps / deployments/scale'])).toEqual([])
    expect(missing(['get / core / pods'], ['get / core / pods / one'])).toEqual([])
  })

  test('is told by resource, with all verbs that lack', () => {
    expect(missing(['get / core / pods'], ['get delete list / core / pods secrets'])).toEqual([
      '{APIGroups:[""], Resources:["pods"], Verbs:["delete" "list"]}',
      '{APIGroups:[""], Resources:["secrets"], Verbs:["delete" "get" "list"]}',
    ])
    expect(missing(['get / core / pods / one'], ['get / core / pods'])).toHaveLength(1)
    expect(missing(['get = /a/*'], ['get = /a/b /c'])).toEqual(['{NonResourceURLs:["/c"], Verbs:["get"]}'])
  })
})

test('every binding that a cluster begins with names a role that it begins with', () => {
  const objects = bootstrapPolicy()
  const roles = new Set(
    objects
      .filter(({ rules }) => rules !== undefined)
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''} ${metadata.name}`),
  )
  const dangling = objects.filter(
    ({ roleRef, metadata }) =>
      roleRef !== undefined &&
      !roles.has(`${roleRef.kind} ${roleRef.kind === 'Role' ? (metadata.namespace ?? '') : ''} ${roleRef.name}`),
  )
  expect(objects.length).toBeGreaterThan(120)
  expect(dangling.map(({ metadata }) => metadata.name)).toEqual([])
})
