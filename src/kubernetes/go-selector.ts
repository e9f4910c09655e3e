/** A selector in messages that print it with `%v`. Source: apimachinery/pkg/apis/meta/v1/generated.pb.go, String (v1.36). */
import type { Draft } from './draft.ts'
import type { LabelSelector } from './types/meta.ts'

/** As Go's generated `String()` writes a selector. */
export function goSelector(selector: Draft<LabelSelector> | undefined): string {
  if (selector === undefined) return 'nil'
  const { matchLabels = {}, matchExpressions = [] } = selector
  const labels = Object.keys(matchLabels).sort()
  const pairs = labels.map((key) => `${key}: ${matchLabels[key] ?? ''},`)
  const requirements = matchExpressions.map(
    ({ key = '', operator = '', values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  const expressions = `[]LabelSelectorRequirement{${requirements.join('')}}`
  return `&LabelSelector{MatchLabels:map[string]string{${pairs.join('')}},MatchExpressions:${expressions},}`
}
