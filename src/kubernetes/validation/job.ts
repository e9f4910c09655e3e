/**
 * Jobs.
 *
 * Source: pkg/apis/batch/validation/validation.go; pkg/registry/batch/job/strategy.go (v1.36); errors come in their order.
 */
import type { PodTemplateSpec } from '../types/pod.ts'
import type { Job, JobSpec } from '../types/workloads.ts'
import type { Draft } from '../draft.ts'
import { sameJson } from '../hash.ts'
import { isDNS1123Label, isDNS1123Subdomain } from '../syntax.ts'
import { IMMUTABLE, type FieldErrors } from './field-error.ts'
import { shownInternally } from './internal/value.ts'
import { validatePodFailurePolicy, validatePodReplacementPolicy, validateSuccessPolicy } from './job-policies.ts'
import { isUsableSelector, validateLabelSelector } from './labels.ts'
import { subdomainName, validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { validateTemplateLabels } from './pod-template.ts'
import { validatePodTemplate } from './pod/pod-spec.ts'
import { compileLabelSelector } from '../selectors.ts'

/** Source: api/batch/v1/types.go; the first pair are their names from before v1.27. */
export const JOB_LABELS = {
  controllerUid: ['controller-uid', 'batch.kubernetes.io/controller-uid'],
  jobName: ['job-name', 'batch.kubernetes.io/job-name'],
} as const

/** With an index for each completion: most that may run at once, and most that may fail. */
const MAX_INDEXED_PARALLELISM = 100_000
const MAX_FAILED_INDEXES = 100_000
/** Above this many completions, limits per index have limits of their own. */
const MANY_COMPLETIONS = 100_000
const MAX_OF_MANY = 10_000
const MAX_MANAGED_BY = 63

export function validateJob(job: Draft<Job>, errors: FieldErrors): void {
  validateMetadata(job.metadata, { namespaced: true, name: subdomainName }, errors)
  validateGeneratedSelector(job, errors)
  const spec = job.spec ?? {}
  validateSpecAndSelector(spec, errors)
  const name = job.metadata?.name ?? ''
  if (spec.completionMode !== 'Indexed' || (spec.completions ?? 0) <= 0) return
  const hostname = `${name}-${(spec.completions ?? 0) - 1}`
  if (isDNS1123Label(hostname).length > 0) {
    errors.invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${hostname}`)
  }
}

/** What the server put there itself must not have been there before, in another way. */
function validateGeneratedSelector({ metadata, spec }: Draft<Job>, errors: FieldErrors): void {
  if (spec?.manualSelector === true || spec?.selector === undefined) return
  const { uid = '', name = '' } = metadata ?? {}
  if (uid === '') errors.required('metadata.uid')
  const labels = spec.template?.metadata?.labels ?? {}
  const at = 'spec.template.metadata.labels'
  const expected: Record<string, string> = {}
  for (const i of [0, 1] as const) {
    expected[JOB_LABELS.controllerUid[i]] = uid
    expected[JOB_LABELS.jobName[i]] = name
  }
  for (const [key, value] of Object.entries(expected)) {
    if (!(key in labels)) errors.required(`${at}[${key}]`, `must be '${value}'`)
    else if (labels[key] !== value) errors.invalid(`${at}[${key}]`, labels, `must be '${value}'`)
  }
  if (isUsableSelector(spec.selector) && !compileLabelSelector(spec.selector)(expected)) {
    errors.invalid('spec.selector', spec.selector, '`selector` not auto-generated')
  }
}

function validateSpecAndSelector(spec: Draft<JobSpec>, errors: FieldErrors): void {
  validateJobSpec(spec, 'spec', errors)
  if (spec.selector === undefined) errors.required('spec.selector')
  else validateLabelSelector(spec.selector, 'spec.selector', errors)
  validateTemplateLabels(spec.selector, spec.template, 'spec.template', errors)
}

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const

/** All but the selector, which a template of Jobs has none of. */
export function validateJobSpec(spec: Draft<JobSpec>, at: string, errors: FieldErrors): void {
  for (const field of COUNTS) errors.nonnegative(`${at}.${field}`, spec[field])
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.required(`${at}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')
  }
  if (spec.managedBy !== undefined) validateManagedBy(spec.managedBy, `${at}.managedBy`, errors)
  validateCompletionMode(spec, at, errors)
  if (spec.podFailurePolicy !== undefined) validatePodFailurePolicy(spec, `${at}.podFailurePolicy`, errors)
  if (spec.successPolicy !== undefined) validateSuccessPolicy(spec, `${at}.successPolicy`, errors)
  validatePodReplacementPolicy(spec, `${at}.podReplacementPolicy`, errors)
  validatePodTemplate(spec.template ?? {}, `${at}.template`, errors)
  validateRestartPolicy(spec, `${at}.template.spec.restartPolicy`, errors)
}

function validateRestartPolicy(spec: Draft<JobSpec>, at: string, errors: FieldErrors): void {
  const policy: string = spec.template?.spec?.restartPolicy ?? ''
  if (policy === '' || policy === 'Always') errors.required(at, 'valid values: "OnFailure", "Never"')
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.unsupported(at, policy, ['OnFailure', 'Never'])
  else if (spec.podFailurePolicy !== undefined && policy !== 'Never') {
    errors.invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified')
  }
}

/** Source: apimachinery/pkg/util/validation, IsDomainPrefixedPath. */
function validateManagedBy(managedBy: string, at: string, errors: FieldErrors): void {
  const slash = managedBy.indexOf('/')
  const [domain, path] = [managedBy.slice(0, Math.max(slash, 0)), managedBy.slice(slash + 1)]
  if (managedBy === '') errors.required(at)
  else if (slash < 0 || domain === '' || path === '') {
    errors.invalid(at, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")')
  } else errors.invalids(at, domain, isDNS1123Subdomain(domain))
  if (managedBy.length > MAX_MANAGED_BY) {
    errors.tooLong(at, MAX_MANAGED_BY)
  }
}

function validateCompletionMode(spec: Draft<JobSpec>, at: string, errors: FieldErrors): void {
  const mode: string | undefined = spec.completionMode
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') {
    errors.unsupported(`${at}.completionMode`, mode, ['NonIndexed', 'Indexed'])
  }
  if (mode === 'Indexed') return validateIndexed(spec, at, errors)
  if (mode !== undefined && mode !== 'NonIndexed') return
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    const value = spec[field]
    if (value !== undefined) errors.invalid(`${at}.${field}`, value, 'requires indexed completion mode')
  }
}

function validateIndexed(spec: Draft<JobSpec>, at: string, errors: FieldErrors): void {
  const { completions, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex } = spec
  const atMost = (field: 'parallelism' | 'maxFailedIndexes', most: number, when: string): void => {
    if ((spec[field] ?? 0) <= most) return
    errors.invalid(`${at}.${field}`, spec[field], `must be less than or equal to ${most}${when}`)
  }
  if (completions === undefined) errors.required(`${at}.completions`, 'when completion mode is Indexed')
  if (parallelism > MAX_INDEXED_PARALLELISM) {
    atMost('parallelism', MAX_INDEXED_PARALLELISM, ' when completion mode is Indexed')
  }
  if (completions !== undefined && (maxFailedIndexes ?? 0) > completions) {
    errors.invalid(`${at}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions')
  }
  atMost('maxFailedIndexes', MAX_FAILED_INDEXES, '')
  if ((completions ?? 0) <= MANY_COMPLETIONS || backoffLimitPerIndex === undefined) return
  if (maxFailedIndexes === undefined) {
    errors.required(`${at}.maxFailedIndexes`, `must be specified when completions is above ${MANY_COMPLETIONS}`)
  }
  const many = ` when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`
  atMost('parallelism', MAX_OF_MANY, many)
  atMost('maxFailedIndexes', MAX_OF_MANY, many)
}

/** The whole Job is looked at, then the change, which looks at its spec again: causes come twice. */
export function validateJobUpdate(next: Draft<Job>, before: Draft<Job>, errors: FieldErrors): void {
  validateJob(next, errors)
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const spec = next.spec ?? {}
  const old = before.spec ?? {}
  validateSpecAndSelector(spec, errors)
  validateCompletionsChange(spec, old, errors)
  const immutable = (field: keyof JobSpec): void => {
    if (!sameJson(spec[field], old[field])) errors.invalid(`spec.${field}`, spec[field] ?? null, IMMUTABLE)
  }
  immutable('selector')
  validateTemplateChange(spec.template ?? {}, old.template ?? {}, isStillToStart(before), errors)
  immutable('completionMode')
  immutable('podFailurePolicy')
  immutable('backoffLimitPerIndex')
  immutable('managedBy')
  immutable('successPolicy')
}

/** An Indexed Job may grow and shrink, if it goes on running all indexes at once. */
function validateCompletionsChange(spec: Draft<JobSpec>, old: Draft<JobSpec>, errors: FieldErrors): void {
  if (spec.completions === old.completions) return
  if (spec.completionMode !== 'Indexed') return errors.invalid('spec.completions', spec.completions ?? null, IMMUTABLE)
  if (spec.completions === undefined || spec.completions === spec.parallelism) return
  errors.invalid('spec.completions', spec.completions, 'can only be modified in tandem with spec.parallelism')
}

/** A Job that is held back, and has run nothing since. Source: job/strategy.go, validationOptionsForJob. */
function isStillToStart({ spec, status }: Draft<Job>): boolean {
  if (spec?.suspend !== true) return false
  if (status?.startTime === undefined) return true
  const isSuspended = status.conditions?.some(({ type, status: is }) => type === 'Suspended' && is === 'True') ?? false
  return isSuspended && (status.active ?? 0) === 0
}

/** The template stays, but where its Pods go may be said until they start, and what they ask for. */
function validateTemplateChange(
  next: Draft<PodTemplateSpec>,
  before: Draft<PodTemplateSpec>,
  mayBePlaced: boolean,
  errors: FieldErrors,
): void {
  const spec = next.spec ?? {}
  const old = before.spec ?? {}
  const put = mayBePlaced
    ? {
        ...old,
        affinity: withNodeAffinity(spec.affinity, old.affinity),
        nodeSelector: spec.nodeSelector,
        tolerations: spec.tolerations,
        schedulingGates: spec.schedulingGates,
        containers: withResources(old.containers, spec.containers),
        initContainers: withResources(old.initContainers, spec.initContainers),
      }
    : old
  if (!mayBePlaced && !sameJson(metadataOf(next), metadataOf(before))) {
    return errors.invalid('spec.template', next, IMMUTABLE)
  }
  if (!sameJson(spec, put)) errors.invalid('spec.template.spec', shownInternally('core/v1.PodSpec', spec), IMMUTABLE)
}

const metadataOf = ({ metadata }: Draft<PodTemplateSpec>): unknown => ({
  ...metadata,
  labels: metadata?.labels ?? {},
  annotations: metadata?.annotations ?? {},
})

type Affinity = NonNullable<Draft<PodTemplateSpec>['spec']>['affinity']

function withNodeAffinity(next: Affinity, before: Affinity): Affinity {
  const { nodeAffinity: _old, ...others } = before ?? {}
  const merged = { ...others, ...(next?.nodeAffinity === undefined ? {} : { nodeAffinity: next.nodeAffinity }) }
  return next === undefined && Object.keys(merged).length === 0 ? undefined : merged
}

type Containers = NonNullable<Draft<PodTemplateSpec>['spec']>['containers']

const withResources = (before: Containers, next: Containers): Containers =>
  before?.map((container, i) => ({ ...container, resources: next?.[i]?.resources }))

/** Abridged: that counts only grow and that conditions agree with each other is left to who writes them. */
export function validateJobStatusUpdate(next: Draft<Job>, before: Draft<Job>, errors: FieldErrors): void {
  validateMetadataUpdate(next.metadata, before.metadata, errors)
  const status = next.status ?? {}
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) {
    errors.nonnegative(`status.${field}`, status[field])
  }
  const seen = new Set<string>()
  for (const list of ['succeeded', 'failed'] as const) {
    for (const [i, uid] of (status.uncountedTerminatedPods?.[list] ?? []).entries()) {
      const at = `status.uncountedTerminatedPods.${list}[${i}]`
      if (uid === '') errors.invalid(at, uid, 'must not be empty')
      else if (seen.has(uid)) errors.duplicate(at, uid)
      seen.add(uid)
    }
  }
}
