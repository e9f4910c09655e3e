/**
 * Goal: the API server answers as a real kube-apiserver v1.36.2 does: code, object or Status.
 * Method: replay recorded exchanges in order against one server over one etcd member. Values that must differ (uids, versions,
 * generated names, addresses) are learnt from each answer and put into the requests that follow; times, uids and versions are
 * compared by form. Left out, and counted: kinds and subresources that are not served, and what a front end for HTTP does
 * (media types, paging, watches, apply). What differs for a known reason is listed by that reason.
 */
import { describe, expect, test } from 'vitest'
import { ControlPlane } from '../scenarios/apiserver/control-plane.ts'
import { bodyOf, callOf, targetOf } from './api-server.ts'
import { exchangesOf, hasTranscripts, WHY_SKIPPED, type Exchange } from './transcripts.ts'
import { outcomeDifferences, Translation } from './translation.ts'

/** Themes, and how many exchanges of each at least are answered alike. */
const THEMES: readonly (readonly [theme: string, same: number])[] = [
  ['lifecycle', 111],
  ['subresources', 67],
  ['admission', 65],
  ['crud', 234],
  ['updates', 185],
  ['patch', 226],
  ['strict', 56],
  ['validation', 197],
  ['list', 76],
  ['tables', 47],
]

/** Why an exchange differs, found by its case or by what differs. */
const KNOWN: readonly { readonly why: string; readonly case?: RegExp; readonly differs?: RegExp }[] = [
  { why: 'the message ends in a dump of Go structures', differs: /pod updates may not change fields other than/ },
  { why: 'a patched object is shown with its members in another order', differs: /is invalid: patch: Invalid value/ },
  { why: 'a name that ends in what looks like a generated suffix', differs: /metadata.generateName: Invalid value/ },
  { why: 'an absent list is null in Go and empty here', differs: /^\.endpoints: undefined ≠ \[\]/ },
  { why: 'labels that only apply had set', case: /before put/, differs: /labels\.l3/ },
  { why: 'the deprecated collection `bindings` is not served', differs: /spec\.nodeName: "n3"/ },
  {
    why: 'status fields are not validated',
    differs: /status\.podIP|status\.[pP]hase|loadBalancer\.ingress|Namespace "sub"/,
  },
  { why: 'kinds that quota and limits need are not served', case: /^(limit range|pod maximum|quota)/ },
  { why: 'LimitRange is not served', differs: /limit-ranger/ },
  { why: 'no PodSecurity', case: /pod security/ },
  { why: 'no admission policies', case: /^(policy|parameter|mutated)/ },
  { why: 'deprecated annotations are not looked at', case: /annotation warning/ },
  { why: 'one family of addresses', differs: /not configured (on this cluster|for dual-stack)/ },
]

const isReplayed = ({ request, response }: Exchange): boolean => {
  const { method, path, headers = {}, body } = request
  const accept = headers['accept'] ?? 'application/json'
  if (
    method === 'GET' &&
    (accept !== 'application/json' || /[?&](watch|resourceVersionMatch|continue|limit)=/.test(path))
  ) {
    return false
  }
  if (/apply-patch/.test(headers['content-type'] ?? '') || response.body === undefined) return false
  return method === 'GET' || method === 'DELETE' || body !== undefined
}

/** Sends one exchange to the server and tells how its answer differs; undefined when the exchange is left out. */
const replay = (plane: ControlPlane, exchange: Exchange, translation: Translation): readonly string[] | undefined => {
  const { request, response } = exchange
  const path = translation.ofText(request.path)
  const target = targetOf(path)
  if (target === undefined || !isReplayed(exchange)) return undefined
  const sent: Exchange = { ...exchange, request: { ...request, path } }
  const answer = plane.call(callOf(sent, target, translation.ofBody(request.body)))
  const body = bodyOf(plane, target, answer)
  translation.learn(response.body, body)
  const isList = String(response.body?.['kind'] ?? '').endsWith('List')
  if (isList) return outcomeDifferences({ code: response.code, body: {} }, { code: answer.code, body: {} })
  const want = { code: response.code, body: translation.normal(response.body) }
  return outcomeDifferences(want, { code: answer.code, body: translation.normal(body) })
}

const isKnown = (exchange: Exchange, differs: readonly string[]): boolean =>
  KNOWN.some((reason) => {
    if (reason.case !== undefined && !reason.case.test(exchange.case)) return false
    return reason.differs === undefined || differs.some((difference) => reason.differs?.test(difference))
  })

describe.skipIf(!hasTranscripts)(hasTranscripts ? 'recorded answers' : WHY_SKIPPED, () => {
  test.each(THEMES)('theme %s', (theme, least) => {
    const plane = new ControlPlane()
    const translation = new Translation()
    const unknown: string[] = []
    let same = 0
    for (const exchange of exchangesOf(theme)) {
      const differs = replay(plane, exchange, translation)
      if (differs === undefined) continue
      if (differs.length === 0) same++
      else if (!isKnown(exchange, differs)) unknown.push(`${exchange.seq} ${exchange.case}\n  ${differs.join('\n  ')}`)
    }
    expect(unknown).toEqual([])
    expect(same).toBeGreaterThanOrEqual(least)
  })
})
