/**
 * Goal: server-side apply does what a real kube-apiserver v1.36.2 does, and every write leaves the same managedFields.
 * Method: replay recorded exchanges in order against one server that tracks fields; compare code, object or Status, and
 * managedFields field by field (sorted as the recordings say; times by form). Left out, and not counted: kinds that are not
 * served, definitions of custom resources, and what is a front end's (the words of YAML parsers).
 */
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ControlPlane } from '../scenarios/apiserver/control-plane.ts'
import { seconds } from '../../src/events/time.ts'
import { customRowByResource } from '../../src/kubernetes/custom-resources/rows.ts'
import { bodyOf, callOf, queryOf, targetOf, type Target } from './api-server.ts'
import { exchangesOf, hasTranscripts, WHY_SKIPPED, type Exchange } from './transcripts.ts'
import { outcomeDifferences, Translation } from './translation.ts'

type Json = Record<string, unknown>

/** Themes, and how many exchanges of each at least are answered alike. */
const THEMES: readonly (readonly [theme: string, same: number])[] = [
  ['ssa', 103],
  ['patch', 228],
  ['crud', 679],
]

/** Why an exchange differs, found by what differs. */
const KNOWN: readonly { readonly why: string; readonly differs: RegExp }[] = [
  { why: 'a patched object is shown with its members in another order', differs: /is invalid: patch: Invalid value/ },
  { why: 'an absent list is null in Go and empty here', differs: /^\.(endpoints|spec\.drivers): undefined ≠ \[\]/ },
  { why: 'certificates of callers are not part of these requests', differs: /credential-id/ },
  { why: 'no controller looks at APIServices here', differs: /ServiceNotFound|kube-apiserver Update apiregistration/ },
  { why: 'no controller looks at FlowSchemas here', differs: /Dangling|api-priority-and-fairness/ },
  { why: 'a Status of another group’s version names no group', differs: /details\.group: "events\.k8s\.io"/ },
  { why: 'status fields of Services are not validated', differs: /status\.loadBalancer\.ingress/ },
]

const isKnown = (differs: readonly string[]): boolean =>
  KNOWN.some((reason) => differs.some((difference) => reason.differs.test(difference)))

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const applied = ({ request }: Exchange): boolean => /apply-patch/.test(request.headers?.['content-type'] ?? '')

/** The body that a front end reads: an apply's is YAML, of whose equal keys the last counts. */
const bodyFor = ({ request }: Exchange): unknown =>
  request.bodyText === undefined ? request.body : parse(request.bodyText, { uniqueKeys: false })

const isReplayed = (exchange: Exchange): boolean => {
  const { method, path, headers = {}, body, bodyText } = exchange.request
  if (path.includes('/customresourcedefinitions')) return method === 'POST'
  const plain = (headers['accept'] ?? 'application/json') === 'application/json'
  if (method === 'GET' && (!plain || /[?&](watch|resourceVersionMatch|continue|limit)=/.test(path))) return false
  if (exchange.response.body === undefined || exchange.case === 'malformed') return false
  if (applied(exchange)) return true
  return method === 'GET' || method === 'DELETE' || (body !== undefined && bodyText === undefined)
}

const entriesOf = (body: unknown): readonly Json[] => {
  const metadata = isObject(body) && isObject(body['metadata']) ? body['metadata'] : {}
  return Array.isArray(metadata['managedFields']) ? (metadata['managedFields'] as Json[]) : []
}

const FORM = ['manager', 'operation', 'apiVersion', 'subresource'] as const

/** One line for each field of each entry; a time counts only by its being there. */
const claims = (body: unknown): readonly string[] =>
  entriesOf(body)
    .flatMap((entry) => {
      const head = FORM.map((key) => String(entry[key] ?? '')).join(' ')
      return [
        `${head} ${entry['time'] === undefined ? 'without time' : 'with time'}`,
        ...paths(entry['fieldsV1'], head),
      ]
    })
    .sort()

const paths = (set: unknown, at: string): readonly string[] =>
  isObject(set) ? Object.keys(set).flatMap((key) => [`${at} ${key}`, ...paths(set[key], `${at} ${key}`)]) : []

/** The collection of custom resources that a path names. */
function customTarget(plane: ControlPlane, path: string): Target | undefined {
  const [, group = '', version = '', , namespace, resource = '', name, subresource] =
    /^\/apis\/([^/]+)\/([^/]+)\/(namespaces\/([^/]+)\/)?([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      path.split('?')[0] ?? '',
    ) ?? []
  const row = customRowByResource(plane.objects.at(plane.objects.head), group, resource, version)
  return row && { row, namespace, name, subresource }
}

interface Replayed {
  readonly differs: readonly string[]
}

const replay = (plane: ControlPlane, exchange: Exchange, translation: Translation): Replayed | undefined => {
  const { request, response } = exchange
  const path = translation.ofText(request.path)
  const target = targetOf(path) ?? customTarget(plane, path)
  if (target === undefined || !isReplayed(exchange)) return undefined
  const sent: Exchange = { ...exchange, request: { ...request, path } }
  const call = callOf(sent, target, translation.ofBody(bodyFor(exchange)))
  const query = queryOf(path)
  const agent = (request.headers?.['user-agent'] ?? '').split('/')[0]
  const isApply = applied(exchange)
  const answer = plane.call({
    ...call,
    patchType: isApply ? 'apply' : call.patchType,
    options: {
      ...call.options,
      fieldManager: query.get('fieldManager') ?? (isApply ? undefined : agent),
      force: query.has('force') ? query.get('force') !== 'false' && query.get('force') !== '0' : undefined,
    },
  })
  const body = bodyOf(plane, target, call, answer)
  if (path.includes('/customresourcedefinitions')) {
    // Until it is established, as the recorder waited, too.
    plane.run(seconds(10))
    return undefined
  }
  translation.learn(response.body, body)
  if (String(response.body?.['kind'] ?? '').endsWith('List')) {
    return { differs: outcomeDifferences({ code: response.code, body: {} }, { code: answer.code, body: {} }) }
  }
  const want = { code: response.code, body: translation.normal(response.body) }
  const differs = outcomeDifferences(want, { code: answer.code, body: translation.normal(body) })
  const [wanted, got] = [claims(response.body), claims(body)]
  return {
    differs: [
      ...differs,
      ...wanted.filter((text) => !got.includes(text)).map((text) => `managedFields lack ${text}`),
      ...got.filter((text) => !wanted.includes(text)).map((text) => `managedFields have ${text}`),
    ],
  }
}

describe.skipIf(!hasTranscripts)(hasTranscripts ? 'recorded applies' : WHY_SKIPPED, () => {
  test.each(THEMES)('theme %s', (theme, least) => {
    const plane = new ControlPlane({ apiServer: { managedFields: 'tracked' } })
    const translation = new Translation()
    const differing: string[] = []
    let same = 0
    for (const exchange of exchangesOf(theme)) {
      const result = replay(plane, exchange, translation)
      if (result === undefined) continue
      if (result.differs.length === 0) same++
      else if (!isKnown(result.differs))
        differing.push(`${exchange.seq} ${exchange.case}\n  ${result.differs.join('\n  ')}`)
    }
    expect(differing).toEqual([])
    expect(same).toBeGreaterThanOrEqual(least)
  })
})
