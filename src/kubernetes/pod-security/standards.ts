import type { Labels } from '../types/meta.ts'
import { FieldErrors, type FieldError } from '../validation/field-error.ts'
import { BASELINE } from './baseline.ts'
import { RESTRICTED } from './restricted.ts'
import type { Check, Subject, Violation } from './subject.ts'

export type Level = 'privileged' | 'baseline' | 'restricted'

/** A level of the Pod Security Standards as of a minor version. */
export interface LevelVersion {
  readonly level: Level
  readonly version: number | 'latest'
}

/** What a namespace says of its Pods. */
export interface PodSecurityPolicy {
  readonly enforce: LevelVersion
  readonly audit: LevelVersion
  readonly warn: LevelVersion
}

const PREFIX = 'pod-security.kubernetes.io/'
const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted']
const MODES = ['enforce', 'audit', 'warn'] as const
const PRIVILEGED: LevelVersion = { level: 'privileged', version: 'latest' }

const parseLevel = (text: string): Level | undefined => LEVELS.find((level) => level === text)

const parseVersion = (text: string): number | 'latest' | undefined => {
  if (text === 'latest') return text
  const minor = /^v1\.(0|[1-9]\d*)$/.exec(text)?.[1]
  return minor === undefined ? undefined : Number(minor)
}

/**
 * Source: pod-security-admission/api/helpers.go, PolicyToEvaluate (v1.36): what is enforced is also warned of, unless the
 * namespace says otherwise. A value that cannot be read counts as the strictest.
 */
export function policyOf(labels: Labels): PodSecurityPolicy {
  const read = (mode: string): LevelVersion | undefined => {
    const level = labels[PREFIX + mode]
    const version = labels[`${PREFIX}${mode}-version`]
    if (level === undefined && version === undefined) return undefined
    return {
      level: level === undefined ? 'privileged' : (parseLevel(level) ?? 'restricted'),
      version: version === undefined ? 'latest' : (parseVersion(version) ?? 'latest'),
    }
  }
  const enforce = read('enforce') ?? PRIVILEGED
  return {
    enforce,
    audit: read('audit') ?? PRIVILEGED,
    warn: read('warn') ?? (enforce === PRIVILEGED ? PRIVILEGED : enforce),
  }
}

/** What is wrong with a namespace's labels. */
export function policyLabelErrors(labels: Labels): readonly FieldError[] {
  const errors = new FieldErrors()
  for (const mode of MODES) {
    const level = labels[PREFIX + mode]
    if (level !== undefined && parseLevel(level) === undefined) {
      errors.invalid(`metadata.labels[${PREFIX}${mode}]`, level, `must be one of ${LEVELS.join(', ')}`)
    }
    const version = labels[`${PREFIX}${mode}-version`]
    if (version !== undefined && parseVersion(version) === undefined) {
      errors.invalid(`metadata.labels[${PREFIX}${mode}-version]`, version, 'must be "latest" or "v1.x"')
    }
  }
  return errors.list
}

/** `restricted:latest`. */
export const levelText = ({ level, version }: LevelVersion): string =>
  `${level}:${version === 'latest' ? version : `v1.${version}`}`

export const isSameLevel = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.version === b.version

/** Whether `next` may refuse what `before` let through. Source: admission/admission.go, ValidateNamespace. */
export const isStricter = (next: LevelVersion, before: LevelVersion): boolean =>
  next.level !== 'privileged' &&
  !isSameLevel(next, before) &&
  !(next.version === before.version && LEVELS.indexOf(next.level) < LEVELS.indexOf(before.level))

/** Everything wrong with a Pod at a level, in upstream's order. Source: policy/registry.go, EvaluatePod. */
export function violations({ level, version }: LevelVersion, subject: Subject): readonly Violation[] {
  if (level === 'privileged') return []
  const isIn = ({ since }: Check): boolean => version === 'latest' || since <= version
  const restricted = level === 'restricted' ? RESTRICTED.filter(isIn) : []
  const overridden = new Set(restricted.flatMap(({ overrides = [] }) => overrides))
  const checks = [...BASELINE.filter((check) => isIn(check) && !overridden.has(check.id)), ...restricted]
  return checks.flatMap((check) => check.run(subject) ?? [])
}

/** `privileged (container "c" must not …), host namespaces (hostPID=true)`. */
export const violationText = (found: readonly Violation[]): string =>
  found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
