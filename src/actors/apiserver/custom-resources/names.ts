import { setCondition } from '../../../kubernetes/conditions.ts'
import { approvalCondition } from '../../../kubernetes/custom-resources/approval.ts'
import {
  hasCondition,
  type DefinedNames,
  type Definition,
  type DefinitionStatus,
} from '../../../kubernetes/custom-resources/definition.ts'
import type { Condition } from '../../../kubernetes/types/meta.ts'

/**
 * The names that a definition may use, beside those that others of its group have taken, and what that makes of it.
 * Source: apiextensions-apiserver/pkg/controller/status/naming_controller.go, calculateNamesAndConditions (v1.36).
 */
export const namedStatus = (definition: Definition, others: readonly Definition[], now: string): DefinitionStatus => {
  const requested = definition.spec.names
  const before = definition.status?.acceptedNames
  const taken = takenNames(definition, others)
  const conflicts: Condition[] = []
  const accept = (name: string | undefined, old: string | undefined, reason: string): string | undefined => {
    if (name === undefined || name === '' || !taken.resources.has(name)) return name
    conflicts.push(notAccepted(reason, name))
    return old
  }
  const acceptKind = (name: string | undefined, old: string | undefined, reason: string): string | undefined => {
    if (name === undefined || !taken.kinds.has(name)) return name
    conflicts.push(notAccepted(reason, name))
    return old
  }
  const plural = accept(requested.plural, before?.plural, 'PluralConflict') ?? ''
  const singular = accept(requested.singular, before?.singular, 'SingularConflict')
  const clash = (requested.shortNames ?? []).find((name) => taken.resources.has(name))
  if (clash !== undefined) conflicts.push(notAccepted('ShortNamesConflict', clash))
  const shortNames = clash === undefined ? requested.shortNames : before?.shortNames
  const kind = acceptKind(requested.kind, before?.kind, 'KindConflict') ?? ''
  const listKind = acceptKind(requested.listKind, before?.listKind, 'ListKindConflict')
  const acceptedNames: DefinedNames = {
    plural,
    ...(singular === undefined || singular === '' ? {} : { singular }),
    ...(shortNames === undefined ? {} : { shortNames }),
    kind,
    ...(listKind === undefined ? {} : { listKind }),
    ...(requested.categories === undefined ? {} : { categories: requested.categories }),
  }
  const accepted = conflicts[conflicts.length - 1] ?? ACCEPTED
  let conditions = setCondition(definition.status?.conditions, accepted, now)
  if (!hasCondition(definition, 'Established')) {
    conditions = setCondition(conditions, conflicts.length === 0 ? INSTALLING : NOT_ACCEPTED, now)
  }
  return { ...definition.status, conditions, acceptedNames }
}

const ACCEPTED: Condition = {
  type: 'NamesAccepted',
  status: 'True',
  reason: 'NoConflicts',
  message: 'no conflicts found',
}
const INSTALLING: Condition = {
  type: 'Established',
  status: 'False',
  reason: 'Installing',
  message: 'the initial names have been accepted',
}
const NOT_ACCEPTED: Condition = {
  type: 'Established',
  status: 'False',
  reason: 'NotAccepted',
  message: 'not all names are accepted',
}

const notAccepted = (reason: string, name: string): Condition => ({
  type: 'NamesAccepted',
  status: 'False',
  reason,
  message: `${JSON.stringify(name)} is already in use`,
})

/** What the other definitions of the group have been given. */
const takenNames = (
  { metadata, spec }: Definition,
  others: readonly Definition[],
): { readonly resources: ReadonlySet<string>; readonly kinds: ReadonlySet<string> } => {
  const resources = new Set<string>()
  const kinds = new Set<string>()
  for (const other of others) {
    const names = other.status?.acceptedNames
    if (other.metadata.name === metadata.name || other.spec.group !== spec.group || names === undefined) continue
    for (const name of [names.plural, names.singular ?? '', ...(names.shortNames ?? [])]) resources.add(name)
    kinds.add(names.kind)
    kinds.add(names.listKind ?? '')
  }
  resources.delete('')
  kinds.delete('')
  return { resources, kinds }
}

/** With the condition that definitions in the project's own groups have. */
export const approvedOrNot = (definition: Definition, now: string): Definition => {
  const condition = approvalCondition(definition)
  if (condition === undefined) return definition
  const { status } = definition
  return { ...definition, status: { ...status, conditions: setCondition(status?.conditions, condition, now) } }
}

/** Its names are accepted, so it is served. Source: establish/establishing_controller.go. */
export const establishedStatus = (definition: Definition, now: string): DefinitionStatus => {
  const condition: Condition = { ...INSTALLING, status: 'True', reason: 'InitialNamesAccepted' }
  return { ...definition.status, conditions: setCondition(definition.status?.conditions, condition, now) }
}

export const terminatingStatus = (
  definition: Definition,
  reason: string,
  message: string,
  now: string,
): DefinitionStatus => {
  const condition: Condition = { type: 'Terminating', status: 'True', reason, message }
  return { ...definition.status, conditions: setCondition(definition.status?.conditions, condition, now) }
}
