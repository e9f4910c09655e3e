/**
 * Goal: what upstream takes is taken: definitions and policies that people publish can be created, and work.
 * Method: rules in the manner of Gateway API, Karpenter, Crossplane, Cluster API and the documentation of policies, over
 * small schemas; each with a value that it accepts and, where there is one, a value that it refuses.
 */
import { describe, expect, test } from 'vitest'
import { admissionEnvironment } from '../../../src/kubernetes/cel/admission-environment.ts'
import { compiledType } from '../../../src/kubernetes/cel/compile-check.ts'
import { expressionOf } from '../../../src/kubernetes/cel/expression.ts'
import { toCel } from '../../../src/kubernetes/cel/values.ts'
import { validateDefinitionSchema } from '../../../src/kubernetes/custom-resources/definition-schema.ts'
import { ruleErrors } from '../../../src/kubernetes/custom-resources/rules.ts'
import type { Schema } from '../../../src/kubernetes/custom-resources/schema.ts'
import { FieldErrors, formatFieldError } from '../../../src/kubernetes/validation/field-error.ts'

const TEXT: Schema = { type: 'string' }
const NUMBER: Schema = { type: 'integer' }
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties })
const list = (items: Schema): Schema => ({ type: 'array', items })

const LISTENERS = list(
  object({ name: TEXT, port: NUMBER, protocol: TEXT, hostname: TEXT, tls: object({ mode: TEXT }) }),
)
const REFERENCES = list(object({ group: TEXT, kind: TEXT, name: TEXT, namespace: TEXT, sectionName: TEXT }))
const REQUIREMENTS = list(object({ key: TEXT, operator: TEXT, values: list(TEXT), minValues: NUMBER }))
const PATH = object({ type: TEXT, value: TEXT })
const RULE = object({
  backendRefs: list(object({ name: TEXT })),
  filters: list(object({ type: TEXT, requestRedirect: object({ path: PATH }) })),
  timeouts: object({ request: TEXT, backendRequest: TEXT }),
})
const TIME: Schema = { type: 'string', format: 'date-time' }
const INT_OR_STRING: Schema = { 'x-kubernetes-int-or-string': true }

const errorsOf = (schema: Schema, rule: string, value: unknown): readonly string[] => {
  const root = object({ x: { ...schema, 'x-kubernetes-validations': [{ rule, message: 'no' }] } })
  const errors = new FieldErrors()
  validateDefinitionSchema(root, 'schema', errors)
  const found = value === undefined ? [] : ruleErrors({ x: value }, undefined, root)
  return [...errors.list, ...found].map(formatFieldError)
}

describe('rules', () => {
  test.each<[string, Schema, unknown, unknown]>([
    [
      "self.all(l, l.protocol in ['HTTP', 'TCP', 'UDP'] ? !has(l.tls) : true)",
      LISTENERS,
      [{ protocol: 'HTTP' }, { protocol: 'HTTPS', tls: {} }],
      [{ protocol: 'TCP', tls: {} }],
    ],
    [
      "self.all(l, (l.protocol == 'HTTPS' && has(l.tls)) ? (l.tls.mode == '' || l.tls.mode == 'Terminate') : true)",
      LISTENERS,
      [{ protocol: 'HTTPS', tls: { mode: 'Terminate' } }],
      [{ protocol: 'HTTPS', tls: { mode: 'Passthrough' } }],
    ],
    [
      'self.all(l1, self.exists_one(l2, l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))',
      LISTENERS,
      [
        { port: 80, protocol: 'HTTP' },
        { port: 80, protocol: 'HTTP', hostname: 'a' },
      ],
      [
        { port: 80, protocol: 'HTTP' },
        { port: 80, protocol: 'HTTP' },
      ],
    ],
    [
      "self.all(p1, self.exists_one(p2, p1.kind == p2.kind && p1.name == p2.name && (((!has(p1.__namespace__) || p1.__namespace__ == '') && (!has(p2.__namespace__) || p2.__namespace__ == '')) || (has(p1.__namespace__) && has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__))))",
      REFERENCES,
      [
        { kind: 'Gateway', name: 'a' },
        { kind: 'Gateway', name: 'a', namespace: 'b' },
      ],
      [
        { kind: 'Gateway', name: 'a' },
        { kind: 'Gateway', name: 'a', namespace: '' },
      ],
    ],
    [
      `(self.type in ['Exact','PathPrefix']) ? self.value.matches(r"""^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$""") : true`,
      PATH,
      { type: 'Exact', value: '/a%20b' },
      { type: 'Exact', value: '/a b' },
    ],
    [
      "(self.type in ['Exact','PathPrefix']) ? !self.value.endsWith('/..') : true",
      PATH,
      { type: 'Exact', value: '/a' },
      { type: 'Exact', value: '/..' },
    ],
    [
      '(has(self.backendRefs) && self.backendRefs.size() > 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))): true',
      RULE,
      { backendRefs: [{ name: 'a' }], filters: [{ type: 'x' }] },
      { backendRefs: [{ name: 'a' }], filters: [{ type: 'x', requestRedirect: {} }] },
    ],
    [
      "(has(self.filters) && self.filters.exists_one(f, has(f.requestRedirect) && has(f.requestRedirect.path) && f.requestRedirect.path.type == 'Exact')) ? ((size(self.backendRefs) != 1) ? false : true) : true",
      RULE,
      { filters: [] },
      { filters: [{ requestRedirect: { path: { type: 'Exact' } } }], backendRefs: [] },
    ],
    [
      "!(has(self.timeouts.request) && has(self.timeouts.backendRequest) && duration(self.timeouts.request) != duration('0s') && duration(self.timeouts.backendRequest) > duration(self.timeouts.request))",
      RULE,
      { timeouts: { request: '2s', backendRequest: '1s' } },
      { timeouts: { request: '1s', backendRequest: '1m' } },
    ],
    ["self.filter(f, f.type == 'A').size() <= 1", list(PATH), [{ type: 'A' }], [{ type: 'A' }, { type: 'A' }]],
    [
      "self.all(x, x.operator == 'In' ? x.values.size() != 0 : true)",
      REQUIREMENTS,
      [{ operator: 'In', values: ['a'] }],
      [{ operator: 'In', values: [] }],
    ],
    [
      "self.all(x, (x.operator == 'Gt' || x.operator == 'Lt') ? (x.values.size() == 1 && int(x.values[0]) >= 0) : true)",
      REQUIREMENTS,
      [{ operator: 'Gt', values: ['3'] }],
      [{ operator: 'Lt', values: ['-3'] }],
    ],
    [
      "self.all(x, x in ['beta.kubernetes.io/os'] || !x.find(\"^([^/]+)\").endsWith('kubernetes.io'))",
      { type: 'object', additionalProperties: TEXT },
      { 'beta.kubernetes.io/os': 'linux', 'a.b/c': '' },
      { 'kubernetes.io/x': '' },
    ],
    ["self.exists(x, x == 'owned') ? self.size() == 1 : true", list(TEXT), ['owned'], ['owned', 'b']],
    ["type(self) == int ? self >= 0 : self.matches('^[0-9]+%$')", INT_OR_STRING, '10%', '10'],
    ["self == '' || isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))", TEXT, '10Gi', '-1'],
    ["isURL(self) && url(self).getScheme() in ['http', 'https']", TEXT, 'https://a.b/c', 'ftp://a.b'],
    ['self.all(c, isCIDR(c)) && self.exists(c, cidr(c).ip().family() == 6)', list(TEXT), ['::/0', '10.0.0.0/8'], ['a']],
    [
      "'*' in self.policies || has(self.forProvider.region) || (has(self.initProvider) && has(self.initProvider.region))",
      object({ policies: list(TEXT), forProvider: object({ region: TEXT }), initProvider: object({ region: TEXT }) }),
      { policies: ['*'], forProvider: {} },
      { policies: ['Observe'], forProvider: {} },
    ],
    ['self.all(x, self.exists_one(y, x == y))', list(PATH), [{ type: 'a' }], [{ type: 'a' }, { type: 'a' }]],
    ['[has(self.type), has(self.value)].filter(x, x == true).size() == 1', PATH, { type: 'a' }, {}],
    ['(has(self.type) ? 1 : 0) + (has(self.value) ? 1 : 0) <= 1', PATH, {}, { type: 'a', value: 'b' }],
    ['self.?type.orValue("x") == "x" && self.?value.hasValue() == false', PATH, {}, { type: 'b' }],
    ['!has(self.x) || self.x.map(k, self.x[k]).all(v, v.size() < 3)', object({ x: { type: 'object', additionalProperties: TEXT } }), { x: { a: 'bc' } }, { x: { a: 'bcd' } }], // prettier-ignore
    ['self.size() == 0 || self[0] < self[self.size() - 1]', list(NUMBER), [1, 2], [2, 1]],
    ['self.min() > 0 && self.sum() < 10 && self.isSorted()', list(NUMBER), [1, 2], [2, 9]],
    ['self.map(x, x.lowerAscii()).all(x, self.indexOf(x) >= 0)', list(TEXT), ['a'], ['A']],
    ['{"a": 1, "b": 2}[self] > 1', TEXT, 'b', 'a'],
    ["type(self) == string ? self == '99%' : self == 42", INT_OR_STRING, 42, '98%'],
    ["'Available' in self", { type: 'object', additionalProperties: NUMBER }, { Available: 1 }, { Other: 1 }],
    [
      'has(self.expired) && self.created + self.ttl < self.expired',
      object({ created: TIME, expired: TIME, ttl: { type: 'string', format: 'duration' } }),
      { created: '2024-01-01T00:00:00Z', ttl: '1h', expired: '2024-01-01T02:00:00Z' },
      { created: '2024-01-01T00:00:00Z', ttl: '1d', expired: '2024-01-01T02:00:00Z' },
    ],
    [
      'self.set1.all(e, !(e in self.set2)) && (self.set1.size() == 0) != (self.set2.size() == 0)',
      object({ set1: list(TEXT), set2: list(TEXT) }),
      { set1: ['a'], set2: [] },
      { set1: ['a'], set2: ['a'] },
    ],
    [
      'size(self.names) == size(self.details) && self.names.all(n, n in self.details)',
      object({ names: list(TEXT), details: { type: 'object', additionalProperties: PATH } }),
      { names: ['a'], details: { a: {} } },
      { names: ['a'], details: { b: {} } },
    ],
    [
      "size(self.clusters.filter(c, c.name == self.primary)) == 1 && self.clusters.filter(c, c.name == 'a').all(c, c.name.matches('^[a-z]*$'))",
      object({ primary: TEXT, clusters: list(object({ name: TEXT })) }),
      { primary: 'a', clusters: [{ name: 'a' }] },
      { primary: 'b', clusters: [{ name: 'a' }] },
    ],
    ['self > 0 && self < 3.5 && self * 2.0 != 3.0', { type: 'number' }, 1, 1.5],
  ])('%s', (rule, schema, accepted, refused) => {
    expect(errorsOf(schema, rule, accepted)).toEqual([])
    expect(errorsOf(schema, rule, refused)).toHaveLength(1)
  })
})

describe('policies', () => {
  const environment = admissionEnvironment({ hasParams: true, variables: new Map([['names', 'list<string>']]) })
  const variables = {
    object: toCel({
      metadata: { name: 'a', namespace: 'b', labels: { app: 'x' }, annotations: { 'a.b/version': 'v1.4.0' } },
      spec: { replicas: 3, template: { spec: { containers: [{ name: 'c', image: 'example.com/c:v1' }] } } },
    }),
    oldObject: null,
    request: toCel({ operation: 'CREATE', userInfo: { username: 'u', groups: ['system:masters'] }, dryRun: false }),
    params: toCel({ maxReplicas: 5, data: { max: '5' } }),
    namespaceObject: toCel({ metadata: { name: 'b', labels: { environment: 'test' } } }),
    variables: toCel({ names: ['c'] }),
  }
  test.each([
    'object.spec.replicas <= params.maxReplicas && object.spec.replicas <= int(params.data.max)',
    "object.spec.template.spec.containers.all(c, c.image.startsWith('example.com/'))",
    "has(object.metadata.labels) && 'app' in object.metadata.labels && object.metadata.labels['app'] == 'x'",
    "object.metadata.?labels['none'].orValue('y') == 'y' && object.metadata.?labels.app.orValue('') == 'x'",
    "oldObject == null || object.spec == oldObject.spec || request.operation in ['CREATE', 'DELETE']",
    "namespaceObject.metadata.labels.exists(k, k == 'environment' && namespaceObject.metadata.labels[k] == 'test')",
    "request.userInfo.groups.exists(g, g == 'system:masters') || !request.userInfo.username.startsWith('system:')",
    'variables.names.all(n, n.size() < 64) && variables.names.exists(n, object.metadata.name != n)',
    "!matches(object.metadata.annotations['a.b/version'], 'v1.[0-3].\\\\d+')",
    'object.spec.template.spec.containers.filter(c, has(c.securityContext) && has(c.securityContext.privileged)).map(c, c.name) == []',
    "object.metadata.name.split('-').size() == 1 && object.spec.template.spec.containers.map(c, c.image.split(':')[1])[0].matches('^v[0-9]')",
    '!has(object.spec.template.spec.containers[0].ports) && (has(object.spec.x) ? object.spec.x : 1) == 1',
    'dyn(object.spec.replicas) == 3.0 && string(object.spec.replicas) == "3" && [object.metadata.name, "b"].join("/") == "a/b"',
  ])('%s', (text) => {
    expect(compiledType(text, { environment, types: ['bool'] })).toHaveProperty('type')
    expect(expressionOf(text)(variables)).toEqual({ value: true })
  })
})
