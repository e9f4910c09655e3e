import { either } from 'fp-ts'
import type { ApiObject } from '../../events/json.ts'
import { parseFieldSelector, type FieldTerm } from '../../kubernetes/field-selectors.ts'
import { parseLabelSelector } from '../../kubernetes/label-query.ts'
import { fieldSelectorProblem, selectableField, type KindRow } from '../../kubernetes/registry.ts'
import { compileRequirements, type LabelMatch } from '../../kubernetes/selectors.ts'
import { badRequest, isStatus, type Status } from '../../kubernetes/status.ts'
import type { WatchScope } from './watching/watchers.ts'

/** What a list, a watch or a deletecollection asks for, as text. */
export interface SelectionText {
  readonly namespace?: string
  readonly nodeName?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

const NAME = 'metadata.name'
const NAMESPACE = 'metadata.namespace'
const NODE_NAME = 'spec.nodeName'

/**
 * Selectors as a scope: what an index can find by itself, and a predicate for the rest. A Status says what is wrong with them.
 * Source: apiserver/pkg/endpoints/handlers/get.go, ListResource; each kind's GetAttrs.
 */
export const selectionOf = (row: KindRow, text: SelectionText): WatchScope | Status => {
  const { namespace, nodeName, labelSelector = '', fieldSelector = '' } = text
  const given: WatchScope = {
    ...(namespace === undefined || !row.namespaced ? {} : { namespace }),
    ...(nodeName === undefined || row.kind !== 'Pod' ? {} : { nodeName }),
  }
  if (labelSelector === '' && fieldSelector === '') return given
  const labels = labelMatch(labelSelector)
  if (isStatus(labels)) return labels
  const terms = fieldTerms(row, fieldSelector)
  if (isStatus(terms)) return terms
  return narrow(given, row, labels, terms)
}

const labelMatch = (text: string): LabelMatch | Status | undefined => {
  if (text === '') return undefined
  const parsed = parseLabelSelector(text)
  return either.isLeft(parsed) ? badRequest(parsed.left) : compileRequirements(parsed.right)
}

const fieldTerms = (row: KindRow, text: string): readonly FieldTerm[] | Status => {
  const parsed = parseFieldSelector(text)
  if (either.isLeft(parsed)) return badRequest(parsed.left)
  for (const { field } of parsed.right) {
    const problem = fieldSelectorProblem(row, field)
    if (problem !== undefined) return badRequest(problem)
  }
  return parsed.right
}

/** Takes out of the terms what a scope says by itself, as far as it says nothing else. */
const narrow = (
  given: WatchScope,
  row: KindRow,
  labels: LabelMatch | undefined,
  terms: readonly FieldTerm[],
): WatchScope => {
  let { namespace, name, nodeName } = given
  const rest: FieldTerm[] = []
  for (const term of terms) {
    const { field, equal, value } = term
    if (equal && field === NAME && name === undefined) name = value
    else if (equal && field === NAMESPACE && row.namespaced && namespace === undefined) namespace = value
    else if (equal && field === NODE_NAME && row.kind === 'Pod' && nodeName === undefined) nodeName = value
    else rest.push(term)
  }
  const matches = predicate(row, labels, rest)
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(matches === undefined ? {} : { matches }),
  }
}

const predicate = (
  row: KindRow,
  labels: LabelMatch | undefined,
  terms: readonly FieldTerm[],
): ((object: ApiObject) => boolean) | undefined => {
  if (terms.length === 0) return labels === undefined ? undefined : (object) => labels(object.metadata.labels)
  const fields = (object: ApiObject): boolean =>
    terms.every(({ field, equal, value }) => ((selectableField(row, object, field) ?? '') === value) === equal)
  return labels === undefined ? fields : (object) => labels(object.metadata.labels) && fields(object)
}
