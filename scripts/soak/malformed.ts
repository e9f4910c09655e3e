/** Requests that are wrong in every way, as bytes of HTTP/1.1. */
import fc from 'fast-check'

export interface RawRequest {
  readonly bytes: Buffer
  /** It may begin a stream without an end. */
  readonly watches: boolean
}

const RESOURCES = [
  '/api/v1/namespaces/default/configmaps',
  '/api/v1/namespaces/default/pods',
  '/api/v1/namespaces',
  '/api/v1/nodes',
  '/apis/apps/v1/namespaces/default/deployments',
  '/apis/batch/v1/namespaces/default/cronjobs',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
  '/api/v1/namespaces/default/services',
  '/api/v1/namespaces/default/secrets',
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  '/apis/coordination.k8s.io/v1/namespaces/default/leases',
]

/** Names that requests create, and what is no name. */
const PARTS = [
  ...['..', '%2e%2e', '%2e%2e/', '%2f', '%00', '%', '%zz', '%ff', '.', '', '__proto__', 'constructor', 'toString'],
  ...[
    'status',
    'scale',
    'exec',
    'log',
    'proxy',
    'eviction',
    'binding',
    'token',
    'finalize',
    'kubernetes',
    'x'.repeat(300),
  ],
  ...['kube-root-ca.crt', '~', '*', 'ä', '%F0%9F%92%A9', 'a;b', 'a=b', '-', 'watch', 'namespaces', 'hasOwnProperty'],
]

const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString())

const segment = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('a', 'b', 'c') },
  fc.constantFrom(...PARTS),
  fc.string({ maxLength: 8 }).map((text) => encoded(text)),
)

const path = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...RESOURCES), fc.array(segment, { maxLength: 2 }))
      .map(([base, rest]) => [base, ...rest].join('/')),
  },
  { weight: 2, arbitrary: fc.array(segment, { maxLength: 9 }).map((parts) => `/${parts.join('/')}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/',
      '*',
      '//',
      '/api',
      '/apis',
      '/version',
      '/openapi/v3/api/v1',
      '/openapi/v2',
      '/metrics',
      '/healthz/x',
      'http://other/api/v1/nodes',
      '/openid/v1/jwks',
      '/api/v1/watch/pods',
      '/apis/%2e%2e/api/v1',
    ),
  },
)

const PARAMETERS = [
  ...[
    'limit',
    'continue',
    'resourceVersion',
    'resourceVersionMatch',
    'timeoutSeconds',
    'labelSelector',
    'fieldSelector',
  ],
  ...[
    'watch',
    'allowWatchBookmarks',
    'sendInitialEvents',
    'fieldManager',
    'fieldValidation',
    'dryRun',
    'force',
    'pretty',
  ],
  ...[
    'gracePeriodSeconds',
    'propagationPolicy',
    'includeObject',
    '__proto__',
    'constructor',
    'container',
    'orphanDependents',
  ],
]

const VALUES = [
  ...[
    '',
    '0',
    '1',
    '-1',
    'true',
    'false',
    '1e400',
    '99999999999999999999',
    'NaN',
    'All',
    'Strict',
    'Warn',
    'Exact',
    'None',
  ],
  ...[
    'a in (b,c)',
    'a=b,!c',
    '!!',
    'a in (',
    '((((((',
    'metadata.name=x',
    'spec.nodeName=',
    '__proto__=1',
    'a>1',
    `${'('.repeat(500)}`,
  ],
  ...[
    `${'a'.repeat(5000)}!`,
    'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MX0',
    '\u0000',
    'Foreground',
    '(a+)+$',
    'x'.repeat(200),
  ],
]

const parameter = fc
  .tuple(fc.constantFrom(...PARAMETERS), fc.oneof(fc.constantFrom(...VALUES), fc.string({ maxLength: 12 })))
  .map(([name, value]) => `${name}=${encoded(value)}`)

const query = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(parameter, { maxLength: 4 }).map((all) => (all.length === 0 ? '' : `?${all.join('&')}`)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('?', '?%', '?&&&=', '?limit=%zz', '?a=%00', '??watch=1', '?watch', '?limit=1&limit=x'),
  },
)

const METHODS = [
  'GET',
  'GET',
  ...Array<string>(6).fill('POST'),
  'PATCH',
  'DELETE',
  'PUT',
  'PUT',
  'PATCH',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'get',
  'QUERY',
  'G\u0000T',
  '',
]

const TYPES = [
  ...[
    'application/json',
    'application/json',
    'application/json',
    'application/yaml',
    'application/vnd.kubernetes.protobuf',
  ],
  ...['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json'],
  ...[
    'application/apply-patch+yaml',
    'text/plain',
    '',
    ';;;',
    'application/json; charset=utf-16',
    'APPLICATION/JSON',
    'a/b/c',
  ],
]

const ACCEPTS = [
  ...[
    '',
    '*/*',
    'application/json',
    'application/yaml',
    'application/vnd.kubernetes.protobuf',
    'text/html',
    ';q=1',
    ',,,',
  ],
  ...[
    'application/json;as=Table;v=v1;g=meta.k8s.io',
    'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  ],
  ...['application/json;as=Nonsense;v=v9;g=x', 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'],
]

const HEADERS = [
  ...[
    'impersonate-user: x',
    'impersonate-group: system:masters',
    'impersonate-extra-%zz: 1',
    'authorization: Bearer a.b.c',
  ],
  ...[
    'authorization: Bearer eyJhbGciOiJub25lIn0.e30.',
    'accept-encoding: gzip',
    'audit-id: \u00ff\u0001',
    'if-none-match: "x"',
  ],
  ...[
    'transfer-encoding: chunked',
    'content-length: 5',
    'expect: 100-continue',
    'upgrade: SPDY/3.1\r\nconnection: upgrade',
  ],
  ...[
    'upgrade: h2c\r\nconnection: upgrade',
    'user-agent: ' + 'u'.repeat(5000),
    '__proto__: x',
    'bad header',
    ': empty',
    'cookie: a=b',
  ],
]

/** Members whose names and values go wrong somewhere, if anything does. */
const NAMES = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'length',
    'apiVersion',
    'kind',
    'metadata',
    'spec',
  ],
  ...[
    'status',
    'name',
    'namespace',
    'labels',
    'annotations',
    'data',
    'replicas',
    'selector',
    'template',
    'containers',
    'ports',
  ],
  ...[
    'finalizers',
    'ownerReferences',
    'managedFields',
    'uid',
    'resourceVersion',
    'generateName',
    'deletionTimestamp',
    'rules',
  ],
  ...[
    'schedule',
    'timeZone',
    'versions',
    'schema',
    'openAPIV3Schema',
    'pattern',
    'properties',
    'matchExpressions',
    '',
    'op',
    'path',
    'value',
  ],
]

const SCALARS: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e21,
    2 ** 53,
    -0,
    5e-324,
    '',
    'x',
    'a'.repeat(300),
    '\u0000',
    '\ud800',
    '(a+)+$',
    '1Gi',
    '1e999999',
  ],
  ...[
    '-1m',
    '9'.repeat(400),
    '2020-01-01T00:00:00Z',
    '* * * * *',
    '*/0 * * * *',
    '60 24 32 13 8',
    'Europe/Nowhere',
    'v1',
    '10.96.0.1',
  ],
]

/** `__proto__` as a member of its own, as JSON.parse makes it. */
const objectOf = (members: readonly (readonly [string, unknown])[]): unknown => {
  const object: Record<string, unknown> = {}
  for (const [name, member] of members)
    Object.defineProperty(object, name, { value: member, enumerable: true, configurable: true, writable: true })
  return object
}

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    { weight: 4, arbitrary: fc.constantFrom(...SCALARS) },
    { weight: 1, arbitrary: fc.array(tie('any'), { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.array(fc.tuple(fc.constantFrom(...NAMES), tie('any')), { maxLength: 5 }).map(objectOf) },
  ),
})).any

const KINDS = [
  ['v1', 'ConfigMap'],
  ['v1', 'Pod'],
  ['apps/v1', 'Deployment'],
  ['v1', 'Service'],
  ['v1', 'Namespace'],
  ['v1', 'Node'],
  ['batch/v1', 'CronJob'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['v1', 'Secret'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['coordination.k8s.io/v1', 'Lease'],
  ['v1', 'DeleteOptions'],
  ['x/y/z', ''],
] as const

const CONTAINER = { name: 'c', image: 'i' }
const POD = { containers: [CONTAINER] }

/** A thing that is nearly sound: decoders let it in, so what is behind them is reached. */
const nearlySound = fc
  .tuple(
    fc.constantFrom(...KINDS),
    fc.constantFrom('a', 'b', 'c', 'A', '__proto__', 'constructor', '..', ''),
    value,
    value,
    value,
    fc.nat(7),
  )
  .map(([[apiVersion, kind], name, one, two, three, shape]) => {
    const metadata = shape % 2 === 0 ? { name } : { name, labels: one, annotations: two, finalizers: three }
    const specs: readonly unknown[] = [
      one,
      {
        selector: { matchLabels: { a: 'b' } },
        replicas: one,
        template: { metadata: { labels: { a: 'b' } }, spec: POD },
      },
      { ...POD, volumes: one, nodeSelector: two, tolerations: three },
      { containers: [{ ...CONTAINER, env: one, resources: two, ports: three, livenessProbe: one }], affinity: two },
      {
        schedule: '* * * * *',
        timeZone: one,
        jobTemplate: { spec: { template: { spec: { ...POD, restartPolicy: 'Never' } }, parallelism: two } },
      },
      {
        group: 'x.io',
        scope: 'Namespaced',
        names: { plural: 'as', kind: 'A', singular: one },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', properties: { a: { type: 'string', pattern: '(a+)+$' }, b: two } },
            },
          },
        ],
      },
      { ports: one, selector: two, clusterIP: three, type: 'ClusterIP' },
      { minAvailable: one, selector: { matchExpressions: two } },
    ]
    return {
      apiVersion,
      kind,
      metadata,
      spec: specs[shape],
      ...(shape < 4 ? { data: one } : {}),
      rules: two,
      ...(shape === 3 ? { status: three } : {}),
    }
  })

const patchOperations = fc.array(
  fc.record(
    {
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', '__proto__', ''),
      path: fc.constantFrom(
        '/data',
        '',
        '/metadata/name',
        '/__proto__/x',
        '/constructor/prototype/x',
        '/metadata/labels/~1~0',
        '/spec/-',
        '/a/9999999999',
        'x',
      ),
      from: fc.constantFrom('/data', '', '/__proto__'),
      value,
    },
    { requiredKeys: ['op', 'path'] },
  ),
  { maxLength: 4 },
)

const text = fc.oneof(
  { weight: 6, arbitrary: nearlySound.map((one) => JSON.stringify(one)) },
  { weight: 3, arbitrary: value.map((one) => JSON.stringify(one)) },
  { weight: 2, arbitrary: patchOperations.map((one) => JSON.stringify(one)) },
  { weight: 2, arbitrary: fc.tuple(nearlySound, fc.nat(200)).map(([one, cut]) => JSON.stringify(one).slice(0, cut)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        '',
        '{',
        '[]',
        'null',
        '0',
        '"',
        '{"a":1e999}',
        '{"a":1,"a":2}',
        '[[[[',
        '{"kind":"Pod","kind":"Node"}',
        '- a\n- b',
        'a: &a [*a]',
      ],
      ...[
        'a: &a b\nc: *a',
        '? x',
        '!!js/function x',
        '<<: *x',
        '\u0000',
        '{"__proto__":{"polluted":true}}',
        '[{"op":"add"}]',
      ],
      `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
      `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"data":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`,
      `${'a: {'.repeat(3_000)}`,
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]`,
    ),
  },
)

const body = fc.oneof(
  { weight: 12, arbitrary: text.map((one) => Buffer.from(one)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 60 })
      .map((bytes) => Buffer.concat([Buffer.from([0x6b, 0x38, 0x73, 0]), bytes])),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      Buffer.from('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\xc3\x28\xff"}}', 'latin1'),
    ),
  },
)

/** Where things of a kind are created. */
const HOMES: ReadonlyMap<string, string> = new Map(
  [
    ['ConfigMap', 'configmaps'],
    ['Pod', 'pods'],
    ['Deployment', 'deployments'],
    ['Service', 'services'],
    ['Namespace', 'namespaces'],
    ['Node', 'nodes'],
    ['CronJob', 'cronjobs'],
    ['CustomResourceDefinition', 'customresourcedefinitions'],
    ['Secret', 'secrets'],
    ['PodDisruptionBudget', 'poddisruptionbudgets'],
    ['ClusterRole', 'clusterroles'],
    ['Lease', 'leases'],
  ].map(([kind = '', resource = '']) => [kind, RESOURCES.find((one) => one.endsWith(`/${resource}`)) ?? '']),
)

export const malformed: fc.Arbitrary<RawRequest> = fc
  .record({
    method: fc.constantFrom(...METHODS),
    path,
    query,
    type: fc.constantFrom(...TYPES),
    accept: fc.constantFrom(...ACCEPTS),
    headers: fc.oneof(
      { weight: 3, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(...HEADERS), { maxLength: 2 }) },
    ),
    body,
    aims: fc.boolean(),
  })
  .map(({ method, path: anywhere, query: asked, type, accept, headers, body: content, aims }) => {
    const home = HOMES.get(/"kind":"(\w+)"/.exec(content.toString())?.[1] ?? '')
    const at = !aims || home === undefined ? anywhere : method === 'POST' ? home : `${home}/a`
    const hasBody = method !== 'GET' && method !== 'HEAD'
    const aimed = aims && home !== undefined
    const query = aimed && method === 'POST' ? '' : asked
    const contentType = aimed && method === 'POST' ? 'application/json' : type
    const head = [
      `${method} ${at}${query} HTTP/1.1`,
      'host: x',
      'connection: close',
      ...(accept === '' ? [] : [`accept: ${accept}`]),
      ...headers,
      ...(hasBody ? [`content-type: ${contentType}`, `content-length: ${content.length}`] : []),
    ]
    const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), ...(hasBody ? [content] : [])])
    return { bytes, watches: /watch/.test(at + query) }
  })
