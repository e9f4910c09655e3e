import type { ApiObject } from '../../../events/json.ts'
import { sameJson } from '../../../kubernetes/hash.ts'
import { controllerReference } from '../../../kubernetes/owners.ts'
import { parseTime } from '../../../kubernetes/time.ts'
import type { Labels } from '../../../kubernetes/types/meta.ts'
import type { PodTemplateSpec } from '../../../kubernetes/types/pod.ts'
import type { ControllerRevision } from '../../../kubernetes/types/workloads.ts'

/** A ControllerRevision as its writer sends it: the API server gives it the rest of its metadata. */
export type NewRevision = Omit<ControllerRevision, 'metadata' | 'data'> & {
  readonly data: TemplatePatch
  readonly metadata: Omit<ControllerRevision['metadata'], 'uid' | 'resourceVersion' | 'creationTimestamp'>
}

export interface TemplatePatch {
  readonly spec: { readonly template: PodTemplateSpec & { readonly $patch: 'replace' } }
}

/**
 * What a revision keeps: the strategic merge patch that restores the template.
 * Source: getPatch of pkg/controller/{statefulset/stateful_set_utils,daemon/update}.go (v1.36).
 */
export const templatePatch = (template: PodTemplateSpec): TemplatePatch => ({
  spec: { template: { ...template, $patch: 'replace' } },
})

interface Parts {
  readonly owner: ApiObject
  readonly template: PodTemplateSpec
  readonly data: TemplatePatch
  readonly hash: string
  /** The label that carries the hash. */
  readonly hashLabel: string
  readonly revision: number
}

/** Named after the hash, with the template's labels and the owner's annotations. Source: history.NewControllerRevision. */
export const newRevision = ({ owner, template, data, hash, hashLabel, revision }: Parts): NewRevision => {
  const labels: Labels = { ...template.metadata?.labels, [hashLabel]: hash }
  const { name, namespace, annotations } = owner.metadata
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: revisionName(name, hash),
      namespace,
      labels,
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(owner)],
    },
    data,
    revision,
  }
}

/** Source: pkg/controller/history/controller_history.go, ControllerRevisionName. */
const PREFIX_MAX = 223

export const revisionName = (owner: string, hash: string): string => `${owner.slice(0, PREFIX_MAX)}-${hash}`

export const sameRevision = (a: { readonly data?: unknown }, b: { readonly data?: unknown }): boolean =>
  sameJson(a.data, b.data)

/** By number, then age, then name. Source: controller_history.go, byRevision. */
export const byRevision = (a: ControllerRevision, b: ControllerRevision): number => {
  if (a.revision !== b.revision) return a.revision - b.revision
  const difference = (parseTime(a.metadata.creationTimestamp) ?? 0) - (parseTime(b.metadata.creationTimestamp) ?? 0)
  if (difference !== 0) return difference
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0
}

/** The template that a revision keeps. Source: stateful_set_utils.go, ApplyRevision. */
export const templateOf = ({ data }: ControllerRevision): PodTemplateSpec | undefined => {
  // Whoever wrote it wrote a patch of a template.
  const kept = (data as Partial<TemplatePatch> | undefined)?.spec?.template
  if (kept === undefined) return undefined
  const { $patch: _directive, ...template } = kept
  return template
}
