/**
 * Goal: the API server answers as a real kube-apiserver v1.36.2 does: code, object or Status.
 * Method: replay recorded exchanges in order against one server over one etcd member. Values that must differ (uids, versions,
 * generated names, addresses) are learnt from each answer and put into the requests that follow; times, uids and versions are
 * compared by form. Left out, and counted: kinds and subresources that are not served, and what a front end for HTTP does
 * (media types) and other users. What differs for a known reason is listed by that reason.
 */
import { describe, expect, test } from 'vitest'
import { Replay } from './replay.ts'
import { hasTranscripts, WHY_SKIPPED, type Exchange } from './transcripts.ts'

/** Themes, and how many exchanges of each at least are answered alike. */
const THEMES: readonly (readonly [theme: string, same: number])[] = [
  ['lifecycle', 123],
  ['subresources', 128],
  ['admission', 130],
  ['crud', 1019],
  ['updates', 450],
  ['patch', 228],
  ['strict', 66],
  ['validation', 385],
  ['list', 1037],
  ['watch', 226],
  ['crd', 110],
  ['expired', 23],
  ['tables', 211],
]

/** Why an exchange differs, found by its case or by what differs. */
const KNOWN: readonly { readonly why: string; readonly case?: RegExp; readonly differs?: RegExp }[] = [
  {
    why: 'the message tells of a volume that the recorded build alone adds',
    differs:
      /pod updates may not change fields other than|existing ephemeral containers .* may not be changed|is immutable after creation.*@@/,
  },
  { why: 'definitions are settled sooner', case: /^(crd\/(get|get after delete|delete again)|watch custom objects)$/ },
  { why: 'nobody keeps these conditions', case: /^(apiservice|flowschema)[ /]/, differs: /status\.conditions/ },
  { why: 'no conversion webhooks', case: /^conversion webhook unreachable$/ },
  { why: 'API services of definitions are not made', case: /^apiservice$/ },
  { why: 'refusals of names end before the last', differs: /spec\.names\.kind: Invalid value: \\"x y/ },
  { why: 'recorded without a watch cache', case: /^watch from (a compacted revision|revision 1)$/ },
  {
    why: 'not all objects that a server makes for itself are made',
    case: /^((list|fieldSelector) (ipaddress|servicecidr|apiservice|flowschema|prioritylevel|clusterrole\w*) |continue on another path)/,
  },
  { why: 'a patched object is shown with its version', differs: /is invalid: patch: Invalid value/ },
  { why: 'a name that ends in what looks like a generated suffix', differs: /metadata.generateName: Invalid value/ },
  { why: 'an absent list is null in Go and empty here', differs: /\.(endpoints|drivers): undefined ≠ \[\]/ },
  { why: 'labels that only apply had set', case: /before put/, differs: /labels\.l3/ },
  {
    why: 'status fields are not validated',
    differs: /status\.podIP|status\.[pP]hase|loadBalancer\.ingress|Namespace "sub"/,
  },
  { why: 'nobody counts what quotas limit', case: /^(quota|used after)/ },
  { why: 'no webhooks', case: /^(failed calling webhook|dryRun calls it too)/ },
  { why: 'no PodSecurity', case: /pod security/ },
  { why: 'no admission policies', case: /^(policy|parameter|mutated)/ },
  { why: 'deprecated annotations are not looked at', case: /annotation warning/ },
]

const isKnown = (exchange: Exchange, differs: readonly string[]): boolean =>
  KNOWN.some((reason) => {
    if (reason.case !== undefined && !reason.case.test(exchange.case)) return false
    return reason.differs === undefined || differs.some((difference) => reason.differs?.test(difference))
  })

describe.skipIf(!hasTranscripts)(hasTranscripts ? 'recorded answers' : WHY_SKIPPED, () => {
  test.each(THEMES)('theme %s', (theme, least) => {
    const results = new Replay().run(theme)
    const unknown = results
      .filter(({ exchange, differs }) => differs.length > 0 && !isKnown(exchange, differs))
      .map(({ exchange, differs }) => `${exchange.seq} ${exchange.case}\n  ${differs.join('\n  ')}`)
    const same = results.filter(({ differs }) => differs.length === 0).length
    expect(unknown).toEqual([])
    expect(same).toBeGreaterThanOrEqual(least)
  })
})
