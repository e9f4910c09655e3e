/**
 * Goal: what people write in files is read as kubectl reads it, and whatever is wrong is found with its line.
 * Method: small files with one mistake each, and texts at random.
 */
import { either } from 'fp-ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkManifest, formatProblem } from '../../../src/kubernetes/manifest-check.ts'
import { locate, parseManifests, type Manifest } from '../../../src/kubernetes/manifest.ts'

function read(text: string): readonly Manifest[] {
  const parsed = parseManifests(text, 'app.yaml')
  if (either.isLeft(parsed)) throw new Error(parsed.left.map(formatProblem).join('\n'))
  return parsed.right
}
const refused = (text: string): readonly string[] => {
  const parsed = parseManifests(text, 'app.yaml')
  return either.isLeft(parsed) ? parsed.left.map(formatProblem) : []
}
const problemsOf = (text: string): readonly string[] =>
  read(text)
    .flatMap((manifest) => checkManifest(manifest))
    .map(formatProblem)

const DEPLOYMENT = `# the shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: c
          image: nginx:1
          ports:
            - containerPort: 80
`

describe('reading', () => {
  test('several documents and lists become single objects with their lines', () => {
    const text = `${DEPLOYMENT}---\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n`
    expect(read(text).map(({ kind, line, row }) => [kind, line, row?.resource])).toEqual([
      ['Deployment', 2, 'deployments'],
      ['ConfigMap', 24, 'configmaps'],
      ['Secret', 27, 'secrets'],
    ])
  })

  test('items of a typed list are of its kind', () => {
    expect(read('{"apiVersion":"v1","kind":"PodList","items":[{"metadata":{"name":"p"}}]}')[0]).toMatchObject({
      kind: 'Pod',
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
    })
  })

  test('a kind that is not served is returned as unknown', () => {
    expect(read('apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}')[0]?.row).toBeUndefined()
    expect(problemsOf('apiVersion: example.com/v1\nkind: Widget\nspec: {anything: [1]}')).toEqual([])
  })

  test('scalars are those of YAML 1.1 as Go reads it', () => {
    const data = 'a: 2024-01-01, b: 12:30, c: "1", d: 0644, e: yes, f: ~, g: 1e3'
    const [first] = read(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {${data}}`)
    expect(first?.object['data']).toEqual({ a: '2024-01-01', b: '12:30', c: '1', d: 420, e: true, f: null, g: 1000 })
  })

  test('anchors and merge keys are followed', () => {
    const [first] = read('apiVersion: v1\nkind: ConfigMap\nx: &base {a: "1"}\ndata: {<<: *base, b: "2"}')
    expect(first?.object['data']).toEqual({ a: '1', b: '2' })
  })

  test.each([
    ['a: [', 'app.yaml:1:5: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['kind: Pod\nkind: Pod', 'app.yaml:2:1: Map keys must be unique'],
    ['- x', 'app.yaml:1:1: expected an object with apiVersion, kind and metadata'],
    ['metadata: {}', 'app.yaml:1:1: kind: is required'],
    ['kind: Pod', 'app.yaml:1:1: apiVersion: is required'],
  ])('%j is refused with its place', (text, problem) => {
    expect(refused(text)).toContain(problem)
  })

  test('aliases without end are refused', () => {
    const bomb = `a0: &a0 [x]\n${[1, 2, 3, 4, 5]
      .map(
        (i) =>
          `a${i}: &a${i} [${Array(9)
            .fill(`*a${i - 1}`)
            .join(', ')}]`,
      )
      .join('\n')}`
    expect(refused(bomb)[0]).toContain('Excessive alias count')
  })

  test('no text makes reading fail', () => {
    const pieces = fc.constantFrom(
      'kind: Pod',
      'a: ',
      '- ',
      '{',
      '}',
      '[',
      '&x ',
      '*x',
      '\n',
      '  ',
      '---\n',
      '"',
      '!!binary x',
      '\t',
      ': ',
      '<<: ',
    )
    fc.assert(
      fc.property(
        fc.array(pieces).map((parts) => parts.join('')),
        (text) => {
          const parsed = parseManifests(text, 'f')
          if (either.isRight(parsed)) for (const manifest of parsed.right) checkManifest(manifest)
          else for (const { line, column } of parsed.left) expect(Math.min(line, column)).toBeGreaterThan(0)
        },
      ),
    )
  })
})

describe('checking', () => {
  test('a good manifest has nothing to be said of', () => {
    expect(problemsOf(DEPLOYMENT)).toEqual([])
  })

  test('a Job needs no uid: the server gives it one before it looks', () => {
    const template = '{spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}}'
    expect(
      problemsOf(`apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec: {template: ${template}}`),
    ).toEqual([])
  })

  test.each([
    ['replicas: 2', 'replicas: two', 'app.yaml:7:3: spec.replicas: expected integer, found string'],
    [
      'containerPort: 80',
      'containerPort: "80"',
      'app.yaml:18:15: spec.template.spec.containers[0].ports[0].containerPort: expected integer, found string',
    ],
    ['replicas: 2', 'replica: 2', 'app.yaml:7:3: spec.replica: unknown field'],
    ['image: nginx:1', '#', 'app.yaml:15:11: spec.template.spec.containers[0].image: Required value'],
    [
      'matchLabels: {app: web}',
      'matchLabels: {app: shop}',
      'app.yaml:12:7: spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      'containerPort: 80',
      'containerPort: 80000',
      'app.yaml:18:15: spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 80000: must be between 1 and 65535, inclusive',
    ],
  ])('%s → %s', (good, bad, problem) => {
    expect(problemsOf(DEPLOYMENT.replace(good, bad))).toContain(problem)
  })

  test('what is missing is shown at the part that lacks it', () => {
    const [manifest] = read(DEPLOYMENT)
    if (manifest === undefined) throw new Error('one object was written')
    expect(locate(manifest, 'spec.template.spec.containers[0].livenessProbe.httpGet')).toEqual({ line: 15, column: 11 })
    expect(locate(manifest, ['spec', 'strategy']).line).toBe(6)
    expect(locate(manifest, 'status').line).toBe(2)
  })

  test('a mistake inside a list is found in the list’s file', () => {
    const text =
      'kind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: s}\n  spec:\n    ports:\n    - port: 0\n'
    expect(problemsOf(text)[0]).toMatch(/^app.yaml:9:7: spec.ports\[0\].port: Invalid value: 0/)
  })
})
