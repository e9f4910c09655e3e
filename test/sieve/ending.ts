/** How a small world ended, without what may be otherwise each time: generated names, uids, versions, times. */
import type { ApiObject } from '../../src/events/json.ts'
import { canonicalJson } from '../../src/kubernetes/hash.ts'
import type { Kind } from '../../src/kubernetes/kinds.ts'
import type { Stage } from './stage.ts'
import type { SmallWorld } from './world.ts'

/** What is no end of anything: who leads, who renews, what was reported. */
const NOT_AN_END: ReadonlySet<Kind> = new Set<Kind>(['Event', 'Lease'])

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g

/** Of another object, as references name it. */
const VERSION = /"resourceVersion":"\d+",?/g

/** All objects as texts, in order. */
export const ending = (stage: Stage, { outcome = (object) => object }: SmallWorld): readonly string[] => {
  const labels = [...stage.truth.ever.values()].flatMap(labelsOf)
  // Longer ones first: one may be part of another.
  labels.sort(([a], [b]) => b.length - a.length)
  const last = new Map<string, ApiObject>()
  for (const { kind, key, object } of stage.truth.history) {
    if (NOT_AN_END.has(kind)) continue
    if (object === undefined) last.delete(`${kind}/${key}`)
    else last.set(`${kind}/${key}`, object)
  }
  return [...last.values()]
    .map((object) => outcome(object))
    .filter((object) => object !== undefined)
    .map((object) => {
      let text = canonicalJson(withoutVersions(object))
      for (const [name, label] of labels) text = text.replaceAll(name, label)
      return text.replaceAll(TIME, 'T').replaceAll(VERSION, '')
    })
    .sort()
}

const labelsOf = (object: ApiObject): readonly (readonly [string, string])[] => {
  const { uid, name, generateName } = object.metadata
  if (generateName === undefined) return [[uid, `uid of ${object.kind} ${name}`]]
  return [
    [uid, `uid of ${object.kind} ${generateName}*`],
    [name, `${generateName}*`],
  ]
}

const withoutVersions = (object: unknown): unknown => {
  const { metadata, status, ...rest } = object as ApiObject & { readonly status?: object }
  const { resourceVersion: _version, generation: _generation, ...kept } = metadata
  const { observedGeneration: _observed, ...told } = (status ?? {}) as { readonly observedGeneration?: number }
  return { ...rest, metadata: kept, status: told }
}

/** What one ending has that the other has not; undefined when they are the same. */
export const difference = (expected: readonly string[], actual: readonly string[]): string | undefined => {
  const missing = without(expected, actual)
  const surplus = without(actual, expected)
  if (missing.length === 0 && surplus.length === 0) return undefined
  return ['the end is another one', ...missing.map((one) => `- ${one}`), ...surplus.map((one) => `+ ${one}`)].join('\n')
}

const without = (all: readonly string[], taken: readonly string[]): readonly string[] => {
  const left = [...taken]
  return all.filter((one) => {
    const at = left.indexOf(one)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
