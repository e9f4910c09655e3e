/**
 * Goal: the API server answers as a real kube-apiserver v1.36.2 does: code, object or Status.
 * Method: replay recorded exchanges in order against one server over one etcd member. Values that must differ (uids, versions,
 * generated names, addresses) are learnt from each answer and put into the requests that follow; times, uids and versions are
 * compared by form. Left out, and counted: kinds that are not served, apply, watches, other media types.
 */
import { expect, test } from 'vitest'
import { ControlPlane } from '../scenarios/apiserver/control-plane.ts'
import { bodyOf, callOf, targetOf } from './api-server.ts'
import { outcomeDifferences, Translation } from './translation.ts'
import { exchangesOf, hasTranscripts, WHY_SKIPPED, type Exchange } from './transcripts.ts'

/** Exchanges that differ, by theme and number, and why. */
const KNOWN: Readonly<Record<string, Readonly<Record<number, string>>>> = {}

const isReplayed = ({ request, response }: Exchange): boolean => {
  const { method, path, headers = {}, body } = request
  if (
    method === 'GET' &&
    (/[?&]watch=/.test(path) || (headers['accept'] !== undefined && !/^application\/json$/.test(headers['accept'])))
  )
    return false
  if (path.includes('fieldManager=') && (headers['content-type'] ?? '').includes('apply')) return false
  if (/apply-patch/.test(headers['content-type'] ?? '')) return false
  if (/resourceVersionMatch=|continue=|[?&]limit=/.test(path)) return false
  if (response.body === undefined) return false
  return method === 'GET' || method === 'DELETE' || body !== undefined
}

test
  .skipIf(!hasTranscripts)
  .each([
    'lifecycle',
    'subresources',
    'admission',
    'crud',
    'updates',
    'patch',
    'strict',
    'validation',
    'list',
    'errors',
    'tables',
  ])(hasTranscripts ? 'theme %s' : WHY_SKIPPED, (theme) => {
  const plane = new ControlPlane({ apiServer: { masters: ['system:apiserver', 'alice'] } })
  const translation = new Translation()
  const different: string[] = []
  let same = 0
  let left = 0
  for (const exchange of exchangesOf(theme)) {
    const target = targetOf(exchange.request.path)
    if (target === undefined || !isReplayed(exchange)) {
      left++
      continue
    }
    const path = translation.ofText(exchange.request.path)
    const translated = { ...exchange, request: { ...exchange.request, path } }
    const actual = targetOf(path) ?? target
    const answer = plane.call(callOf(translated, actual, translation.ofBody(exchange.request.body)))
    const body = bodyOf(plane, actual, answer)
    const recorded = exchange.response
    translation.learn(recorded.body, body)
    const isList = String(recorded.body?.['kind'] ?? '').endsWith('List')
    const want = { code: recorded.code, body: isList ? undefined : translation.normal(recorded.body) }
    const got = { code: answer.code, body: isList ? undefined : translation.normal(body) }
    const differs = outcomeDifferences(want, got)
    if (differs.length === 0) same++
    else if (KNOWN[theme]?.[exchange.seq] === undefined) {
      different.push(`${exchange.seq} ${exchange.case}\n    ${differs.join('\n    ')}`)
    }
  }
  console.log(theme, { same, left, different: different.length })
  expect(different.slice(0, 400)).toEqual([])
  expect(same).toBeGreaterThan(30)
})
